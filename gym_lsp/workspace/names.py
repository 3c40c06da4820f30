"""The top-level names that the files of the search roots define.

Only names that a run leaves open are looked up. Nothing is parsed until then, and a scan for keys at the start of a
line selects the files to parse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Protocol

from msgspec import Struct

from gym_lsp.compose.config import Config, Table
from gym_lsp.gym.layout import COPY, INHERIT_FROM
from gym_lsp.gym.release.profile import Profile
from gym_lsp.memo import Snapshot, firewall, lasting, query
from gym_lsp.workspace.settings import Settings

SANDBOX = "sandbox"
MOST_COMPARED = 5_000
"""Names. Comparing a name with more of them would take too long."""


class Definition(Struct, frozen=True):
    """A top-level name and the file that defines it.

    `server_type` is the server type of the block, "sandbox" for a sandbox block, None for anything else. If `borrows`
    is true, a directive adds to the block, so that it may be more than its own text shows.
    """

    name: str
    path: PurePath
    server_type: str | None
    borrows: bool = False

    def may_be(self, server_type: str | None) -> bool:
        """Return whether the block can have a server type. None is any type."""
        return server_type in (None, self.server_type) or (self.borrows and self.server_type is None)


class NamedFiles(Snapshot, Protocol):
    """The parts of a snapshot that the index of names reads."""

    @property
    def members(self) -> tuple[PurePath, ...]: ...
    @property
    def library(self) -> tuple[PurePath, ...]: ...
    @property
    def profile(self) -> Profile: ...
    @property
    def settings(self) -> Settings: ...
    def top_level_keys(self, path: PurePath, /) -> tuple[str, ...]: ...
    def definitions_in(self, path: PurePath, /) -> tuple[Definition, ...]: ...
    def config(self, path: PurePath, /) -> Table | None: ...


class NameIndex(Struct, frozen=True):
    """The top-level names of all files of a snapshot.

    Each name that is looked up is a question of its own, so an answer that is made from it outlives a change of others.
    """

    files: NamedFiles

    def is_open(self, name: str) -> bool:
        """Return whether the settings declare that the name is defined outside of the workspace."""
        return self.files.settings.provides(name)

    def defined(self, name: str) -> tuple[Definition, ...]:
        """Return every definition of a name, in the order of the files."""
        return _defined(self.files, name)

    def definitions(self) -> Iterator[Definition]:
        """Yield every definition of every name, file by file; this parses all of them."""
        for path in (*self.files.members, *self.files.library):
            yield from self.files.definitions_in(path)

    def occurrences(self) -> Mapping[str, tuple[PurePath, ...]]:
        """Return every name with the files in which it starts a line as a key; nothing is parsed for it."""
        return _files_of(self.files)

    def spelled_like(self, name: str, server_type: str | None) -> tuple[str, ...]:
        """Return names one or two edits away, the nearest first; of one server type where it is given."""
        return _spelled_like(self.files, name, server_type)


@query
def _files_of(files: NamedFiles) -> dict[str, tuple[PurePath, ...]]:
    """Return for each name the files in which it starts a line as a key, in the order of the files."""
    found: dict[str, list[PurePath]] = defaultdict(list)
    for path in (*files.members, *files.library):
        for name in files.top_level_keys(path):
            found[name].append(path)
    return {name: tuple(paths) for name, paths in found.items()}


@query
@firewall
@lasting
def _files_of_name(files: NamedFiles, name: str) -> tuple[PurePath, ...]:
    return _files_of(files).get(name, ())


@query
@firewall
@lasting
def _of_length(files: NamedFiles) -> dict[int, tuple[str, ...]]:
    """Return the names by their length."""
    found: dict[int, list[str]] = defaultdict(list)
    for name in _files_of(files):
        found[len(name)].append(name)
    return {length: tuple(names) for length, names in found.items()}


@query
def _defined(files: NamedFiles, name: str) -> tuple[Definition, ...]:
    found: list[Definition] = []
    for path in _files_of_name(files, name):
        config = files.config(path)
        block = None if config is None else config.get(name)
        if block is not None:
            found.extend(Definition(name, path, kind, _borrows(block)) for kind in _kinds(block, files.profile))
    return tuple(found)


@query
@firewall
@lasting
def _spelled_like(files: NamedFiles, name: str, server_type: str | None) -> tuple[str, ...]:
    limit = 1 if len(name) < 6 else 2
    lengths = range(len(name) - limit, len(name) + limit + 1)
    alike = [other for length in lengths for other in _of_length(files).get(length, ())]
    ranked: list[tuple[int, str]] = []
    for other in alike if len(alike) <= MOST_COMPARED else ():
        if other == name:
            continue
        far = unlikeness(name, other, limit)
        if far <= limit and (server_type is None or _has(files, other, server_type)):
            ranked.append((far, other))
    return tuple(other for _, other in sorted(ranked))


def _has(files: NamedFiles, name: str, server_type: str) -> bool:
    return any(definition.may_be(server_type) for definition in _defined(files, name))


def definitions_in(path: PurePath, config: Table, profile: Profile) -> tuple[Definition, ...]:
    """Return the top-level names of one file."""
    return tuple(
        Definition(name, path, kind, _borrows(block))
        for name, block in config.entries.items()
        if isinstance(name, str)
        for kind in _kinds(block, profile)
    )


def _kinds(block: Config, profile: Profile) -> list[str | None]:
    """Return the server types of a block, "sandbox" for a sandbox block, None for any other value."""
    if not isinstance(block, Table):
        return [None]
    types: list[str | None] = [server_type for server_type in profile.server_types if server_type in block.entries]
    if not types and not profile.sandbox_providers.isdisjoint(map(str, block.entries)):
        return [SANDBOX]
    return types or [None]


def _borrows(block: Config) -> bool:
    return isinstance(block, Table) and not block.entries.keys().isdisjoint((INHERIT_FROM, COPY))


def unlikeness(left: str, right: str, limit: int) -> int:
    """Return the distance of two names. Several differences in case, hyphens, underscores and spaces count as none."""
    far = distance(left, right, limit)
    return 0 if far > 1 and _folded(left) == _folded(right) else far


def _folded(name: str) -> str:
    return name.lower().replace("-", "_").replace(" ", "_")


def distance(left: str, right: str, limit: int) -> int:
    """Return how many insertions, deletions, replacements and swaps of adjacent letters turn one text into another.

    The result is `limit + 1` if there are more than `limit`.
    """
    if left == right:
        return 0
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    if len(set(left) - set(right)) > limit:
        # Each letter that the other text does not have takes an edit, and counting them is cheap.
        return limit + 1
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for row, a in enumerate(left, 1):
        current = [row]
        for column, b in enumerate(right, 1):
            cost = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (a != b))
            if row > 1 and column > 1 and a == right[column - 2] and left[row - 2] == b:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return limit + 1
        before, previous = previous, current
    return min(previous[-1], limit + 1)
