"""What is wrong, told to the client: pushed where it only listens, given where it asks.

A file's own findings are told at once, those of other files after a short silence: first of those that the change
reaches. All are computed between messages on the one event loop, file by file, so a request never waits for more than
one file's check, and what is told is never about a text that is no longer there.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import PurePath
from weakref import ReferenceType, ref

from lsprotocol import types as lsp

from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.files import Disk, Kind, absolute, is_below
from gym_lsp.rules import ALL_RULES
from gym_lsp.rules.files.invalid_yaml import invalid_yaml
from gym_lsp.server.indexing import Phase, index_files, index_names, release_memory, settle_memory, watch_memory
from gym_lsp.server.progress import Progress
from gym_lsp.server.session import Session
from gym_lsp.server.state import answered, note_failure
from gym_lsp.server.to_lsp import Converter, uri_of
from gym_lsp.syntax import Kind as SyntaxKind
from gym_lsp.text import Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.setting_shapes import SettingsError
from gym_lsp.workspace.settings import SETTINGS_FILES

SETTINGS = "invalid-settings"
"""The code of what is wrong with a settings file; it is no rule, so that no settings can silence it."""
SILENCE = 0.15
"""Seconds without a change before other files are looked at again."""
_DONE = object()
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
    if view is None or not (is_below(path, view.root) or path in session.buffers):
        return ()
    if path.name in SETTINGS_FILES:
        return tuple(_settings_finding(error) for error in view.settings_errors if error.path == path)
    if view.workspace.settings.excludes(path) or view.workspace.files.kind(path) is None:
        return ()
    return view.checker.check_one(path)


def _settings_finding(error: SettingsError) -> Diagnostic:
    message = f"{error.key}: {error.message}" if error.key else error.message
    return Diagnostic(error.path, error.span or Span(0, 0), SETTINGS, Severity.ERROR, message)


async def prepare(session: Session, path: PurePath) -> None:
    """Work out what the findings of a file need, and look at messages in between: a file may be part of many runs."""
    view = session.view_of(path)
    steps = iter(()) if view is None else view.checker.prepare(path)
    while answered("diagnostics", lambda: next(steps, _DONE)) is None:
        await asyncio.sleep(0)


def paths_of(session: Session) -> tuple[PurePath, ...]:
    """The files that can have findings: the open documents first, then the settings and every file of the folders."""
    paths = dict.fromkeys(session.open_paths())
    for view in session.views.values():
        paths.update(dict.fromkeys(error.path for error in view.settings_errors))
        paths.update(dict.fromkeys(view.workspace.members))
    return tuple(paths)


def converted(session: Session, path: PurePath, converter: Converter) -> list[lsp.Diagnostic]:
    """The findings of one file as LSP has them, without what another server says of an open file anyway."""
    found = findings(session, path)
    if session.has_other_yaml_server and path in session.buffers and _is_only_torn(session, path):
        found = tuple(each for each in found if each.rule != invalid_yaml.name)
    return to_lsp_diagnostics(found, converter)


def _is_only_torn(session: Session, path: PurePath) -> bool:
    """Whether a file is no YAML for anybody, and not just for NeMo Gym, of which no other server knows."""
    view = session.view_of(path)
    problems = () if view is None else view.workspace.load(path).document.problems
    return {problem.kind for problem in problems} <= {SyntaxKind.SYNTAX, SyntaxKind.DUPLICATE_KEY}


def to_lsp_diagnostics(found: Iterable[Diagnostic], converter: Converter) -> list[lsp.Diagnostic]:
    """Findings as LSP has them, with the pages of their rules."""
    return [converter.diagnostic(each, _urls().get(each.rule)) for each in found]


def digest(items: Iterable[lsp.Diagnostic]) -> str:
    """The result id of a list of diagnostics: equal lists have equal ids, in whatever session."""
    return hashlib.sha1(repr(list(items)).encode(), usedforsecurity=False).hexdigest()[:16]


class Publisher:
    """Tells the client about files, and works ahead.

    `send` publishes, with the version only where `with_versions`; `refresh` asks the client to ask again, for
    diagnostics if it `pulls`; `progress` makes a progress bar, where the client shows one.
    """

    def __init__(
        self,
        session: Session,
        send: Callable[[lsp.PublishDiagnosticsParams], None],
        refresh: Callable[[], None],
        *,
        pulls: bool,
        progress: Callable[[], Progress | None] = lambda: None,
        with_versions: bool = True,
    ) -> None:
        self._session = session
        self._send = send
        self._refresh = refresh
        self._progress = progress
        self._pulls = pulls
        self._with_versions = with_versions
        self._published: dict[PurePath, tuple[str, int | None]] = {}
        """What was told last about each file, and of which version."""
        self._judged: dict[PurePath, ReferenceType[Composition]] = {}
        """The own run of each file as it was when the file was told about last; it may be gone by now."""
        self._pending: asyncio.Task[None] | None = None
        self._settled = self._released = 0
        """How often folders had been begun when memory was settled, and when it was released, for the last time."""
        self.phase = Phase.INDEXING
        self.names_known = asyncio.Event()
        """Whether a question about a single file can be answered without reading all the others first."""
        self.changed = asyncio.Event()
        self.listeners: list[Callable[[], None]] = []
        """Called when the phase changed, and when all files were looked at after a change."""

    def index(self) -> None:
        """Start anew: at the beginning, and when a folder came or its settings or its NeMo Gym changed."""
        self.names_known.clear()
        self._enter(Phase.INDEXING)
        self._start(0)

    def file_changed(self, path: PurePath) -> None:
        """A document was opened or edited: tell about it now and about the others soon."""
        if not self._pulls and self.names_known.is_set():
            self.publish(path)
        self.others_changed()

    def others_changed(self) -> None:
        """Something changed: look at the other files after a short silence."""
        if self._pending is None:
            # The index has yet to be begun, and what was worked out before would be thrown away.
            return
        # While the first index is made there are no answers yet that could have to wait for a silence.
        self._start(SILENCE if self.names_known.is_set() else 0)

    @property
    def is_idle(self) -> bool:
        """Whether all that there was to tell was told."""
        return self._pending is not None and self._pending.done()

    def stop(self) -> None:
        """Tell nothing more."""
        if self._pending is not None:
            self._pending.cancel()

    def _start(self, silence: float) -> None:
        self.changed.set()
        self.changed = asyncio.Event()
        self.stop()
        self._pending = asyncio.get_running_loop().create_task(self._look_at_all(silence))

    async def _look_at_all(self, silence: float) -> None:
        await asyncio.sleep(silence)
        try:
            self._release()
            await self._index_shown()
            if self.phase is not Phase.READY:
                self._enter(Phase.CHECKING)
            if not self._pulls:
                await self._publish_all()
            self._refresh()
            self._settle()
        except Exception as error:  # noqa: BLE001 - what fails here would fail unheard
            note_failure("indexing", error)
            watch_memory()
            self._enter(Phase.FAILED)
            return
        self._enter(Phase.READY)

    async def _index_shown(self) -> None:
        """Index, with a progress bar for the first time."""
        progress = self._progress() if self.phase is Phase.INDEXING else None
        try:
            await self._index(progress)
        finally:
            if progress is not None:
                progress.end()

    def _release(self) -> None:
        """Look after the memory of folders that were begun from nothing again: what was there before goes first."""
        if self._settled > 0 and self._released != self._session.openings:
            release_memory()
            self._released = self._session.openings

    def _settle(self) -> None:
        """Let go of what is not needed any more, and keep what folders hold that were begun from nothing."""
        for view in self._session.views.values():
            view.workspace.forget_source()
        if self._settled != self._session.openings:
            settle_memory()
            self._settled = self._released = self._session.openings

    async def _index(self, progress: Progress | None) -> None:
        await index_names(self._session)
        self.names_known.set()
        watch_memory()
        if not self._pulls:
            for path in (*self._session.open_paths(), *self._reached()):
                await self._publish_soon(path)
        await index_files(self._session, progress.report if progress is not None else lambda _: None)

    async def _publish_all(self) -> None:
        paths = dict.fromkeys((*paths_of(self._session), *self._published))
        for path in sorted(paths, key=self._is_reached, reverse=True):
            await self._publish_soon(path)

    async def _publish_soon(self, path: PurePath) -> None:
        await prepare(self._session, path)
        self.publish(path)
        await asyncio.sleep(0)

    def _reached(self) -> tuple[PurePath, ...]:
        """The files that a change reached, which are told about before everything is gone through once more."""
        if self.phase is not Phase.READY:
            return ()
        return tuple(path for path in paths_of(self._session) if self._is_reached(path))

    def _is_reached(self, path: PurePath) -> bool:
        """Whether the own run of a config is another one than when it was told about."""
        run, judged = _own_run(self._session, path), self._judged.get(path)
        return (run is None or judged is None or judged() is not run) and _is_config(self._session, path)

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        for listener in self.listeners:
            listener()

    def publish(self, path: PurePath) -> None:
        """Tell about one file, unless it was told already."""
        converter = self._session.converter()
        items = answered("diagnostics", lambda: converted(self._session, path, converter))
        if items is None:
            return
        run = _own_run(self._session, path)
        if run is not None:
            self._judged[path] = ref(run)
        opened = self._session.opened(path) if self._with_versions else None
        version = None if opened is None else opened.version
        told = (digest(items), version)
        if self._published.get(path) == told or (path not in self._published and not items):
            return
        # An editor may have dropped what came for an older version, so the same is said of each version anew, also
        # that nothing is wrong.
        if items or version is not None:
            self._published[path] = told
        else:
            self._published.pop(path, None)
        self._send(lsp.PublishDiagnosticsParams(converter.uri(path), items, version))


def _own_run(session: Session, path: PurePath) -> Composition | None:
    """The own run of a file, if anything about it is known by now."""
    view = session.view_of(path)
    return None if view is None else view.workspace.composed(path)


def _is_config(session: Session, path: PurePath) -> bool:
    view = session.view_of(path)
    return view is not None and view.workspace.kind(path) is FileKind.CONFIG
