"""What one client has told: its folders, its open documents, and the workspace of each folder as it is now."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from gym_lsp.check import Checker
from gym_lsp.files import Disk, Files, Overlay
from gym_lsp.gym.roots import find_install_root
from gym_lsp.rules import RULE_NAMES
from gym_lsp.server.sync import Buffer
from gym_lsp.server.to_lsp import Converter
from gym_lsp.text import Encoding
from gym_lsp.workspace.settings import OWN_FILE, SHARED_FILE, Settings, SettingsError, load_settings
from gym_lsp.workspace.workspace import YAML, Workspace

SETTINGS_FILES = frozenset({OWN_FILE, SHARED_FILE})


@dataclass(frozen=True, slots=True)
class View:
    """One folder: its workspace at this moment, the checker of that moment, and what is wrong with its settings."""

    root: PurePath
    workspace: Workspace
    checker: Checker
    settings_errors: tuple[SettingsError, ...]


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """What the client's configuration says; it wins over the files of the workspace."""

    gym_root: PurePath | None = None
    python_environment: PurePath | None = None
    search_dirs: tuple[PurePath, ...] = ()


class Session:
    """The state of one connection. Changes replace views; a view that was handed out never changes."""

    def __init__(self, encoding: Encoding, environment: Mapping[str, str]) -> None:
        self.encoding = encoding
        self.buffers: dict[PurePath, Buffer] = {}
        self.views: dict[PurePath, View] = {}
        self.revision = 0
        self._environment = environment
        self._client = ClientSettings()

    # Folders

    def open_folder(self, root: PurePath) -> None:
        """Take a folder in, with its settings and its install root."""
        self.views[root] = self._view(root)
        self.revision += 1

    def close_folder(self, root: PurePath) -> None:
        if self.views.pop(root, None) is not None:
            self.revision += 1

    def configure(self, client: ClientSettings) -> None:
        """Take the client's settings over and start every folder anew."""
        self._client = client
        for root in self.views:
            self.open_folder(root)

    def _view(self, root: PurePath) -> View:
        files = self._files()
        loaded = load_settings(files, root, known_rules=RULE_NAMES)
        install = find_install_root(
            files,
            explicit=self._client.gym_root or loaded.settings.gym_root,
            workspace=root,
            python_environment=self._client.python_environment,
            environ=os.environ,
        )
        workspace = Workspace(
            files, root, loaded.settings, install, self._client.search_dirs, environment=self._environment
        )
        return View(root, workspace, Checker(workspace), loaded.errors)

    def _files(self) -> Files:
        return Overlay(Disk(), {path: buffer.text for path, buffer in self.buffers.items()})

    def view_of(self, path: PurePath) -> View | None:
        """The view of the innermost folder that holds a file; that of the first folder for files elsewhere."""
        holding = [root for root in self.views if path.is_relative_to(root)]
        if holding:
            return self.views[max(holding, key=lambda root: len(root.parts))]
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
        self._change({path}, files_came_or_went=before is None or buffer is None)

    def files_changed(self, paths: Iterable[PurePath], *, files_came_or_went: bool) -> None:
        """Files changed on disk; open documents keep what the client says."""
        changed = {path for path in paths if path not in self.buffers}
        if changed:
            self._change(changed, files_came_or_went=files_came_or_went)

    def _change(self, paths: set[PurePath], *, files_came_or_went: bool) -> None:
        self.revision += 1
        for root, view in list(self.views.items()):
            if any(path.name in SETTINGS_FILES for path in paths):
                self.views[root] = self._view(root)
                continue
            relevant = any(path.suffix in YAML or files_came_or_went for path in paths)
            if relevant:
                workspace = view.workspace.changed(self._files(), paths, files_came_or_went=files_came_or_went)
                self.views[root] = View(root, workspace, Checker(workspace), view.settings_errors)

    # Reading

    def converter(self) -> Converter:
        """Makes ranges and locations of this moment."""
        return Converter(self.encoding, self.text, self.uri)

    def text(self, path: PurePath) -> str:
        view = self.view_of(path)
        return "" if view is None else view.workspace.text(path) or ""

    def uri(self, path: PurePath) -> str | None:
        buffer = self.buffers.get(path)
        return None if buffer is None else buffer.uri

    def settings_of(self, path: PurePath) -> Settings:
        view = self.view_of(path)
        return Settings() if view is None else view.workspace.settings

    def open_paths(self) -> Iterator[PurePath]:
        """The open documents that belong to a folder, the last opened first."""
        yield from (path for path in reversed(self.buffers) if self.view_of(path) is not None)
