"""The numbers of files and findings that the status shows."""

from __future__ import annotations

import asyncio
from pathlib import PurePath
from typing import NamedTuple

from gym_lsp.diagnostic import Severity
from gym_lsp.server.diagnostics import findings, paths_of, prepare
from gym_lsp.server.failures import attempt
from gym_lsp.server.indexing import SLICE
from gym_lsp.server.seen import Seen
from gym_lsp.server.session import Session
from gym_lsp.workspace.recognise import FileKind


class Counts(NamedTuple):
    """Numbers of files, of those that are configs, and of their findings."""

    files: int = 0
    configs: int = 0
    errors: int = 0
    warnings: int = 0


class Counting:
    """Counts all files of a session, and after a change only those that it reaches."""

    def __init__(self) -> None:
        self._seen = Seen()
        self._of: dict[PurePath, Counts] = {}

    async def counted(self, session: Session) -> Counts | None:
        """Return the sums, or None if something changed meanwhile."""
        revision, known = session.revision, self._of
        paths = paths_of(session)
        reached = await self._seen.reached(session, paths)
        counted: dict[PurePath, Counts] = {}
        loop = asyncio.get_running_loop()
        end = loop.time() + SLICE
        for path in dict.fromkeys((*reached, *(path for path in paths if path not in known))):
            if session.may_need_large(path):
                await prepare(session, path)
            counted[path] = _count(session, path)
            if loop.time() >= end:
                await asyncio.sleep(0)
                end = loop.time() + SLICE
            if session.revision != revision:
                return None
        if session.revision != revision:
            return None
        self._of = {path: counted.get(path) or known[path] for path in paths}
        self._seen.complete(session)
        return Counts(*map(sum, zip(*self._of.values(), strict=True))) if self._of else Counts()


def _count(session: Session, path: PurePath) -> Counts:
    found = attempt("diagnostics", lambda: findings(session, path)) or ()
    folder = session.folder_of(path)
    return Counts(
        1,
        folder is not None and folder.workspace.kind(path) is FileKind.CONFIG,
        sum(each.severity is Severity.ERROR for each in found),
        sum(each.severity is Severity.WARNING for each in found),
    )
