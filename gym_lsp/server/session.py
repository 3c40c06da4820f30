"""The state of one connection: its folders, its open documents, and the current workspace of each folder."""

from __future__ import annotations

import asyncio
import copy
import logging
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from gym_lsp.check import Checker
from gym_lsp.commands.parts import DOCUMENTS
from gym_lsp.files import IGNORED_DIRECTORIES, LARGEST_TEXT, Disk, Files, Overlay, Remembered, is_below
from gym_lsp.gym.layout import ROWS
from gym_lsp.gym.release.profile import Profile, read_profile
from gym_lsp.gym.roots import find_install_root
from gym_lsp.rules import RULE_NAMES
from gym_lsp.server.logs import LOGGER
from gym_lsp.server.preferences import MOST_ROWS, FolderSettings, Shown
from gym_lsp.server.reads import Reads, RecordingFiles, is_outdated
from gym_lsp.server.roots import Roots
from gym_lsp.server.sync import Buffer
from gym_lsp.server.to_lsp import Converter, Forms, OpenDocument
from gym_lsp.text import Encoding
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.includers import includers
from gym_lsp.workspace.listings import all_rows, first_text
from gym_lsp.workspace.root import Root
from gym_lsp.workspace.settings import SETTINGS_FILES, SettingsError, load_settings
from gym_lsp.workspace.unindexed import unindexed
from gym_lsp.workspace.workspace import YAML, Workspace

if TYPE_CHECKING:
    from gym_lsp.ide.components import Component

LARGE = 64 * 1024
"""Code points. Work on a larger text can take longer than another answer may wait. Few configs have half as many."""
MOST_RUNS = 50
"""Runs of other files that are checked at once, together with an edited file that they include."""
_T = TypeVar("_T")
_log = logging.getLogger(LOGGER)


class FolderSnapshot(Struct, frozen=True):
    """One workspace folder at one moment: its workspace, its checker, and the errors of its settings files.

    `reads` is what was read to find its settings and its install root.
    """

    root: PurePath
    workspace: Workspace
    checker: Checker
    settings_errors: tuple[SettingsError, ...]
    reads: Reads
    under_other_settings: dict[FolderSettings, tuple[Workspace, Checker]] = field(
        default_factory=dict[FolderSettings, tuple[Workspace, Checker]]
    )
    """The same folder under other settings, if a command has requested it."""
    component_search: list[asyncio.Task[tuple[Component, ...]]] = field(
        default_factory=list["asyncio.Task[tuple[Component, ...]]"]
    )
    """The task that finds its components, if a command has started it."""

    @property
    def of(self) -> Root:
        """Its root, with whether the files below it belong to it."""
        return Root(self.root, self.workspace.is_deep)

    def contains(self, path: PurePath) -> bool:
        """Whether a file can belong to this folder."""
        return is_below(path, self.root) if self.workspace.is_deep else path.parent == self.root

    def searches(self, path: PurePath) -> bool:
        """Whether a file is in a search root of this folder."""
        return any(is_below(path, root) for root in self.workspace.search.roots)

    def shared(self) -> FolderSnapshot:
        """Return the same snapshot for another thread."""
        return self._with(self.workspace.shared())

    def unindexed(self) -> FolderSnapshot:
        """Return the same snapshot, but one that raises NotIndexed if an answer depends on all files."""
        return self._with(unindexed(self.workspace))

    def _with(self, workspace: Workspace) -> FolderSnapshot:
        return replace(self, workspace=workspace, checker=self.checker.on(workspace))


class _Place(NamedTuple):
    """Where a path is: the root of its folder, if there is any folder, and whether one of the client's contains it."""

    root: PurePath | None
    is_in_client_folder: bool


