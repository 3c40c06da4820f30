"""What is wrong, told to the client: pushed where it only listens, given where it asks.

A file's own findings are told at once, those of other files after a short silence. Both are computed between messages
on the one event loop, file by file, so a request never waits for more than one file's check.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import PurePath

from lsprotocol import types as lsp

from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.files import Disk, Kind, absolute
from gym_lsp.rules import ALL_RULES
from gym_lsp.server.session import SETTINGS_FILES, Session
from gym_lsp.server.state import answered
from gym_lsp.server.to_lsp import Converter, uri_of
from gym_lsp.text import Span
from gym_lsp.workspace.setting_shapes import SettingsError

SETTINGS = "invalid-settings"
"""The code of what is wrong with a settings file; it is no rule, so that no settings can silence it."""
SILENCE = 0.15
"""Seconds without a change before other files are looked at again."""
_PACKAGE = absolute(__file__).parents[1]
_PAGES = (_PACKAGE / "rules" / "pages", _PACKAGE.parent / "docs" / "rules")
"""Where the pages of the rules are in an installed package, and where in a checkout."""


@lru_cache(maxsize=1)
def _urls() -> Mapping[str, str]:
    """The page of each rule on this machine, so that it opens without a network; the published one else."""
    disk = Disk()
    folder = next((folder for folder in _PAGES if disk.kind(folder) is Kind.DIRECTORY), None)
    if folder is None:
        return {rule.name: rule.url for rule in ALL_RULES}
    return {rule.name: uri_of(folder / f"{rule.name}.md") for rule in ALL_RULES}


def findings(session: Session, path: PurePath) -> tuple[Diagnostic, ...]:
    """The findings that belong to one file, in the view on its workspace.

    None for files outside all folders, unless they are open.
    """
    view = session.view_of(path)
    if view is None or not (path.is_relative_to(view.root) or path in session.buffers):
        return ()
    if path.name in SETTINGS_FILES:
        return tuple(_settings_finding(error) for error in view.settings_errors if error.path == path)
    if view.workspace.settings.excludes(path) or view.workspace.files.kind(path) is None:
        return ()
    return view.checker.check_one(path)


def _settings_finding(error: SettingsError) -> Diagnostic:
    message = f"{error.key}: {error.message}" if error.key else error.message
    return Diagnostic(error.path, error.span or Span(0, 0), SETTINGS, Severity.ERROR, message)


def paths_of(session: Session) -> tuple[PurePath, ...]:
    """The files that can have findings: the open documents first, then the settings and every file of the folders."""
    paths = dict.fromkeys(session.open_paths())
    for view in session.views.values():
        paths.update(dict.fromkeys(error.path for error in view.settings_errors))
        paths.update(dict.fromkeys(view.workspace.members))
    return tuple(paths)


def converted(session: Session, path: PurePath, converter: Converter) -> list[lsp.Diagnostic]:
    """The findings of one file as LSP has them."""
    return as_told(findings(session, path), converter)


def as_told(found: Iterable[Diagnostic], converter: Converter) -> list[lsp.Diagnostic]:
    """Findings as LSP has them, with the pages of their rules."""
    return [converter.diagnostic(each, _urls().get(each.rule)) for each in found]


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
            self.publish(path)
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
            self.publish(path)
            await asyncio.sleep(0)

    def _paths(self) -> tuple[PurePath, ...]:
        """The files that can have findings, and those that had some."""
        return tuple(dict.fromkeys((*paths_of(self._session), *self._published)))

    def publish(self, path: PurePath) -> None:
        """Tell about one file, unless it was told already."""
        converter = self._session.converter()
        items = answered("diagnostics", lambda: converted(self._session, path, converter))
        if items is None:
            return
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
