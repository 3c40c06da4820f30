"""The root of a file: the folder from which the relative paths of its configs start.

The command line and the server find roots here, upwards from a path and downwards in a walk, by the same marks. So a
folder with several checkouts, a part of a checkout and a single file are checked as they are in their own root.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import Flag, auto
from functools import lru_cache
from pathlib import PurePath
from typing import cast

from msgspec import Struct

from gym_lsp.files import IGNORED_DIRECTORIES, DirectoryEntry, Files, Kind, Unreadable
from gym_lsp.gym.layout import (
    AGENTS,
    CONFIG_PATHS,
    ENVIRONMENTS,
    MODELS,
    RESOURCES,
)
from gym_lsp.gym.roots import is_install_root
from gym_lsp.workspace.place import COMMON_FOLDERS, GYM_FOLDERS, YAML, is_sure_place, root_by_place
from gym_lsp.workspace.settings import OWN_FILE, SHARED_FILE, TABLE, table_at

_PACKAGE = "nemo_gym"
_SERVER_FOLDERS = frozenset({RESOURCES, AGENTS, MODELS, ENVIRONMENTS})
_HELD = frozenset(GYM_FOLDERS)
_NOTED = _HELD | {OWN_FILE, SHARED_FILE}
_KEYS = "|".join(sorted((*_SERVER_FOLDERS, CONFIG_PATHS)))
_SHOWS_SERVERS = re.compile(rf"^[ \t{{]*(?:\w+:[ \t]*\{{)?(?:{_KEYS}):", re.MULTILINE)
_NAMES_GYM = re.compile(r"nemo[-_.]+gym", re.IGNORECASE)
_REQUIREMENT = re.compile(r"\s*nemo[-_.]+gym\s*(?:$|[\[<>=!~;@( ])", re.IGNORECASE)


class Root(Struct, frozen=True):
    """The root of a file. Without `is_deep`, only the files directly in it belong to it: nothing marks the folder."""

    path: PurePath
    is_deep: bool = True


class Marks(Flag):
    """What makes a folder a root."""

    CHECKOUT = auto()
    """It contains the package `nemo_gym`."""
    SERVERS = auto()
    """It contains a folder of servers, such as `resources_servers`."""
    CONFIGS = auto()
    """It contains `environments` or `benchmarks` with configs of NeMo Gym."""
    SETTINGS = auto()
    """It contains settings of gym-lsp."""
    PROJECT = auto()
    """Its pyproject.toml depends on NeMo Gym."""


_NONE = Marks(0)


def root_of(files: Files, path: PurePath, start: PurePath | None = None) -> Root:
    """Return the root of a file or folder: the nearest folder upwards that is marked.

    Some marked folders inside another root belong to that root; see `_Found.contains_root`. `start` is the folder that
    a user works in, which needs less than other folders to be a root.

    If nothing is marked, the root is above the folder that makes a file a config by its place, without the other files
    there, because they may be anything. `start` is the root if it contains that folder, and if the place is not sure.
    Else the root is `start`, or the folder of a path outside of it.
    """
    is_folder = files.kind(path) is Kind.DIRECTORY
    folder = path if is_folder else path.parent
    found: _Found | None = None
    for candidate in (*reversed(folder.parents), folder):
        entries = _mattering(files, candidate)
        marks = _marks(files.read, files, candidate, entries)
        if candidate == start:
            is_root = _is_root_at_start(found, candidate, entries, marks)
        else:
            is_root = bool(marks) and (found is None or found.contains_root(candidate, marks))
        if is_root:
            found = _Found(candidate, marks, _held(entries))
    if found is not None:
        return Root(found.path)
    placed = None if is_folder else root_by_place(path)
    if start is not None and path.is_relative_to(start):
        return Root(placed, is_deep=False) if placed is not None and _is_above(placed, path, start) else Root(start)
    return Root(folder, is_folder) if placed is None else Root(placed, is_deep=False)


def _mattering(files: Files, folder: PurePath) -> tuple[DirectoryEntry, ...]:
    """Return the entries of a folder that can mark a root. Other files may come and go, as in a home folder."""
    kinds = ((name, files.kind(folder / name)) for name in sorted(_NOTED))
    return tuple(DirectoryEntry(name, kind) for name, kind in kinds if kind is not None)


def _is_above(placed: PurePath, path: PurePath, start: PurePath) -> bool:
    """Return whether the root of a file by its place is above the folder that a user works in."""
    return not placed.is_relative_to(start) and is_sure_place(path.relative_to(placed).as_posix())


def decided_by(text: str) -> object:
    """Return what the text of a file decides about roots, for a walk to depend on nothing else of it."""
    return _SHOWS_SERVERS.search(text) is not None, _project_marks(text)


class Boundary:
    """Where the files of a root end in a walk: at the roots that are nested in it.

    `nested` are those that the walk has found. `read` are the files whose content has decided.
    """

    def __init__(self, files: Files, root: PurePath) -> None:
        self.nested: list[PurePath] = []
        self.read: list[PurePath] = []
        self._files = files
        entries = files.entries(root)
        self._root = _Found(root, _marks(self._text, files, root, entries), _held(entries))

    def leaves_out(self, folder: PurePath, entries: tuple[DirectoryEntry, ...]) -> bool:
        """Return whether the walk must not enter a folder."""
        marks = _marks(self._text, self._files, folder, entries)
        if not marks or not self._root.contains_root(folder, marks):
            return False
        # A copy in a hidden folder, such as a worktree of a tool, is not a part of the project at all.
        if not any(part.startswith(".") for part in folder.relative_to(self._root.path).parts):
            self.nested.append(folder)
        return True

    def _text(self, path: PurePath) -> str:
        self.read.append(path)
        return self._files.read(path)


class _Found(Struct, frozen=True):
    """A folder that is a root, with its marks and the folders of NeMo Gym in it."""

    path: PurePath
    marks: Marks
    held: frozenset[str]

    def contains_root(self, folder: PurePath, marks: Marks) -> bool:
        """Whether a marked folder in this root is a root of its own.

        A checkout always is, but not in a Python environment. A server, an environment or a benchmark with a project or
        settings of its own belongs to the root that contains `resources_servers` or `environments`, because its configs
        name paths from there. Elsewhere, the nearest root wins; in a checkout, and next to folders of servers, it needs
        folders of servers or settings.
        """
        parts = folder.relative_to(self.path).parts
        if not IGNORED_DIRECTORIES.isdisjoint(parts):
            return False
        if Marks.CHECKOUT in marks:
            return True
        is_whole = bool(self.marks & (Marks.CHECKOUT | Marks.SERVERS))
        if parts[0] in self.held:
            return not is_whole and bool(marks & (Marks.SERVERS | Marks.CONFIGS))
        return not is_whole or bool(marks & (Marks.SERVERS | Marks.SETTINGS))


def _is_root_at_start(found: _Found | None, start: PurePath, entries: tuple[DirectoryEntry, ...], marks: Marks) -> bool:
    """Whether the folder that a user works in is a root, also if it is inside another one.

    Its own settings decide, and the names of its folders count, whatever is in them.
    """
    if any(entry.name == OWN_FILE for entry in entries):
        return True
    if not marks and _held(entries) <= {_PACKAGE}:
        return False
    return found is None or not (
        found.marks & (Marks.CHECKOUT | Marks.SERVERS) and start.relative_to(found.path).parts[0] in found.held
    )


def _held(entries: tuple[DirectoryEntry, ...]) -> frozenset[str]:
    return frozenset(entry.name for entry in entries if entry.name in _HELD and entry.kind is Kind.DIRECTORY)


def _marks(
    read: Callable[[PurePath], str], files: Files, folder: PurePath, entries: tuple[DirectoryEntry, ...]
) -> Marks:
    """Return the marks of a folder, as far as they matter: a checkout or folders of servers need no others."""
    noted = {entry.name: entry.kind for entry in entries if entry.name in _NOTED}
    if not noted:
        return _NONE
    folders = {name for name, kind in noted.items() if kind is Kind.DIRECTORY}
    if _PACKAGE in folders and is_install_root(files, folder):
        return Marks.CHECKOUT
    if not folders.isdisjoint(_SERVER_FOLDERS):
        return Marks.SERVERS
    found = _NONE
    if any(_has_configs(read, files, folder / name) for name in sorted(folders & COMMON_FOLDERS)):
        found |= Marks.CONFIGS
    if noted.get(OWN_FILE) is Kind.FILE:
        found |= Marks.SETTINGS
    if noted.get(SHARED_FILE) is Kind.FILE:
        found |= _project_marks(_text(read, folder / SHARED_FILE))
    return found


def _has_configs(read: Callable[[PurePath], str], files: Files, folder: PurePath) -> bool:
    """Return whether a folder of a common name contains components of NeMo Gym."""
    components = (
        folder / entry.name
        for entry in files.entries(folder)
        if entry.kind is Kind.DIRECTORY and entry.name not in IGNORED_DIRECTORIES
    )
    configs = (
        component / entry.name
        for component in components
        for entry in files.entries(component)
        if entry.kind is Kind.FILE and entry.name.endswith(YAML)
    )
    return any(_SHOWS_SERVERS.search(_text(read, config)) for config in configs)


def _text(read: Callable[[PurePath], str], path: PurePath) -> str:
    try:
        return read(path)
    except Unreadable:
        return ""


@lru_cache(maxsize=256)
def _project_marks(text: str) -> Marks:
    """Return the marks of a project with this pyproject.toml."""
    may_have_settings = TABLE[1] in text
    if not may_have_settings and not _NAMES_GYM.search(text):
        return _NONE
    from tomllib import TOMLDecodeError, loads

    try:
        document: dict[str, object] = loads(text)
    except TOMLDecodeError:
        # Someone is editing the file. The root must not change with each character.
        return Marks.SETTINGS if f"[{'.'.join(TABLE)}" in text else _NONE
    found = Marks.SETTINGS if table_at(document, TABLE) is not None else _NONE
    return found | Marks.PROJECT if _depends_on_gym(document) else found


def _depends_on_gym(document: dict[str, object]) -> bool:
    """Return whether a project is NeMo Gym, or lists it as a dependency in one of the usual tables."""
    name = table_at(document, ("project", "name"))
    if isinstance(name, str) and _REQUIREMENT.match(name):
        return True
    groups = [
        table_at(document, ("project", "dependencies")),
        *_values(table_at(document, ("project", "optional-dependencies"))),
        *_values(table_at(document, ("dependency-groups",))),
    ]
    poetry = ("tool", "poetry")
    tables = [
        table_at(document, (*poetry, "dependencies")),
        *(table_at(group, ("dependencies",)) for group in _values(table_at(document, (*poetry, "group")))),
    ]
    listed = [
        each for group in (*groups, *tables) if isinstance(group, list | dict) for each in cast("list[object]", group)
    ]
    return any(isinstance(each, str) and _REQUIREMENT.match(each) for each in listed)


def _values(table: object) -> list[object]:
    return list(cast("Mapping[str, object]", table).values()) if isinstance(table, dict) else []
