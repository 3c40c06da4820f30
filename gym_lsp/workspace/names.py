"""Which names the files of the search roots define at their top level.

Asked only about names that a run leaves open, so nothing is parsed until then: a scan for keys at the start of a line
tells which files to look at.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.compose.config import COPY, INHERIT_FROM, Config, Table
from gym_lsp.gym.release.profile import Profile

SANDBOX = "sandbox"
MOST_COMPARED = 5_000
"""Names. Where more could be meant, to compare each of them with what was written would keep somebody waiting."""
_TOP_LEVEL_KEY = re.compile(
    r"""^(?:"([^"\n]+)"|'((?:[^'\n]|'')+)'|([^\s#\-'"\[\]{}&*!|>%@`,?:][^\n:#]*?))\s*:(?:\s|$)""", re.MULTILINE
)


class Definition(Struct, frozen=True):
    """A top-level name and the file that defines it.

    `server_type` is the server type of the block, "sandbox" for a sandbox block, None for anything else. `borrows`
    tells that a directive brings the rest of the block in, so that it may be more than its own text shows.
    """

    name: str
    path: PurePath
    server_type: str | None
    borrows: bool = False

    def may_be(self, server_type: str | None) -> bool:
        """Whether it can be meant where a block of a server type is wanted; None wants a block of any kind."""
        return server_type in (None, self.server_type) or (self.borrows and self.server_type is None)


class NameIndex:
    """The top-level names of some files. `paths` is not run through before it is needed.

    `keys` gives what looks like a top-level key of a file, `load` its configuration, None where it cannot be read,
    `definitions` what `definitions_in` says of it.
    """

    def __init__(
        self,
        paths: Iterable[PurePath],
        keys: Callable[[PurePath], tuple[str, ...]],
        load: Callable[[PurePath], Table | None],
        definitions: Callable[[PurePath], tuple[Definition, ...]],
        profile: Profile,
        is_open: Callable[[str], bool],
    ) -> None:
        self._given = paths
        self._keys = keys
        self._load = load
        self._definitions = definitions
        self._profile = profile
        self._is_open = is_open
        self._defined: dict[str, tuple[Definition, ...]] = {}

    @cached_property
    def _paths(self) -> tuple[PurePath, ...]:
        # A file that leaves no name open is judged without a look at the directories.
        return tuple(self._given)

    @cached_property
    def _files_of(self) -> dict[str, list[PurePath]]:
        """The files in which a name stands at the start of a line, in the order of the paths."""
        found: dict[str, list[PurePath]] = defaultdict(list)
        for path in self._paths:
            for name in self._keys(path):
                found[name].append(path)
        return found

    @cached_property
    def _of_length(self) -> dict[int, list[str]]:
        """The names by how long they are."""
        found: dict[int, list[str]] = defaultdict(list)
        for name in self._files_of:
            found[len(name)].append(name)
        return found

    def is_open(self, name: str) -> bool:
        """Whether the settings declare that the name comes from outside."""
        return self._is_open(name)

    def defined(self, name: str) -> tuple[Definition, ...]:
        """Every definition of a name, in the order of the files."""
        known = self._defined.get(name)
        if known is None:
            known = self._defined[name] = tuple(self._look_up(name))
        return known

    def definitions(self) -> Iterator[Definition]:
        """Every definition of every name, file by file; this parses all of them."""
        for path in self._paths:
            yield from self._definitions(path)

    def occurrences(self) -> Iterator[tuple[str, tuple[PurePath, ...]]]:
        """Every name with the files in which it stands at the start of a line; nothing is parsed for it."""
        for name, paths in self._files_of.items():
            yield name, tuple(paths)

    def spelled_like(self, name: str, server_type: str | None) -> tuple[str, ...]:
        """Names one or two edits away, the nearest first; of one server type where it is given."""
        limit = 1 if len(name) < 6 else 2
        lengths = range(len(name) - limit, len(name) + limit + 1)
        alike = [other for length in lengths for other in self._of_length.get(length, ())]
        ranked: list[tuple[int, str]] = []
        for other in alike if len(alike) <= MOST_COMPARED else ():
            if other == name:
                continue
            far = unlikeness(name, other, limit)
            if far <= limit and (server_type is None or self._has(other, server_type)):
                ranked.append((far, other))
        return tuple(other for _, other in sorted(ranked))

    def _has(self, name: str, server_type: str) -> bool:
        return any(definition.may_be(server_type) for definition in self.defined(name))

    def _look_up(self, name: str) -> Iterable[Definition]:
        for path in self._files_of.get(name, ()):
            config = self._load(path)
            block = None if config is None else config.get(name)
            if block is None:
                continue
            for server_type in _kinds(block, self._profile):
                yield Definition(name, path, server_type, _borrows(block))


def definitions_in(path: PurePath, config: Table, profile: Profile) -> tuple[Definition, ...]:
    """The top-level names of one file."""
    return tuple(
        Definition(name, path, kind, _borrows(block))
        for name, block in config.entries.items()
        if isinstance(name, str)
        for kind in _kinds(block, profile)
    )


def _kinds(block: Config, profile: Profile) -> list[str | None]:
    """The server types of a block, or what else it is."""
    if not isinstance(block, Table):
        return [None]
    types: list[str | None] = [server_type for server_type in profile.server_types if server_type in block.entries]
    if not types and not profile.sandbox_providers.isdisjoint(map(str, block.entries)):
        return [SANDBOX]
    return types or [None]


def _borrows(block: Config) -> bool:
    return isinstance(block, Table) and not block.entries.keys().isdisjoint((INHERIT_FROM, COPY))


def top_level_keys(text: str) -> tuple[str, ...]:
    """What looks like a key at the start of a line, each once."""
    matches = _TOP_LEVEL_KEY.finditer(text)
    return tuple(dict.fromkeys(match[1] or match[3] or match[2].replace("''", "'") for match in matches))


def unlikeness(left: str, right: str, limit: int) -> int:
    """The distance of two names; none where they differ in capital letters, or in which lines join their words."""
    far = distance(left, right, limit)
    return 0 if far > 1 and _folded(left) == _folded(right) else far


def _folded(name: str) -> str:
    return name.lower().replace("-", "_").replace(" ", "_")


def distance(left: str, right: str, limit: int) -> int:
    """How many insertions, deletions, replacements and swaps of neighbours lie between two texts.

    Gives `limit + 1` as soon as it is more than `limit`.
    """
    if left == right:
        return 0
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    if len(set(left) - set(right)) > limit:
        # Each letter that the other text does not have takes an edit, and to count them is cheap.
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
