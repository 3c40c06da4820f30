"""Pushing diagnostics to a client that does not pull them: each file again only if something about it has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from operator import is_
from pathlib import PurePath
from typing import NamedTuple

from lsprotocol import types as lsp

from gym_lsp.diagnostic import Diagnostic
from gym_lsp.server.diagnostics import (
    digest,
    early_diagnostics,
    file_diagnostics,
    findings,
    is_prepared,
    paths_of,
    prepare,
)
from gym_lsp.server.failures import attempt
from gym_lsp.server.indexing import SLICE
from gym_lsp.server.preferences import Shown
from gym_lsp.server.seen import Seen
from gym_lsp.server.session import Session
from gym_lsp.server.to_lsp import Converter, OpenDocument
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.includers import includers
from gym_lsp.workspace.workspace import YAML


class _Basis(NamedTuple):
    """What the diagnostics of a file are made from: its findings, which of them are shown, and the files they are in.

    `opened` begins with the file itself.
    """

    shown: Shown
    found: tuple[Diagnostic, ...]
    texts: tuple[str, ...]
    opened: tuple[OpenDocument | None, ...]

    def is_same(self, other: _Basis | None) -> bool:
        """Return whether it is another one's, without a look into findings and texts: unchanged ones are the same."""
        return (
            other is not None
            and self.shown == other.shown
            and self.found is other.found
            and self.opened == other.opened
            and all(map(is_, self.texts, other.texts))
        )


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
        self._bases: dict[PurePath, _Basis] = {}
        """What the diagnostics were made from that were published last for each file, if there are any."""
        self._seen = Seen()

    def publish(self, path: PurePath) -> None:
        """Publish the diagnostics of one file, unless the client has them."""
        found = attempt("diagnostics", lambda: findings(self._session, path))
        if found is None or not (found or path in self._published or path in self._session.buffers):
            return
        basis = self._basis(path, found)
        if not basis.is_same(self._bases.get(path)):
            self._publish(path, file_diagnostics)
            if path in self._published:
                self._bases[path] = basis
            else:
                self._bases.pop(path, None)

    def _basis(self, path: PurePath, found: tuple[Diagnostic, ...]) -> _Basis:
        paths = tuple(dict.fromkeys((path, *(place.path for each in found for place in each.related))))
        session = self._session
        return _Basis(session.shown, found, tuple(map(session.text, paths)), tuple(map(session.opened, paths)))

    def _publish(
        self, path: PurePath, diagnostics: Callable[[Session, PurePath, Converter], list[lsp.Diagnostic] | None]
    ) -> None:
        converter = self._session.converter()
        items = attempt("diagnostics", lambda: diagnostics(self._session, path, converter))
        if items is None:
            return
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

    async def publish_early(self, paths: Iterable[PurePath]) -> None:
        """Publish the files whose diagnostics do not depend on all files, before these are indexed."""
        for path in paths:
            self._bases.pop(path, None)
            self._publish(path, early_diagnostics)
            await asyncio.sleep(0)

    async def publish_each(self, paths: Iterable[PurePath]) -> None:
        """Publish files one by one, with chances for messages to be handled in between."""
        loop = asyncio.get_running_loop()
        end = loop.time() + SLICE
        for path in paths:
            if not is_prepared(self._session, path):
                await prepare(self._session, path)
            self.publish(path)
            # Most files have not changed, and take a hundredth of such a slice.
            if loop.time() >= end:
                await asyncio.sleep(0)
                end = loop.time() + SLICE

    async def publish_reached(self, change: Change) -> None:
        """Publish what a change reaches first of all: open documents that have changed, and what includes a change."""
        for path in change.paths:
            folder = self._session.folder_of(path)
            if folder is not None and path.suffix in YAML:
                own = (path,) if self._session.opened(path) is not None else ()
                await self.publish_each((*own, *includers(folder.workspace, path)))

    async def publish_all(self) -> None:
        """Publish all files. Files that no longer exist are cleared."""
        session, revision = self._session, self._session.revision
        existing = paths_of(session)
        gone = self._published.keys() - frozenset(existing)
        await self.publish_each((*await self._seen.reached(session, existing), *gone))
        if session.revision == revision:
            self._seen.complete(session)
