"""The tree of a YAML document, in which each node has the exact place of its text.

Nodes are immutable and compared by identity, because equal texts at two places are two nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from gym_lsp.text import Span

Atom = str | int | float | bool | None
"""The value of a scalar, as OmegaConf's loader creates it."""
_FEW = 16
"""Up to this number of entries, looking at each is faster than creating an index."""


class Scalar(Struct, frozen=True, eq=False, gc=False):
    """A leaf. `text` is its content after unquoting and folding."""

    start: int
    end: int
    value: Atom
    text: str
    style: str | None
    """`None` for a plain scalar, else its indicator: one of `'`, `"`, `|` and `>`."""

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class Alias(Struct, frozen=True, eq=False, gc=False):
    """`*name`: its place, and the node that it stands for."""

    start: int
    end: int
    name: str
    target: Scalar | Mapping | Sequence

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class Entry(Struct, frozen=True, eq=False, gc=False):
    """One `key: value` of a mapping."""

    key: Node
    value: Node

    @property
    def span(self) -> Span:
        return Span(self.key.start, max(self.key.end, self.value.end))

    @property
    def name(self) -> Atom:
        """The key as a plain value; None if the key is a collection."""
        key = resolve(self.key)
        return key.value if isinstance(key, Scalar) else None


class Mapping(Struct, frozen=True, eq=False, dict=True):
    """A mapping. `entries` are in the order of the text and include duplicates."""

    start: int
    end: int
    entries: tuple[Entry, ...]
    flow: bool

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    def entry(self, name: Atom) -> Entry | None:
        """Return the entry with a name. Of duplicates it is the last one, as in OmegaConf."""
        if len(self.entries) > _FEW:
            return self._by_name.get((type(name), name))
        for entry in reversed(self.entries):
            if entry.name == name and type(entry.name) is type(name):
                return entry
        return None

    @cached_property
    def _by_name(self) -> dict[tuple[type, Atom], Entry]:
        return {(type(name := entry.name), name): entry for entry in self.entries}

    def get(self, name: Atom) -> Value | None:
        """Return the value under a name, aliases followed."""
        entry = self.entry(name)
        return None if entry is None else resolve(entry.value)


class Sequence(Struct, frozen=True, eq=False, gc=False):
    """A list."""

    start: int
    end: int
    items: tuple[Node, ...]
    flow: bool

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


Value = Scalar | Mapping | Sequence
"""A node that is not an alias."""
Node = Value | Alias


class Anchor(Struct, frozen=True, eq=False):
    """`&name`: its place, and the node that it names."""

    span: Span
    name: str
    node: Value


def resolve(node: Node) -> Value:
    """Return the node that an alias stands for, and any other node itself."""
    return node.target if isinstance(node, Alias) else node


def moved(entry: Entry, by: int) -> Entry:
    """Return the same entry that many code points further back in the text. It must not contain an alias."""
    return Entry(_moved(entry.key, by), _moved(entry.value, by))


def _moved(node: Node, by: int) -> Node:
    match node:
        case Scalar():
            return Scalar(node.start + by, node.end + by, node.value, node.text, node.style)
        case Mapping():
            entries = tuple([Entry(_moved(entry.key, by), _moved(entry.value, by)) for entry in node.entries])
            return Mapping(node.start + by, node.end + by, entries, node.flow)
        case Sequence():
            return Sequence(node.start + by, node.end + by, tuple([_moved(item, by) for item in node.items]), node.flow)
        case Alias():
            raise ValueError("an alias leads to another part of the tree")


def plain(node: Node | None) -> object:
    """Return a node as dicts, lists and atoms, for callers that need values without places.

    Of duplicate keys the last one counts. Merge keys (`<<`) stay keys. Keys that are collections are left out.
    """
    match node:
        case Alias():
            return plain(node.target)
        case Mapping():
            return {entry.name: plain(entry.value) for entry in node.entries if isinstance(resolve(entry.key), Scalar)}
        case Sequence():
            return [plain(item) for item in node.items]
        case Scalar():
            return node.value
        case None:
            return None


def walk(node: Node | None) -> Iterator[Node]:
    """Yield a node and everything below it, in the order of the text. Aliases are not followed."""
    pending: list[Node] = [] if node is None else [node]
    while pending:
        current = pending.pop()
        yield current
        if isinstance(current, Mapping):
            for entry in reversed(current.entries):
                pending.append(entry.value)
                pending.append(entry.key)
        elif isinstance(current, Sequence):
            pending.extend(reversed(current.items))


Step = str | int
"""One step of a key path: a key as text, or the index of a list element."""
KeyPath = tuple[Step, ...]


def spell(path: KeyPath) -> str:
    """Return a key path as NeMo Gym writes it in its messages: `a.b.list[0].c`."""
    pieces: list[str] = []
    for step in path:
        if isinstance(step, int):
            pieces.append(f"[{step}]")
        else:
            pieces.append(f".{step}" if pieces else step)
    return "".join(pieces)
