"""The files whose findings may have changed since they were last seen. After an edit, these are few of many."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from gym_lsp.memo import Mark
from gym_lsp.server.session import Session
from gym_lsp.workspace.settings import SETTINGS_FILES


class Seen:
    """What one reader of all findings has seen: everything, at one revision of a session."""

    def __init__(self) -> None:
        self._marks: dict[PurePath, Mark] = {}
        self._opened: frozenset[PurePath] = frozenset()
        self._placement: object = None

    async def reached(self, session: Session, paths: Iterable[PurePath]) -> tuple[PurePath, ...]:
        """Return the paths whose findings may have changed. Open documents are always among them."""
        for folder in tuple(session.folders.values()):
            for _ in folder.workspace.memo.compare(folder.workspace):
                await asyncio.sleep(0)
        if self._placement != (session.placement, session.shown):
            return tuple(paths)
        return tuple(self._reached(session, paths))

    def complete(self, session: Session) -> None:
        """Note that the findings of all files were seen."""
        marks = {root: self._marks.get(root) or Mark() for root in session.folders}
        for root, mark in marks.items():
            session.folders[root].workspace.memo.set_mark(mark)
        self._marks = marks
        self._opened = frozenset(session.buffers)
        self._placement = (session.placement, session.shown)

    def _reached(self, session: Session, paths: Iterable[PurePath]) -> Iterator[PurePath]:
        always = self._opened | session.buffers.keys()
        for path in paths:
            folder = session.folder_of(path)
            mark = None if folder is None else self._marks.get(folder.root)
            if (
                folder is None
                or mark is None
                or path in always
                or path.name in SETTINGS_FILES
                or folder.checker.is_reached(mark, path)
            ):
                yield path