class Session:
    """The state of one connection. A change replaces the snapshots of folders; a snapshot itself never changes."""

    def __init__(
        self, encoding: Encoding, environment: Mapping[str, str], forms: Forms | None = None, disk: Files | None = None
    ) -> None:
        self.encoding = encoding
        self._disk = disk or Disk()
        self.buffers: dict[PurePath, Buffer] = {}
        self.folders: dict[PurePath, FolderSnapshot] = {}
        self.revision = 0
        """Increases with every change of a folder or a document."""
        self.unchecked = Change()
        """What has changed since all files were checked."""
        self.openings = 0
        """How often a folder was opened without anything to reuse, or closed."""
        self.has_other_yaml_server = False
        """Whether the client runs another server that reports YAML syntax errors."""
        self.most_rows = MOST_ROWS
        """How many rows of an open dataset are checked."""
        self.shown = Shown()
        """Which findings the client gets."""
        self.documents = True
        """Whether the commands in open documents are checked."""
        self._with_commands: set[PurePath] = set()
        """The open documents that may have commands. The others are ignored."""
        self._roots = Roots()
        self._places: dict[PurePath, _Place] = {}
        """Where each path is that was asked for, since the last change of the roots and folders."""
        self._placed = (0, 0)
        """The changes of the roots and the openings of folders at that time."""
        self._environment = environment
        self._forms = forms or Forms()
        self._settings = FolderSettings()
        self._settings_of: dict[PurePath, FolderSettings] = {}
        self._profiles: dict[PurePath, tuple[Profile, Reads]] = {}
        self._early: Reads | None = None
        self._links_outside: set[PurePath] = set()
        """The links to folders outside of the workspace, which were reported when they were found."""
        self._thread = ThreadPoolExecutor(1, "large documents")

    # Large documents

    def is_large(self, path: PurePath) -> bool:
        """Whether work on a file may take long, so that it belongs into another thread."""
        return not self.is_ignored(path) and len(self.text(path)) > LARGE

    def is_quick(self, path: PurePath) -> bool:
        """Whether a file can be checked at once: it is not large, and part of few runs that can repair a finding."""
        folder = self.folder_of(path)
        return not self.is_large(path) and (folder is None or len(includers(folder.workspace, path)) <= MOST_RUNS)

    def large_documents(self) -> tuple[PurePath, ...]:
        """Return the open documents that are large."""
        large = (path for path, buffer in self.buffers.items() if len(buffer.text) > LARGE and self.is_large(path))
        # No config includes rows or documents, and they are not indexed.
        return tuple(path for path in large if path.suffix not in (ROWS, *DOCUMENTS))

    def may_need_large(self, path: PurePath) -> bool:
        """Whether the findings of a file may depend on a large document: any file may include it."""
        return self.is_large(path) or bool(self.large_documents())

    async def aside(self, work: Callable[[Session], _T]) -> _T:
        """Return the result of work in another thread on the current state.

        `work` gets a session that does not change. Its workspaces share their answers with those of this session, which
        thus remembers what `work` asks.
        """
        now = self._now_with(FolderSnapshot.shared)
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, now)

    def unindexed(self) -> Session:
        """Return a session that does not change, whose answers raise NotIndexed if they depend on all files."""
        return self._now_with(FolderSnapshot.unindexed)

    def frozen(self) -> Session:
        """Return the session as it is now. Later changes do not reach it."""
        return self._now_with(lambda folder: folder)

    def _now_with(self, view: Callable[[FolderSnapshot], FolderSnapshot]) -> Session:
        now = copy.copy(self)
        now.buffers = dict(self.buffers)
        now._with_commands = set(self._with_commands)
        now.folders = {root: view(folder) for root, folder in self.folders.items()}
        return now

    # Folders

    def open_folder(self, folder: PurePath) -> None:
        """Add a folder of the client with its settings and its install root, or open it again.

        `folders` gets its root, which is above it if it is a part of a checkout.
        """
        self._open(self._snapshot(self._roots.open_folder(self._now(), folder)))
        self._find_roots()

    def _open(self, folder: FolderSnapshot) -> None:
        self.folders[folder.root] = folder
        self.openings += 1
        self.revision += 1

    def close_folder(self, folder: PurePath) -> None:
        """Remove a folder of the client. Its open documents stay, with their root."""
        self._settings_of.pop(folder, None)
        if self._roots.close_folder(folder):
            self._find_roots()

    def _find_roots(self) -> None:
        """Find the roots of all folders and documents again, and open and close folders accordingly."""
        files = self._now()
        for folder in self.client_folders:
            self._roots.open_folder(files, folder)
        for path in self.buffers:
            if not self.is_ignored(path):
                self._find_root_of(path, files)
        self._open_needed()

    def _find_root_of(self, path: PurePath, files: Files) -> None:
        of_folders = self._roots.of_folders()
        folders = [folder for root, folder in self.folders.items() if root in of_folders]
        if not self.contains(path) and any(folder.searches(path) for folder in folders):
            # It is in the NeMo Gym of a folder, and a jump from there has opened it.
            self._roots.close_document(path)
        elif path.suffix in DOCUMENTS:
            self._roots.open_below(files, path)
        else:
            self._roots.open_document(files, path)

    def _open_needed(self) -> None:
        """Open the roots that something needs, and close the others."""
        needed = self._roots.needed()
        for path in [path for path in self.folders if path not in needed]:
            del self.folders[path]
            self.openings += 1
            self.revision += 1
        for path, root in needed.items():
            known = self.folders.get(path)
            if known is None or known.workspace.is_deep != root.is_deep:
                self._open(self._snapshot(root))
        # The first folder takes what belongs to none.
        self.folders = {path: self.folders[path] for path in needed}

    def find_nested(self) -> bool:
        """Open the roots that are nested in the client's folders. Return whether any was opened.

        The files of the folders have to be listed before, because this lists them.
        """
        files, before = self._now(), self.openings
        seen = {files.resolve(root) for root in self.folders}
        nested: dict[PurePath, tuple[PurePath, ...]] = {}
        links: set[PurePath] = set()
        for root, folder in self.folders.items():
            found = [each for each in folder.workspace.nested_roots(root) if self.contains(each)]
            links.update(folder.workspace.links_outside(root))
            # Links can lead to the same folder twice.
            new = [each for each in found if each in self.folders or files.resolve(each) not in seen]
            seen.update(map(files.resolve, new))
            nested[root] = tuple(new)
        self._roots.set_nested(nested)
        for link in sorted(links - self._links_outside):
            _log.warning(
                "%s is a link to a folder outside of the workspace, so it is not entered; "
                "to enter it, add the real folder to the setting `searchDirs`",
                link,
            )
        self._links_outside = links
        # An edit can have made a root, too.
        self._find_roots()
        return self.openings != before

    @property
    def client_folders(self) -> tuple[PurePath, ...]:
        """The folders that the client has opened."""
        return tuple(self._roots.folders)

    def contains(self, path: PurePath) -> bool:
        """Whether a path is in one of the client's folders. Elsewhere, only open documents have findings."""
        return self._place(path).is_in_client_folder

    def configure(self, settings: FolderSettings, settings_of: Mapping[PurePath, FolderSettings] | None = None) -> bool:
        """Apply the client's settings for all folders or for single ones. Return whether a folder was opened again."""
        self._settings, self._settings_of = settings, dict(settings_of or {})
        made = [(folder, self._snapshot(folder.of)) for folder in self.folders.values()]
        outdated = [now for before, now in made if not _is_configured_alike(now, before)]
        for folder in outdated:
            self._open(folder)
        return bool(outdated)

    def reopen_outdated(self) -> bool:
        """Open the folders again whose environment, settings or NeMo Gym changed on disk. Return whether any did."""
        files = self._files()
        old = {install for install, (_, reads) in self._profiles.items() if is_outdated(files, reads)}
        for install in old:
            del self._profiles[install]
        outdated = [
            folder
            for folder in self.folders.values()
            if (folder.workspace.install is not None and folder.workspace.install.path in old)
            or is_outdated(files, folder.reads)
        ]
        for folder in outdated:
            self._open(self._snapshot(folder.of))
        return bool(outdated)

    def _snapshot(self, of: Root) -> FolderSnapshot:
        files, root = RecordingFiles(self._files()), of.path
        settings = self._settings_for(root)
        loaded = load_settings(files, root, known_rules=RULE_NAMES)
        install = find_install_root(
            files,
            explicit=settings.gym_root or loaded.settings.gym_root,
            workspace=root,
            python_environment=settings.python_environment,
            environ=os.environ,
        )
        workspace = Workspace(
            self._files(),
            root,
            loaded.settings,
            install,
            settings.search_dirs,
            environment=self._environment,
            profile_of=self._profile_of,
            named=self.client_folders,
            is_deep=of.is_deep,
        )
        return FolderSnapshot(root, workspace, Checker(workspace), loaded.errors, files.reads)

    def _settings_for(self, root: PurePath) -> FolderSettings:
        """Return the client's settings for a root: those of a folder that has it, or that contains it."""
        folders = self._roots.folders
        having = next((folder for folder in folders if folders[folder].path == root), None)
        folder = root if root in folders else having or self._roots.folder_of(root)
        return self._settings if folder is None else self._settings_of.get(folder, self._settings)

    def workspace_under(self, folder: FolderSnapshot, settings: FolderSettings) -> Workspace:
        """Return the workspace of a folder under other settings: another NeMo Gym, more search folders.

        It shares nothing with the workspace of the folder, so it can be used in another thread.
        """
        files, now = self._files(), folder.workspace
        install = now.install
        if settings.gym_root is not None:
            install = find_install_root(files, explicit=settings.gym_root, workspace=folder.root, environ=os.environ)
        return Workspace(
            files,
            folder.root,
            now.settings,
            install,
            (*settings.search_dirs, *now.search_dirs),
            environment=self._environment,
            profile_of=self._profile_of,
            named=self.client_folders,
            is_deep=now.is_deep,
        )

    def _profile_of(self, files: Files, install: PurePath) -> Profile:
        """Return the profile of an install root. It is read once for all folders, and again only when it changes."""
        known = self._profiles.get(install)
        if known is None:
            recording = RecordingFiles(files)
            known = self._profiles[install] = read_profile(recording, install), recording.reads
            if known[0].caveat is not None:
                _log.warning("%s", known[0].caveat)
        return known[0]

    def disk(self) -> Files:
        """Return the files without the open documents."""
        return self._disk if self._early is None else RecordingFiles(self._disk, self._early)

    def _files(self) -> Files:
        return Overlay(self.disk(), self._texts())

    def _now(self) -> Files:
        """Return the files to find roots in. What is read there, up to the root of the file system, is not recorded."""
        return Remembered(Overlay(Disk(), self._texts()))

    def _texts(self) -> dict[PurePath, str]:
        return {path: buffer.text for path, buffer in self.buffers.items()}

    def folder_of(self, path: PurePath) -> FolderSnapshot | None:
        """Return the folder that a file belongs to.

        That is the root of an open document, or the innermost folder that contains the file. A file outside all folders
        belongs to the first one that has it in its search roots, or else to the first one.
        """
        root = self._place(path).root
        return None if root is None else self.folders[root]

    @property
    def placement(self) -> tuple[int, int]:
        """Changes whenever a path may belong to another folder than before, or a folder has other settings."""
        return self._roots.changes, self.openings

    def _place(self, path: PurePath) -> _Place:
        if self._placed != self.placement:
            self._places, self._placed = {}, self.placement
        place = self._places.get(path)
        if place is None:
            place = _Place(self._find_folder(path), self._roots.folder_of(path) is not None)
            self._places[path] = place
        return place

    def _find_folder(self, path: PurePath) -> PurePath | None:
        root = self._roots.of_document(path)
        if root in self.folders:
            return root
        holding = [folder.root for folder in self.folders.values() if folder.contains(path)]
        if holding:
            return max(holding, key=_depth)
        searching = (root for root, folder in self.folders.items() if folder.searches(path))
        return next(searching, next(iter(self.folders), None))

    # Changes

    def set_buffer(self, path: PurePath, buffer: Buffer | None) -> bool:
        """Apply that a document was opened or edited, or, if `buffer` is None, closed.

        Return whether an answer can depend on it.
        """
        before = self.buffers.get(path)
        if buffer is None:
            self.buffers.pop(path, None)
        else:
            self.buffers[path] = buffer
        if path.suffix in DOCUMENTS:
            # One without commands counts as closed.
            before = before if path in self._with_commands else None
            buffer = buffer if buffer is not None and self.documents and _may_be_checked(buffer) else None
            if buffer is None:
                self._with_commands.discard(path)
            else:
                self._with_commands.add(path)
            if before is None and buffer is None:
                return False
        if before is not None and buffer is not None and before.text == buffer.text:
            return True
        if before is None:
            self._find_root_of(path, self._now())
            self._open_needed()
        elif buffer is None:
            self._roots.close_document(path)
            self._open_needed()
        was_opened_or_closed = before is None or buffer is None
        is_only_here = was_opened_or_closed and Disk().kind(path) is None
        change = Change(created_or_deleted=frozenset({path})) if is_only_here else Change.edit([path])
        self._apply(change, is_needed=path.suffix in (ROWS, *DOCUMENTS))
        return True

    def switch_documents(self, on: bool) -> None:
        """Begin or end to check the commands in open documents."""
        if self.documents != on:
            self.documents = on
            for path, buffer in tuple(self.buffers.items()):
                if path.suffix in DOCUMENTS:
                    self.set_buffer(path, buffer)

    def files_changed(self, change: Change) -> None:
        """Apply a change on disk. Open documents keep the text that the client sent."""
        # An open document can be new on disk, too: its folder has to be listed again.
        if left := Change(change.edited - self.buffers.keys(), change.created_or_deleted):
            self._apply(left)

    def refresh_rows(self) -> None:
        """Apply the changes on disk of the rows that datasets name. Nothing else follows them."""
        disk = Disk()
        outdated = {
            path
            for folder in self.folders.values()
            for path in all_rows(folder.workspace)
            if path not in self.buffers and folder.workspace.files.version(path) != disk.version(path)
        }
        if outdated:
            self._apply(Change.edit(outdated), is_needed=True)

    def is_relevant(self, path: PurePath) -> bool:
        """Whether an answer can depend on a path. False for what environments, caches and runs leave behind."""
        folder = self.folder_of(path)
        if folder is None or path.name in SETTINGS_FILES:
            return folder is not None
        holding = [root for root in folder.workspace.search.roots if path.is_relative_to(root)]
        below = path.relative_to(max(holding, key=_depth)) if holding else path
        return IGNORED_DIRECTORIES.isdisjoint(below.parts)

    def _apply(self, change: Change, *, is_needed: bool = False) -> None:
        """Apply a change. Rows and scripts that change on disk are only of interest if `is_needed` is true."""
        paths = change.paths
        self.revision += 1
        self.unchecked |= change
        has_settings = any(path.name in SETTINGS_FILES for path in paths)
        if has_settings or change.created_or_deleted:
            self._find_roots()
        if has_settings:
            for root, folder in list(self.folders.items()):
                made = self._snapshot(folder.of)
                if _is_configured_alike(made, folder):
                    changed = self._changed(folder, change)
                    self.folders[root] = replace(changed, settings_errors=made.settings_errors, reads=made.reads)
                else:
                    self._open(made)
        elif change.created_or_deleted or is_needed or any(path.suffix in (*YAML, ".py") for path in paths):
            for root, folder in self.folders.items():
                self.folders[root] = self._changed(folder, change)

    def _changed(self, folder: FolderSnapshot, change: Change) -> FolderSnapshot:
        workspace = folder.workspace.changed(self._files(), change)
        return FolderSnapshot(
            folder.root, workspace, folder.checker.on(workspace), folder.settings_errors, folder.reads
        )

    # What is kept for the next server

    @property
    def ways_to_read(self) -> str:
        """The folders of the client with its settings for them: everything of the client that answers depend on."""
        return repr([(folder, self._settings_of.get(folder, self._settings)) for folder in self.client_folders])

    @property
    def read_to_open(self) -> frozenset[PurePath]:
        """The paths that decide the settings, the install root and the profile of each folder."""
        of_folders = (folder.reads for folder in self.folders.values())
        of_profiles = (reads for _, reads in self._profiles.values())
        return frozenset(path for reads in (*of_folders, *of_profiles) for _, path in reads)

    # Reads before the disk is watched

    def record_reads(self) -> None:
        """Record what is read for folders that are opened from now on, because the disk is not watched yet."""
        self._early = {}

    @property
    def early_reads(self) -> Reads:
        """What has been recorded so far."""
        return dict(self._early or {})

    def catch_up(self, outdated: Collection[PurePath]) -> None:
        """Stop recording, because the disk is watched now, and apply the changes of `outdated` paths until now."""
        self._early = None
        # The snapshots get files that no longer record. Their content is the same, so the revision stays.
        for root, folder in self.folders.items():
            self.folders[root] = self._changed(folder, Change())
        if outdated:
            self._apply(Change(created_or_deleted=frozenset(outdated)))

    # Documents

    def converter(self) -> Converter:
        """Return a converter for the current texts."""
        return Converter(self.encoding, self.text, self.opened, self._forms)

    def text(self, path: PurePath) -> str:
        """Return the text that the spans of a path refer to."""
        if path.suffix == ROWS and path in self.buffers:
            # Rows are read whatever their size, and not as a whole.
            return self.buffers[path].text
        folder = self.folder_of(path)
        if folder is not None and path.suffix == ROWS:
            return first_text(folder.workspace, path)
        return "" if folder is None else folder.workspace.text(path) or ""

    def opened(self, path: PurePath) -> OpenDocument | None:
        """Return the client's URI and version of a document, or None if it is not open."""
        buffer = self.buffers.get(path)
        return None if buffer is None else OpenDocument(buffer.uri, buffer.version)

    def open_paths(self) -> Iterator[PurePath]:
        """Yield the open documents that belong to a folder, the last opened first."""
        for path in reversed(self.buffers):
            if not self.is_ignored(path) and self.folder_of(path) is not None:
                yield path

    def is_ignored(self, path: PurePath) -> bool:
        """Whether a file is a script or Markdown that cannot have commands, or that is not open."""
        return path.suffix in DOCUMENTS and path not in self._with_commands

    def has_commands(self, path: PurePath) -> bool:
        """Whether the commands in a file are of interest: it is open and in a root, and no setting turns that off."""
        folder = self.folder_of(path) if path in self._with_commands else None
        return (
            folder is not None
            and folder.workspace.is_deep
            and folder.contains(path)
            and folder.workspace.settings.documents
        )


def _is_configured_alike(left: FolderSnapshot, right: FolderSnapshot) -> bool:
    """Whether two snapshots of a folder have the same settings and the same NeMo Gym."""
    one, other = left.workspace, right.workspace
    return (one.install, one.search_dirs, one.settings) == (other.install, other.search_dirs, other.settings)


def _may_be_checked(document: Buffer) -> bool:
    # The start of a server does not wait for this.
    from gym_lsp.commands.screen import may_have_commands, may_have_samples

    text = document.text
    return len(text) <= LARGEST_TEXT and (may_have_commands(text) or may_have_samples(text))


def _depth(root: PurePath) -> int:
    return len(root.parts)
