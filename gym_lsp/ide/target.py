"""The target at an offset, which all features share, so that they agree on what is under the cursor."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import PurePath
from typing import NamedTuple

from msgspec import Struct

from gym_lsp.gym.layout import ROUTE_FIELDS
from gym_lsp.syntax import Alias, Anchor, Document, Entry, KeyPath, Mapping, Node, Scalar, Sequence, resolve
from gym_lsp.text import Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import Use
from gym_lsp.workspace.workspace import Workspace


class Location(NamedTuple):
    """A place in a file to go to: `span` is the whole definition, `selection` the part that the cursor goes to."""

    path: PurePath
    span: Span
    selection: Span


class Spot(Struct, frozen=True):
    """The position of an offset in the tree of a document.

    `path` is the key path of the innermost entry or list element. `entry` is that entry, or None in a list element.
    `parents` are the collections around it, the outermost first.
    """

    path: KeyPath
    entry: Entry | None
    node: Node | None
    on_key: bool
    parents: tuple[Mapping | Sequence, ...]


class KeyRole(Enum):
    """The kinds of keys, by what they name."""

    INSTANCE = "instance"
    SERVER_TYPE = "server-type"
    IMPLEMENTATION = "implementation"
    FIELD = "field"


class Target(Struct, frozen=True):
    """The element of a file at an offset, with its span.

    Exactly one of `use`, `key`, `alias`, `anchor` and `value` is set. `step` is the index of the segment at the offset
    if `use` has a dotted path.
    """

    span: Span
    spot: Spot
    use: Use | None = None
    step: int = 0
    key: KeyRole | None = None
    alias: Alias | None = None
    anchor: Anchor | None = None
    value: Scalar | None = None


def locate(document: Document, offset: int) -> Spot:
    """Return the position of an offset in the tree. Both ends of a node belong to it, as for a cursor."""
    path: list[str | int] = []
    parents: list[Mapping | Sequence] = []
    node: Node | None = document.root
    entry: Entry | None = None
    while True:
        if isinstance(node, Mapping):
            found = _entry_at(node, offset)
            if found is None:
                return Spot(tuple(path), entry, node, False, tuple(parents))
            parents.append(node)
            path.append(str(found.name))
            entry = found
            if found.key.span.contains(offset):
                return Spot(tuple(path), entry, found.key, True, tuple(parents))
            node = found.value
        elif isinstance(node, Sequence):
            index = next((index for index, item in enumerate(node.items) if item.span.contains(offset)), None)
            if index is None:
                return Spot(tuple(path), entry, node, False, tuple(parents))
            parents.append(node)
            path.append(index)
            entry = None
            node = node.items[index]
        else:
            return Spot(tuple(path), entry, node, False, tuple(parents))


def _entry_at(mapping: Mapping, offset: int) -> Entry | None:
    """Return the entry whose key or value touches an offset; a key wins over the end of the value before it."""
    for entry in mapping.entries:
        if entry.key.span.contains(offset):
            return entry
    for entry in mapping.entries:
        if entry.span.contains(offset):
            return entry
    return None


def classify(workspace: Workspace, path: PurePath, offset: int) -> Target | None:
    """Return the target at an offset; None in whitespace, comments, and files that are not part of NeMo Gym."""
    kind = workspace.kind(path)
    if kind in (FileKind.OTHER, FileKind.PROMPT):
        return None
    document = workspace.gym_part(path).document
    if any(comment.start < offset <= comment.end for comment in document.comments):
        return None
    spot = locate(document, offset)
    for use in workspace.uses(path):
        if use.span.contains(offset):
            step = next((index for index, (_, span) in enumerate(use.steps) if span.contains(offset)), 0)
            return Target(use.steps[step][1], spot, use=use, step=step)
    for anchor in document.anchors:
        if anchor.span.contains(offset):
            return Target(anchor.span, spot, anchor=anchor)
    if isinstance(spot.node, Alias):
        return Target(spot.node.span, spot, alias=spot.node)
    if spot.on_key and spot.entry is not None:
        return Target(spot.entry.key.span, spot, key=_role(workspace, kind, spot))
    if isinstance(spot.node, Scalar) and spot.node.span.contains(offset):
        return Target(spot.node.span, spot, value=spot.node)
    return None


def _role(workspace: Workspace, kind: FileKind, spot: Spot) -> KeyRole:
    types = workspace.profile.server_types
    path = spot.path
    if kind is FileKind.MANIFEST:
        return KeyRole.FIELD
    match path:
        case (name,):
            is_setting = name in workspace.profile.reserved_keys or name in (*ROUTE_FIELDS, "<<")
            return KeyRole.FIELD if is_setting else KeyRole.INSTANCE
        case (_, server_type) if server_type in types:
            return KeyRole.SERVER_TYPE
        case (_, server_type, _) if server_type in types:
            return KeyRole.IMPLEMENTATION
        case _:
            return KeyRole.FIELD


def entries_below(node: Node | None, path: KeyPath, depth: int) -> Iterator[tuple[KeyPath, Entry]]:
    """Yield the entries at a depth of `depth` keys, each with its key path. `path` is the key path of `node`."""
    for entry in node.entries if isinstance(node, Mapping) else ():
        below = (*path, str(entry.name))
        if len(below) == depth:
            yield below, entry
        else:
            yield from entries_below(entry.value, below, depth)


def dotted(path: KeyPath) -> str:
    """Return a key path as text: `a.b[0].c`."""
    parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(parts).removeprefix(".")


def key_location(path: PurePath, entry: Entry) -> Location:
    """Return the location of an entry, with its key as the selection."""
    return Location(path, entry.span, resolve(entry.key).span)
