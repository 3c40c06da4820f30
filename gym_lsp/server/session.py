"""What one client has told: its folders, its open documents, and the workspace of each folder as it is now."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePath

from msgspec import Struct, field
from msgspec.structs import replace

from gym_lsp.check import Checker
from gym_lsp.files import IGNORED_DIRECTORIES, Disk, Files, Overlay, is_below
from gym_lsp.gym.release.profile import Profile, read_profile
from gym_lsp.gym.roots import find_install_root
from gym_lsp.ide.components import Component
from gym_lsp.rules import RULE_NAMES
from gym_lsp.server.installation import Noted, Notes, is_outdated
from gym_lsp.server.logs import LOGGER
from gym_lsp.server.preferences import FolderSettings
from gym_lsp.server.sync import Buffer
from gym_lsp.server.to_lsp import Converter, Forms, OpenDocument
from gym_lsp.text import Encoding
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.settings import SETTINGS_FILES, SettingsError, load_settings
from gym_lsp.workspace.workspace import YAML, Workspace

_log = logging.getLogger(LOGGER)


class View(Struct, frozen=True):
    """One folder: its workspace at this moment, the checker of that moment, and what is wrong with its settings.

    `notes` are what its settings and its install root depend on.
    """

    root: PurePath
    workspace: Workspace
    checker: Checker
    settings_errors: tuple[SettingsError, ...]
    notes: Notes
    others: dict[FolderSettings, tuple[Workspace, Checker]] = field(
        default_factory=dict[FolderSettings, tuple[Workspace, Checker]]
    )
    """The same folder under other settings, for as long as nothing changes."""
    listing: list[asyncio.Task[tuple[Component, ...]]] = field(
        default_factory=list[asyncio.Task[tuple[Component, ...]]]
    )
    """The search for its components, once somebody has asked for them, for as long as nothing changes."""


class Session:
    """The state of one connection. Changes replace views; a view that was handed out never changes."""

    def __init__(self, encoding: Encoding, environment: Mapping[str, str], forms: Forms | None = None) -> None:
        self.encoding = encoding
        self.buffers: dict[PurePath, Buffer] = {}
        self.views: dict[PurePath, View] = {}
        self.revision = 0
        self.openings = 0
        """How often a folder was begun from nothing."""
        self.has_other_yaml_server = False
        """Whether the client has another server at work, which tells about YAML as such."""
        self._environment = environment
        self._forms = forms or Forms()
        self._given = FolderSettings()
        self._given_of: dict[PurePath, FolderSettings] = {}
        self._profiles: dict[PurePath, tuple[Profile, Notes]] = {}
        self._early: Notes | None = None

    # Folders

    def open_folder(self, root: PurePath) -> None:
        """Take a folder in, with its settings and its install root."""
        self._open(root, self._view(root))

    def _open(self, root: PurePath, view: View) -> None:
        self.views[root] = view
        self.openings += 1
        self.revision += 1

    def close_folder(self, root: PurePath) -> None:
        self._given_of.pop(root, None)
        if self.views.pop(root, None) is not None:
            self.revision += 1

    def configure(self, given: FolderSettings, given_of: Mapping[PurePath, FolderSettings] | None = None) -> bool:
        """Take over what the client says about all folders, or about single ones; whether any folder starts anew."""
        self._given, self._given_of = given, dict(given_of or {})
        outdated = [root for root, view in self.views.items() if not self._is_as_given(view)]
        for root in outdated:
            self.open_folder(root)
        return bool(outdated)

    def renew(self) -> bool:
        """Start the folders anew whose environment, settings or NeMo Gym changed on disk; whether any did."""
        files = self._files()
        old = {install for install, (_, notes) in self._profiles.items() if is_outdated(files, notes)}
        for install in old:
            del self._profiles[install]
        outdated = [
            root
            for root, view in self.views.items()
            if (view.workspace.install is not None and view.workspace.install.path in old)
            or is_outdated(files, view.notes)
        ]
        for root in outdated:
            self.open_folder(root)
        return bool(outdated)

    def _is_as_given(self, view: View) -> bool:
        return _is_opened_alike(self._view(view.root), view)

    def _view(self, root: PurePath) -> View:
        files = Noted(self._files())
        given = self._given_of.get(root, self._given)
        loaded = load_settings(files, root, known_rules=RULE_NAMES)
        install = find_install_root(
            files,
            explicit=given.gym_root or loaded.settings.gym_root,
            workspace=root,
            python_environment=given.python_environment,
            environ=os.environ,
        )
        workspace = Workspace(
            self._files(),
            root,
            loaded.settings,
            install,
            given.search_dirs,
            environment=self._environment,
            profile_of=self._profile_of,
        )
        return View(root, workspace, Checker(workspace), loaded.errors, files.notes)

    def workspace_under(self, view: View, given: FolderSettings) -> Workspace:
        """The workspace of a folder as it would be under other settings: another NeMo Gym, more search folders.

        It shares nothing with that of the folder, so that it may be asked in another thread.
        """
        files, now = self._files(), view.workspace
        install = now.install
        if given.gym_root is not None:
            install = find_install_root(files, explicit=given.gym_root, workspace=view.root, environ=os.environ)
        folders = (*given.search_dirs, *now.search_dirs)
        return Workspace(
            files, view.root, now.settings, install, folders, environment=self._environment, profile_of=self._profile_of
        )

    def _profile_of(self, files: Files, install: PurePath) -> Profile:
        """The profile of an install root, read once for all folders and as long as it stays as it is."""
        known = self._profiles.get(install)
        if known is None:
            noted = Noted(files)
            known = self._profiles[install] = read_profile(noted, install), noted.notes
            if known[0].caveat is not None:
                _log.warning("%s", known[0].caveat)
        return known[0]

    def _files(self) -> Files:
        disk = Disk() if self._early is None else Noted(Disk(), self._early)
        return Overlay(disk, {path: buffer.text for path, buffer in self.buffers.items()})

    def view_of(self, path: PurePath) -> View | None:
        """The view of the innermost folder that holds a file; that of the first folder for files elsewhere."""
        holding = [root for root in self.views if is_below(path, root)]
        if holding:
            return self.views[max(holding, key=_depth)]
        return next(iter(self.views.values()), None)

    # Changes

    def set_buffer(self, path: PurePath, buffer: Buffer | None) -> None:
        """A document was opened or edited, or, with None, closed."""
        before = self.buffers.get(path)
        if buffer is None:
            self.buffers.pop(path, None)
        else:
            self.buffers[path] = buffer
        if before is not None and buffer is not None and before.text == buffer.text:
            return
        was_opened_or_closed = before is None or buffer is None
        is_only_here = was_opened_or_closed and Disk().kind(path) is None
        self._change(Change(created_or_deleted=frozenset({path})) if is_only_here else Change.edit([path]))

    def files_changed(self, change: Change) -> None:
        """Take over what changed on disk; open documents keep the text that the client sent."""
        if left := change.without(self.buffers):
            self._change(left)

    def matters(self, path: PurePath) -> bool:
        """Whether an answer may depend on a path: not on what environments, caches and runs leave behind."""
        view = self.view_of(path)
        if view is None or path.name in SETTINGS_FILES:
            return view is not None
        holding = [root for root in view.workspace.search.roots if path.is_relative_to(root)]
        below = path.relative_to(max(holding, key=_depth)) if holding else path
        return IGNORED_DIRECTORIES.isdisjoint(below.parts)

    def _change(self, change: Change) -> None:
        paths = change.paths
        self.revision += 1
        if any(path.name in SETTINGS_FILES for path in paths):
            for root, view in list(self.views.items()):
                made = self._view(root)
                if _is_opened_alike(made, view):
                    changed = self._changed(view, change)
                    self.views[root] = replace(changed, settings_errors=made.settings_errors, notes=made.notes)
                else:
                    self._open(root, made)
        elif change.created_or_deleted or any(path.suffix in (*YAML, ".py") for path in paths):
            for root, view in self.views.items():
                self.views[root] = self._changed(view, change)

    def _changed(self, view: View, change: Change) -> View:
        workspace = view.workspace.changed(self._files(), change)
        return View(view.root, workspace, view.checker.on(workspace), view.settings_errors, view.notes)

    # What is read before anybody watches the disk

    def note_reads(self) -> None:
        """Note what is read of folders that are opened from now on, because nobody watches them yet."""
        self._early = {}

    @property
    def early_reads(self) -> Notes:
        """What has been noted until now."""
        return dict(self._early or {})

    def catch_up(self, outdated: Collection[PurePath]) -> None:
        """The disk is watched now; these are the paths that changed before, after they had been read."""
        self._early = None
        # The same views, so this is no new revision; but from now on, nothing is to be noted.
        for root, view in self.views.items():
            self.views[root] = self._changed(view, Change())
        if outdated:
            self._change(Change(created_or_deleted=frozenset(outdated)))

    # Reading

    def converter(self) -> Converter:
        """Makes ranges and locations of this moment."""
        return Converter(self.encoding, self.text, self.opened, self._forms)

    def text(self, path: PurePath) -> str:
        view = self.view_of(path)
        return "" if view is None else view.workspace.text(path) or ""

    def opened(self, path: PurePath) -> OpenDocument | None:
        """What the client calls a document, if it is open."""
        buffer = self.buffers.get(path)
        return None if buffer is None else OpenDocument(buffer.uri, buffer.version)

    def open_paths(self) -> Iterator[PurePath]:
        """The open documents that belong to a folder, the last opened first."""
        yield from (path for path in reversed(self.buffers) if self.view_of(path) is not None)


def _is_opened_alike(left: View, right: View) -> bool:
    """Whether two views of a folder have the same settings and the same NeMo Gym."""
    one, other = left.workspace, right.workspace
    return (one.install, one.search_dirs, one.settings) == (other.install, other.search_dirs, other.settings)


def _depth(root: PurePath) -> int:
    return len(root.parts)
