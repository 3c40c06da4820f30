"""Call hierarchy and type hierarchy: which instances send requests to which, and which blocks inherit from which.

In the call hierarchy, an instance calls the instances that its server refs name: an environment server its agent, an
agent its resources server and its model. In the type hierarchy, the source of a directive is the supertype.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.compose.config import Provenance
from gym_lsp.compose.interpolate import Interpolator
from gym_lsp.compose.run import Composition
from gym_lsp.files import Unreadable
from gym_lsp.gym.layout import COPY, INHERIT_FROM
from gym_lsp.ide.lookup import Meaning, meaning, meaning_of, own_run, servers_at
from gym_lsp.ide.references import uses_of
from gym_lsp.ide.refs import Ref, refs_in
from gym_lsp.ide.target import KeyRole, Location, Target, classify, key_location, locate
from gym_lsp.syntax import Entry, KeyPath, Mapping, resolve
from gym_lsp.text import Span
from gym_lsp.workspace.uses import Use, UseKind
from gym_lsp.workspace.workspace import Workspace

_DIRECTIVES = (UseKind.INHERIT, UseKind.COPY)


class Item(Struct, frozen=True):
    """A block of a config: an instance, or in the type hierarchy any mapping. `detail` is its server type, if any.

    `path` and `steps` identify the block.
    """

    path: PurePath
    steps: KeyPath
    span: Span
    selection: Span
    detail: str = ""

    @property
    def name(self) -> str:
        return str(self.steps[-1])


class Relation(Struct, frozen=True):
    """A related item, and the spans that establish the relation, in the file of the item that refers to the other."""

    item: Item
    spans: tuple[Span, ...]


# Calls


def call_items(workspace: Workspace, path: PurePath, offset: int) -> tuple[Item, ...]:
    """Return the instance that the cursor is on or in, or the one that is named there."""
    target = classify(workspace, path, offset)
    if target is None:
        return ()
    use = target.use
    if use is not None and use.name_of_instance is not None and target.step == 0:
        return tuple(_items_of(workspace, meaning_of(workspace, path, use, 0)))
    item = item_at(workspace, path, target.spot.path[:1])
    return () if item is None or not item.detail else (item,)


def outgoing_calls(workspace: Workspace, item: Item) -> tuple[Relation, ...]:
    """Return the instances that the servers of an instance send requests to, in the order of its refs."""
    run = own_run(workspace, item.path)
    spans: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for ref in _refs(workspace, run, item.steps):
        is_here = ref.at_name.origin.path == item.path and ref.at_name.origin.provenance is Provenance.WRITTEN
        # An inherited ref is in another file, but LSP requires spans in this one.
        if ref.name is not None:
            spans[ref.server_type, ref.name].append(ref.at_name.node.span if is_here else item.selection)
    found: list[Relation] = []
    for (server_type, name), places in spans.items():
        defined = meaning(workspace, item.path, (name,), server_type).places
        called = next(_items(workspace, defined), None)
        if called is not None:
            found.append(Relation(called, tuple(dict.fromkeys(places))))
    return tuple(found)


def incoming_calls(workspace: Workspace, item: Item) -> tuple[Relation, ...]:
    """Return the instances with a ref to an instance, with the spans of these refs."""
    found: dict[Item, list[Span]] = defaultdict(list)
    for path, use, _ in uses_of(workspace, item.path, item.steps):
        if use.kind is not UseKind.SERVER_REF:
            continue
        caller = item_at(workspace, path, use.at[:1])
        if caller is not None and caller.detail:
            found[caller].append(use.span)
    return tuple(Relation(caller, tuple(spans)) for caller, spans in found.items())


def _refs(workspace: Workspace, run: Composition, steps: KeyPath) -> Iterator[Ref]:
    """Yield every ref in the servers of an instance."""
    interpolator = Interpolator(run.config, ())
    for server in servers_at(run, workspace.profile, steps[:1]):
        path: KeyPath = (server.name, server.server_type, server.implementation)
        yield from refs_in(server.config, path, interpolator, workspace.profile)


# Inheritance


def type_items(workspace: Workspace, path: PurePath, offset: int) -> tuple[Item, ...]:
    """Return the block at the cursor, the source of the directive there, or the nearest inheriting block around it."""
    target = classify(workspace, path, offset)
    if target is None:
        return ()
    use = target.use
    if use is not None and use.kind in _DIRECTIVES:
        return tuple(_items_of(workspace, meaning_of(workspace, path, use, target.step)))
    steps = _nearest(workspace, path, target)
    item = None if steps[:1] and steps[0] in workspace.profile.reserved_keys else item_at(workspace, path, steps)
    return () if item is None else (item,)


def supertypes(workspace: Workspace, item: Item) -> tuple[Relation, ...]:
    """Return the blocks that a block inherits or copies."""
    found: dict[Item, list[Span]] = defaultdict(list)
    for use in workspace.uses(item.path):
        if use.kind in _DIRECTIVES and inheriting(use) == item.steps:
            places = meaning_of(workspace, item.path, use, len(use.steps) - 1).places
            base = next(_items(workspace, places), None)
            if base is not None:
                found[base].append(use.span)
    return tuple(Relation(base, tuple(spans)) for base, spans in found.items())


def subtypes(workspace: Workspace, item: Item) -> tuple[Relation, ...]:
    """Return the blocks that inherit or copy a block."""
    found: dict[Item, list[Span]] = defaultdict(list)
    for path, use, step in uses_of(workspace, item.path, item.steps):
        if use.kind in _DIRECTIVES and step == len(use.steps) - 1:
            block = item_at(workspace, path, inheriting(use))
            if block is not None:
                found[block].append(use.span)
    return tuple(Relation(block, tuple(spans)) for block, spans in found.items())


def inheriting(use: Use) -> KeyPath:
    """Return the path of the block that a directive fills: the one around `_inherit_from`, or `${inherit_from:...}`."""
    return use.at[:-1] if use.at[-1] in (INHERIT_FROM, COPY) else use.at


def _nearest(workspace: Workspace, path: PurePath, target: Target) -> KeyPath:
    """Return the block whose key the cursor is on, else the nearest inheriting one around it, else the instance."""
    steps = target.spot.path
    if target.key is not None and target.key is not KeyRole.FIELD:
        return steps
    inheriting_paths = {inheriting(use) for use in workspace.uses(path) if use.kind in _DIRECTIVES}
    around = (steps[:length] for length in range(len(steps), 0, -1))
    return next((each for each in around if each in inheriting_paths), steps[:1])


# Items


def _items_of(workspace: Workspace, meaning: Meaning) -> Iterator[Item]:
    """Yield the block that a name refers to if a run decides that, else every block that it can refer to."""
    return _items(workspace, meaning.places[:1] if meaning.settled else meaning.places)


def _items(workspace: Workspace, places: Iterable[Location]) -> Iterator[Item]:
    """Yield the blocks at some places."""
    for place in places:
        spot = locate(workspace.gym_part(place.path).document, place.selection.start)
        item = item_at(workspace, place.path, spot.path)
        if item is not None:
            yield item


def item_at(workspace: Workspace, path: PurePath, steps: KeyPath) -> Item | None:
    """Return the block at a key path of a file, or None."""
    try:
        root = workspace.gym_part(path).document.root
    except Unreadable:
        return None
    entry: Entry | None = None
    node = root
    for step in steps:
        entry = node.entry(step) if isinstance(node, Mapping) else None
        if entry is None:
            return None
        node = resolve(entry.value)
    if entry is None:
        return None
    place = key_location(path, entry)
    types = [server.server_type for server in servers_at(workspace.own_run(path), workspace.profile, steps)]
    return Item(path, steps, place.span, place.selection, ", ".join(dict.fromkeys(types)))
