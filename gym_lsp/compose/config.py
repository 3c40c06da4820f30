"""Configuration values with the place that each of them comes from.

A `Config` is an immutable tree with the content that OmegaConf would have after loading or merging.
Merging shares every subtree that it does not change. So composing hundreds of runs is cheap, and a result that is
cached for a subtree, by identity, is valid in every run that contains it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from enum import Enum, IntFlag
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.gym.layout import COPY_PREFIX, DIRECTIVE_KEYS, INHERIT_PREFIX
from gym_lsp.syntax import MISSING, Alias, Atom, KeyPath, Mapping, Node, Scalar, Sequence, Value, resolve
from gym_lsp.text import Span


class Provenance(Enum):
    """The kind of source that a value of a run comes from."""

    WRITTEN = "written"
    ENVIRONMENT = "env.yaml"
    STAND_IN = "stand-in"
    OVERRIDE = "override"
    GENERATED = "generated"


class Origin(Struct, frozen=True, eq=False, gc=False):
    """The text that contains a value. Each file, or other source, of a run is one object."""

    path: PurePath
    text: str
    provenance: Provenance = Provenance.WRITTEN
    is_recipe: bool = False
    """Whether it is a training recipe, or one that a recipe is merged over."""


class Marks(IntFlag):
    """What a subtree contains, so that a search can skip all other subtrees."""

    NONE = 0
    INTERPOLATION = 1
    MISSING = 2
    DIRECTIVE = 4


_INTERPOLATION = int(Marks.INTERPOLATION)
_MISSING = int(Marks.MISSING)
_DIRECTIVE = int(Marks.DIRECTIVE)


class Leaf(Struct, frozen=True, eq=False, gc=False):
    """A scalar."""

    value: Atom
    origin: Origin
    key: Node | None
    """Its key, where it is written; None for a list element."""
    node: Value
    """The text of the value itself."""
    overridden: Config | None
    """The value that this one overrode."""
    marks: int

    @property
    def holds_directives(self) -> bool:
        """Whether it is or contains a directive."""
        return self.marks & _DIRECTIVE != 0

    @property
    def is_missing(self) -> bool:
        return self.value == MISSING

    @property
    def is_interpolation(self) -> bool:
        return self.marks & _INTERPOLATION != 0


class Table(Struct, frozen=True, eq=False, gc=False):
    """A mapping. `entries` does not change after the table was created."""

    entries: dict[Atom, Config]
    origin: Origin
    key: Node | None
    node: Value
    overridden: Config | None
    marks: int

    @property
    def holds_directives(self) -> bool:
        """Whether it is or contains a directive."""
        return self.marks & _DIRECTIVE != 0

    def get(self, key: Atom) -> Config | None:
        return self.entries.get(key)

    def table(self, key: Atom) -> Table | None:
        """Return the table under a key; None if the key is absent or its value is not a table."""
        found = self.entries.get(key)
        return found if isinstance(found, Table) else None

    def leaf(self, key: Atom) -> Atom:
        """Return the scalar under a key; None if the key is absent or its value is a collection."""
        found = self.entries.get(key)
        return found.value if isinstance(found, Leaf) else None


class Array(Struct, frozen=True, eq=False, gc=False):
    """A list."""

    items: tuple[Config, ...]
    origin: Origin
    key: Node | None
    node: Value
    overridden: Config | None
    marks: int

    @property
    def holds_directives(self) -> bool:
        """Whether it is or contains a directive."""
        return self.marks & _DIRECTIVE != 0


Config = Leaf | Table | Array


def key_span(config: Config) -> Span:
    """Return the place of the key of a value; for a list element, the place of the value."""
    return config.node.span if config.key is None else config.key.span


def value_span(config: Config) -> Span:
    """Return the place of a value. For a value without text, it is the place of its key."""
    span = config.node.span
    return key_span(config) if span.is_empty else span


def history(config: Config) -> Iterator[Config]:
    """Yield a value and those that it overrides, the newest first."""
    current: Config | None = config
    while current is not None:
        yield current
        current = current.overridden


def at(root: Config, path: KeyPath) -> Config | None:
    """Return the value at a key path, interpolations not followed. Keys that are not strings match by their text."""
    current: Config = root
    for step in path:
        found: Config | None = None
        if isinstance(current, Table):
            found = current.entries.get(step)
            if found is None and isinstance(step, str) and _may_be_a_key(step, current):
                found = next((value for key, value in current.entries.items() if str(key) == step), None)
        elif isinstance(current, Array) and isinstance(step, int) and 0 <= step < len(current.items):
            found = current.items[step]
        if found is None:
            return None
        current = found
    return current


_NAMED: dict[str, Atom] = {str(atom): atom for atom in (None, True, False)}


def _may_be_a_key(step: str, current: Table) -> bool:
    """Return whether a table can have a key that is not a string and has this text. Comparing all keys is slow."""
    if step in _NAMED:
        return _NAMED[step] in current.entries
    for kind in (int, float):
        with suppress(ValueError):
            atom = kind(step)
            if str(atom) == step and atom in current.entries:
                return True
    return False


def leaves(config: Config, path: KeyPath = (), *, marked: int = 0) -> Iterator[tuple[KeyPath, Leaf]]:
    """Yield every scalar of a value with its key path; with `marked`, only those with any of these marks."""
    if marked and not config.marks & marked:
        return
    if isinstance(config, Leaf):
        yield path, config
    elif isinstance(config, Table):
        for key, value in config.entries.items():
            yield from leaves(value, (*path, key if isinstance(key, str) else str(key)), marked=marked)
    else:
        for index, value in enumerate(config.items):
            yield from leaves(value, (*path, index), marked=marked)


def scalars(config: Config) -> Iterator[Leaf]:
    """Yield every scalar of a value, for callers that do not need key paths."""
    pending = [config]
    while pending:
        current = pending.pop()
        if isinstance(current, Leaf):
            yield current
        else:
            pending.extend(reversed(current.entries.values() if isinstance(current, Table) else current.items))


def tables(config: Config, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Table]]:
    """Yield every table at or below a value, with its key path."""
    if isinstance(config, Table):
        yield path, config
        for key, value in config.entries.items():
            yield from tables(value, (*path, key if isinstance(key, str) else str(key)))
    elif isinstance(config, Array):
        for index, value in enumerate(config.items):
            yield from tables(value, (*path, index))


def to_plain(config: Config) -> object:
    """Return a value as dicts, lists and atoms, with unresolved interpolations."""
    if isinstance(config, Leaf):
        return config.value
    if isinstance(config, Table):
        return {key: to_plain(value) for key, value in config.entries.items()}
    return [to_plain(item) for item in config.items]


def marks_of(value: Atom) -> int:
    """Return the marks of a scalar."""
    if not isinstance(value, str) or (value and value[0] not in "?$" and "${" not in value):
        return 0
    if value == MISSING:
        return _MISSING
    if "${" not in value:
        return 0
    if value.startswith((INHERIT_PREFIX, COPY_PREFIX)):
        return _INTERPOLATION | _DIRECTIVE
    return _INTERPOLATION


def table(
    entries: dict[Atom, Config], origin: Origin, key: Node | None, node: Value, overridden: Config | None = None
) -> Table:
    """Return a table with the marks of its entries."""
    marks = 0 if DIRECTIVE_KEYS.isdisjoint(entries) else _DIRECTIVE
    for value in entries.values():
        marks |= value.marks
    return Table(entries, origin, key, node, overridden, marks)


def rekeyed(config: Config, key: Node | None, overridden: Config | None) -> Config:
    """Return the same value under another key or over another value."""
    match config:
        case Leaf():
            return Leaf(config.value, config.origin, key, config.node, overridden, config.marks)
        case Table():
            return Table(config.entries, config.origin, key, config.node, overridden, config.marks)
        case Array():
            return Array(config.items, config.origin, key, config.node, overridden, config.marks)


def lift(node: Node, origin: Origin, key: Node | None = None) -> Config:
    """Return the configuration of a YAML node: aliases expanded, merge keys flattened, keys with their types.

    Of duplicate keys the last one counts. They are an error, which is reported elsewhere.
    """
    value = node.target if isinstance(node, Alias) else node
    if isinstance(value, Scalar):
        content = value.value
        return Leaf(content, origin, key, value, None, marks_of(content) if isinstance(content, str) else 0)
    if isinstance(value, Sequence):
        items = tuple(lift(item, origin) for item in value.items)
        marks = 0
        for item in items:
            marks |= item.marks
        return Array(items, origin, key, value, None, marks)
    return table(_entries(value, origin), origin, key, value)


def _entries(mapping: Mapping, origin: Origin) -> dict[Atom, Config]:
    entries: dict[Atom, Config] = {}
    merged: list[Mapping] = []
    for entry in mapping.entries:
        key = entry.key
        if not isinstance(key, Scalar):
            key = resolve(key)
            if not isinstance(key, Scalar):
                continue
        if key.value == "<<" and key.style is None:
            merged.extend(_merged(entry.value))
        else:
            entries[key.value] = lift(entry.value, origin, key)
    if not merged:
        return entries
    # As in PyYAML, merged keys come first, explicit keys of the mapping override them, and of several merged mappings
    # in one list the first overrides the others.
    flattened: dict[Atom, Config] = {}
    for part in merged:
        flattened |= _entries(part, origin)
    return flattened | entries


def _merged(node: Node) -> list[Mapping]:
    value = resolve(node)
    if isinstance(value, Mapping):
        return [value]
    if isinstance(value, Sequence):
        parts = [resolve(item) for item in value.items]
        return [part for part in reversed(parts) if isinstance(part, Mapping)]
    return []
