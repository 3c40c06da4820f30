"""Pushing diagnostics to a client that does not pull them: each file again only if something about it has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import PurePath
from weakref import ReferenceType, ref

from lsprotocol import types as lsp

from gym_lsp.compose.run import Composition
from gym_lsp.server.diagnostics import digest, file_diagnostics, paths_of, prepare
from gym_lsp.server.failures import attempt
from gym_lsp.server.session import Session
from gym_lsp.workspace.recognise import FileKind


class Publisher:
    """Sends `textDocument/publishDiagnostics`, with the version of the document if `with_versions` is true."""

    def __init__(
        self, session: Session, send: Callable[[lsp.PublishDiagnosticsParams], None], *, with_versions: bool = True
    ) -> None:
        self._session = session
        self._send = send
        self._with_versions = with_versions
        self._published: dict[PurePath, tuple[str, int | None]] = {}
        """The digest and the document version that were published last for each file."""
        self._runs: dict[PurePath, ReferenceType[Composition]] = {}
        """The own run of each file when the file was published last. The reference does not keep it alive."""

    def publish(self, path: PurePath) -> None:
        """Publish the diagnostics of one file, unless the client has them."""
        converter = self._session.converter()
        items = attempt("diagnostics", lambda: file_diagnostics(self._session, path, converter))
        if items is None:
            return
        run = _own_run(self._session, path)
        if run is not None:
            self._runs[path] = ref(run)
        opened = self._session.opened(path) if self._with_versions else None
        version = None if opened is None else opened.version
        published = (digest(items), version)
        if self._published.get(path) == published or (path not in self._published and not items):
            return
        # An editor may drop the diagnostics of an older version, so each version gets its own, even if the list is
        # empty.
        if items or version is not None:
            self._published[path] = published
        else:
            self._published.pop(path, None)
        self._send(lsp.PublishDiagnosticsParams(converter.uri(path), items, version))

    async def publish_each(self, paths: Iterable[PurePath]) -> None:
        """Publish files one by one, with chances for messages to be handled in between."""
        for path in paths:
            await prepare(self._session, path)
            self.publish(path)
            await asyncio.sleep(0)

    async def publish_outdated(self) -> None:
        """Publish the configs that a change has reached."""
        await self.publish_each([path for path in paths_of(self._session) if self._is_outdated(path)])

    async def publish_all(self) -> None:
        """Publish all files, the ones that a change has reached first. Files that no longer exist are cleared."""
        paths = dict.fromkeys((*paths_of(self._session), *self._published))
        await self.publish_each(sorted(paths, key=self._is_outdated, reverse=True))

    def _is_outdated(self, path: PurePath) -> bool:
        """Whether a file is a config whose own run is not the one that was published last."""
        run, published = _own_run(self._session, path), self._runs.get(path)
        return (run is None or published is None or published() is not run) and _is_config(self._session, path)


def _own_run(session: Session, path: PurePath) -> Composition | None:
    """Return the own run of a file, or None if it is not composed yet."""
    folder = session.folder_of(path)
    return None if folder is None else folder.workspace.composed(path)


def _is_config(session: Session, path: PurePath) -> bool:
    folder = session.folder_of(path)
    return folder is not None and folder.workspace.kind(path) is FileKind.CONFIG
