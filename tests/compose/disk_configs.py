"""Configs of a run without a workspace."""

from __future__ import annotations

from pathlib import PurePath

from gym_lsp.compose.source import ConfigFile, config_file
from gym_lsp.files import Files, Unreadable


class DiskConfigs:
    """Configs straight from files, each read and parsed once."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._loaded: dict[PurePath, ConfigFile | Unreadable] = {}

    def load(self, path: PurePath) -> ConfigFile:
        loaded = self._loaded.get(path)
        if loaded is None:
            try:
                loaded = config_file(path, self._files.read(path))
            except Unreadable as error:
                loaded = error
            self._loaded[path] = loaded
        if isinstance(loaded, Unreadable):
            raise loaded
        return loaded
