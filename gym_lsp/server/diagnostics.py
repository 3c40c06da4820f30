"""What is wrong, told to the client: pushed where it only listens, given where it asks.

A file's own findings are told at once, those of other files after a short silence. Both are computed between messages
on the one event loop, file by file, so a request never waits for more than one file's check.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path, PurePath

from lsprotocol import types as lsp

from gym_lsp.diagnostic import Diagnostic
from gym_lsp.rules import ALL_RULES
from gym_lsp.server.session import Session
from gym_lsp.server.to_lsp import Converter, uri_of

SILENCE = 0.15
"""Seconds without a change before other files are looked at again."""
_PACKAGE = Path(__file__).resolve().parents[1]
_PAGES = (_PACKAGE / "rules" / "pages", _PACKAGE.parent / "docs" / "rules")
"""Where the pages of the rules are in an installed package, and where in a checkout."""


@lru_cache(maxsize=1)
def _urls() -> Mapping[str, str]:
    """The page of each rule on this machine, so that it opens without a network; the published one else."""
    folder = next((folder for folder in _PAGES if folder.is_dir()), None)
    if folder is None:
        return {rule.name: rule.url for rule in ALL_RULES}
    return {rule.name: uri_of(folder / f"{rule.name}.md") for rule in ALL_RULES}


def findings(session: Session, path: PurePath) -> tuple[Diagnostic, ...]:
    """The findings that belong to one file, in the view on its workspace; none for files outside all folders."""
    view = session.view_of(path)
    if view is None or view.workspace.settings.excludes(path):
        return ()
    return view.checker.check_one(path)


def converted(session: Session, path: PurePath, converter: Converter) -> list[lsp.Diagnostic]:
    """The findings of one file as LSP has them."""
    return [converter.diagnostic(found, _urls().get(found.rule)) for found in findings(session, path)]


def digest(items: Iterable[lsp.Diagnostic]) -> str:
    """The result id of a list of diagnostics: equal lists have equal ids, in whatever session."""
    return hashlib.sha1(repr(list(items)).encode(), usedforsecurity=False).hexdigest()[:16]


class Publisher:
    """Tells the client about files. `send` publishes; `refresh` asks a client that pulls to ask again."""

    def __init__(
        self,
        session: Session,
        send: Callable[[lsp.PublishDiagnosticsParams], None],
        refresh: Callable[[], None],
        *,
        pulls: bool,
    ) -> None:
        self._session = session
        self._send = send
        self._refresh = refresh
        self._pulls = pulls
        self._published: dict[PurePath, str] = {}
        self._pending: asyncio.Task[None] | None = None
        self._indexed = False
        self.changed = asyncio.Event()

    def file_changed(self, path: PurePath) -> None:
        """A document was opened or edited: tell about it now and about the others soon."""
        if not self._pulls:
            self._publish(path)
        self.others_changed()

    def others_changed(self) -> None:
        """Something changed: look at the other files after a short silence."""
        self.changed.set()
        self.changed = asyncio.Event()
        if self._pending is not None:
            self._pending.cancel()
        self._pending = asyncio.get_running_loop().create_task(self._after_silence())

    def closed(self, path: PurePath) -> None:
        """A document was closed: its file on disk counts again."""
        self.others_changed()

    async def _after_silence(self) -> None:
        await asyncio.sleep(SILENCE)
        if self._pulls:
            self._refresh()
            return
        for path in self._paths():
            self._publish(path)
            await asyncio.sleep(0)

    def _paths(self) -> tuple[PurePath, ...]:
        """The open documents first, then every file of the folders."""
        paths = dict.fromkeys(self._session.open_paths())
        for view in self._session.views.values():
            paths.update(dict.fromkeys(view.workspace.members))
        paths.update(dict.fromkeys(self._published))
        return tuple(paths)

    def _publish(self, path: PurePath) -> None:
        converter = self._session.converter()
        items = converted(self._session, path, converter)
        key = digest(items)
        if self._published.get(path) == key or (path not in self._published and not items):
            return
        if items:
            self._published[path] = key
        else:
            self._published.pop(path, None)
        buffer = self._session.buffers.get(path)
        version = None if buffer is None else buffer.version
        self._send(lsp.PublishDiagnosticsParams(converter.uri(path), items, version))
