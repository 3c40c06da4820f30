"""The folders whose files gym-lsp reads. Elsewhere, it only looks whether something exists.

A config can name any file of the machine, and so can a link. On a CI runner, or in the editor of someone who opens the
repository of a stranger, the content of such a file must not get into a finding, a hover or a resolved document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.files import DirectoryEntry, Files, Forwarding, Kind, Outside, is_below
from gym_lsp.workspace.git import repository
from gym_lsp.workspace.place import GYM_FOLDERS
from gym_lsp.workspace.settings import Settings

Resolve = Callable[[PurePath], PurePath]
"""Return a path without links and without `..`."""


class Fence(Struct, frozen=True):
    """The folders whose files are read, with everything below them.

    A stranger may control what `folders` contain, so a link in them is followed only to a file in one of them. They are
    without links themselves. `trusted` are what the user has named outside of the workspace; links in them may lead
    anywhere.
    """

    folders: tuple[PurePath, ...]
    trusted: tuple[PurePath, ...] = ()

    def holds(self, path: PurePath, resolve: Resolve) -> bool:
        """Return whether a file or folder is inside."""
        if any(is_below(path, folder) for folder in self.trusted):
            return True
        real = resolve(path)
        return any(is_below(real, folder) for folder in self.folders)


def around_all(fences: Iterable[Fence]) -> Fence:
    """Return one fence around what is inside any of some fences."""
    parts = tuple(fences)
    folders = (folder for fence in parts for folder in fence.folders)
    trusted = (folder for fence in parts for folder in fence.trusted)
    return Fence(tuple(dict.fromkeys(folders)), tuple(dict.fromkeys(trusted)))


def fence_around(
    files: Files,
    root: PurePath,
    *,
    named: Iterable[PurePath] = (),
    install: PurePath | None = None,
    settings: Settings | None = None,
) -> Fence:
    """Return the fence around a workspace.

    Inside are its repository or, without one, its root, the install root, and what the user has named. A list of
    changed files can name a planted link, so a file in the repository is inside only if its real path is. If the
    settings are in the repository, a stranger can have written them, so their search folders count only as far as they
    can contain NeMo Gym's own files.
    """
    own = repository(files, root) or root
    configured = () if settings is None else settings.search_dirs
    is_strange = settings is None or settings.path is None or is_below(settings.path, own)
    named = (path for path in named if not is_below(path, own) or files.kind(path) is Kind.DIRECTORY)
    named = (*named, *(() if is_strange else configured), *(() if install is None else (install,)))
    trusted = tuple(dict.fromkeys(path for path in named if not (is_below(own, path) or is_below(path, own))))
    components = (folder / name for folder in configured for name in GYM_FOLDERS) if is_strange else ()
    # An environment in the workspace is often a link to another place, so the install root is inside in any case.
    folders = (own, *named, *(path for path in components if not is_below(path, own)))
    return Fence(tuple(dict.fromkeys(map(files.resolve, folders))), trusted)


class Fenced(Forwarding):
    """Files that can be read and listed only inside a fence."""

    def __init__(self, base: Files, fence: Fence) -> None:
        super().__init__(base)
        self._fence = fence

    def read(self, path: PurePath) -> str:
        self._check(path)
        return self._base.read(path)

    def head(self, path: PurePath, most: int) -> str:
        self._check(path)
        return self._base.head(path, most)

    def entries(self, path: PurePath) -> tuple[DirectoryEntry, ...]:
        return self._base.entries(path) if self._fence.holds(path, self._base.resolve) else ()

    def _check(self, path: PurePath) -> None:
        if not self._fence.holds(path, self._base.resolve):
            raise Outside(path)
