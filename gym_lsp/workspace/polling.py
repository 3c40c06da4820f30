"""Polling for changes on the disk: for editors that do not watch files, and for `--watch`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from gym_lsp.files import IGNORED_DIRECTORIES, Files, Kind
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.fence import Fence
from gym_lsp.workspace.settings import SETTINGS_FILES
from gym_lsp.workspace.workspace import YAML

_PRESENCE = (".jsonl", "requirements.txt")
"""Endings of names of files whose existence matters, but not their content."""


class Poller:
    """The state of some trees at the last poll.

    A directory is listed again only if its own version has changed. Of the directories in `flat`, only the files
    directly in them are polled. Links to directories are followed only inside the fence.
    """

    def __init__(
        self,
        files: Files,
        roots: Iterable[PurePath],
        flat: Iterable[PurePath] = (),
        fence: Fence | None = None,
    ) -> None:
        self.roots = tuple(roots)
        self._fence = fence
        self._flat = frozenset(flat)
        self._files = files
        self._directories: dict[PurePath, object] = {}
        self._inside: dict[PurePath, dict[PurePath, object]] = {}
        for root in self.roots:
            if root not in self._directories:
                self._list(root)

    def changes(self) -> Change:
        """Return the changes since the last poll."""
        before = {path: version for known in self._inside.values() for path, version in known.items()}
        for directory, version in list(self._directories.items()):
            if directory not in self._directories:
                continue
            now = self._files.version(directory)
            if now is None and directory not in self.roots:
                del self._directories[directory], self._inside[directory]
            elif now != version:
                self._list(directory)
            else:
                known = self._inside[directory]
                known.update({path: self._version(path) for path in known})
        after = {path: version for known in self._inside.values() for path, version in known.items()}
        edited = frozenset(path for path in before.keys() & after.keys() if before[path] != after[path])
        return Change(edited, frozenset(before.keys() ^ after.keys()))

    def _list(self, directory: PurePath) -> None:
        """List a directory and the new directories in it."""
        # The version is read first, so that a change while the names are read is found by the next poll.
        self._directories[directory] = self._files.version(directory)
        inside: dict[PurePath, object] = {}
        for entry in self._files.entries(directory):
            path = directory / entry.name
            if entry.kind is Kind.FILE:
                if entry.name.endswith((*YAML, ".py", *_PRESENCE)) or entry.name in SETTINGS_FILES:
                    inside[path] = self._version(path)
            elif directory in self._flat or entry.name in IGNORED_DIRECTORIES or path in self._directories:
                continue
            elif not entry.is_link or self._follows(path):
                self._list(path)
        self._inside[directory] = inside

    def _follows(self, path: PurePath) -> bool:
        """Return whether a link leads to a directory that is inside the fence and does not contain the link."""
        if self._fence is not None and not self._fence.holds(path, self._files.resolve):
            return False
        identity = self._files.identity(path)
        return all(self._files.identity(parent) != identity for parent in path.parents)

    def _version(self, path: PurePath) -> object:
        return None if path.name.endswith(_PRESENCE) else self._files.version(path)
