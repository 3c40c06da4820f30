"""The directives `_inherit_from`, `_copy`, `_delete_key`, `${inherit_from:...}` and `${copy:...}`.

Mirrors `_recursively_swap_keys_helper` step by step, because its result depends on the order of the steps. Sources are
read from a frozen copy of the configuration, inherited sources are popped from the live one, and the blocks to visit
are listed before any of them changes. Therefore chains never resolve, and a popped base that is visited later comes
back.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from gym_lsp.compose.blocks import is_stand_in
from gym_lsp.compose.config import Array, Config, Leaf, Marks, Table, rekeyed, table
from gym_lsp.compose.interpolate import FROM_ENVIRONMENT
from gym_lsp.compose.merge import Dereference, merge
from gym_lsp.compose.problem import (
    Conflict,
    DirectiveMisused,
    InheritTargetNotFound,
    KeyNotInBase,
    Misuse,
    Problem,
)
from gym_lsp.gym.layout import COPY, COPY_PREFIX, DELETE_KEY, INHERIT_FROM, INHERIT_PREFIX
from gym_lsp.syntax import MISSING, Atom, KeyPath, Scalar

_LISTS_OR_DIRECTIVES = int(Marks.DIRECTIVE | Marks.INTERPOLATION)


class Transfer(Struct, frozen=True):
    """One executed directive: the value at `source` was put at `target`, under the entries that are written there."""

    target: KeyPath
    source: KeyPath
    moved: bool
    """Whether the source was removed (`_inherit_from`) or stays (`_copy`)."""
    at: Config
    """The value of the directive, which names the source."""


class Directed(Struct, frozen=True):
    """The configuration after all directives."""

    config: Table
    transfers: tuple[Transfer, ...]
    problems: tuple[Problem, ...]


Resolve = Callable[[Table, Leaf, KeyPath], Config | Problem]


def apply_directives(root: Table, dereference: Dereference, resolve: Resolve, *, closed: bool = False) -> Directed:
    """Execute every directive of a merged configuration.

    `resolve` is called for each interpolation that the walk itself resolves: in the elements of lists, and on the path
    to a source. If `closed`, the frozen copy does not accept new keys: see `Profile.closes_configuration`.
    """
    if not root.marks & _LISTS_OR_DIRECTIVES:
        return Directed(root, (), ())
    pass_ = _Pass(root, dereference, resolve, closed=closed)
    pass_.visit(pass_.live, ())
    return Directed(_freeze_table(pass_.live), tuple(pass_.transfers), tuple(pass_.problems))


class _Live(Struct, frozen=True, eq=False):
    """A table that can change: a shallow copy of its entries. The tables in it become `_Live` when they are visited."""

    table: Table
    entries: dict[Atom, Config | _Live | _LiveList]


class _LiveList(Struct, frozen=True, eq=False):
    array: Array
    items: list[Config | _Live | _LiveList]


_Node = Config | _Live | _LiveList


def _thaw(table: Table) -> _Live:
    return _Live(table, dict(table.entries))


def _freeze(node: _Node) -> Config:
    if isinstance(node, _Live):
        return _freeze_table(node)
    if isinstance(node, _LiveList):
        items = tuple(_freeze(item) for item in node.items)
        if all(new is old for new, old in zip(items, node.array.items, strict=True)):
            return node.array
        marks = 0
        for item in items:
            marks |= item.marks
        return Array(items, node.array.origin, node.array.key, node.array.node, node.array.overridden, marks)
    return node


def _freeze_table(live: _Live) -> Table:
    before = live.table
    entries = {key: _freeze(value) for key, value in live.entries.items()}
    unchanged = len(entries) == len(before.entries) and all(
        before.entries.get(key) is value for key, value in entries.items()
    )
    return before if unchanged else table(entries, before.origin, before.key, before.node, before.overridden)


class _Missing:
    """The source, or one of its parents, is still `???`."""


_MISSING = _Missing()


class _Abort(Exception):
    """A directive on which NeMo Gym would fail. The pass continues with the next one."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem


class _Pass:
    """One walk over the live configuration."""

    def __init__(self, root: Table, dereference: Dereference, resolve: Resolve, *, closed: bool) -> None:
        self.frozen = root
        self.live = _thaw(root)
        self.transfers: list[Transfer] = []
        self.problems: list[Problem] = []
        self._dereference = dereference
        self._resolve = resolve
        self._closed = closed
        self._now: Table | None = None
        """The live configuration as a table, until it changes: freezing it for each interpolation would be too slow."""

    def _read_now(self, leaf: Leaf, path: KeyPath) -> Config | Problem:
        """Resolve an interpolation in the live configuration."""
        if self._now is None:
            self._now = _freeze_table(self.live)
        return self._resolve(self._now, leaf, path)

    def _pop(self, live: _Live, key: Atom) -> _Node | None:
        self._now = None
        return live.entries.pop(key, None)

    def _put(self, live: _Live, key: Atom, value: _Node) -> None:
        self._now = None
        live.entries[key] = value

    def visit(self, live: _Live, path: KeyPath) -> None:
        for key, value in list(live.entries.items()):
            if not _worth_visiting(value):
                continue
            here = (*path, str(key))
            try:
                self._entry(live, key, value, here)
            except _Abort as abort:
                self.problems.append(abort.problem)

    def _entry(self, live: _Live, key: Atom, value: _Node, path: KeyPath) -> None:
        current = live.entries.get(key)
        if isinstance(value, Table):
            # A value that was popped in the meantime is still visited, but it is not put back.
            thawed = current if isinstance(current, _Live) else _thaw(value)
            if current is value:
                live.entries[key] = thawed
            value = thawed
        deletions: set[str] | None = None
        deleting: Config | None = None
        if isinstance(value, _Live):
            if _has(value, DELETE_KEY):
                deleting = self._pop(value, DELETE_KEY)  # pyright: ignore[reportAssignmentType]
                deletions = self._delete_local(value, deleting, path)
            self.visit(value, path)
        elif isinstance(value, Array):
            value = self._visit_list(live, key, value, path)
        swap = self._directive(value, path)
        if swap is not None:
            self._swap(live, key, value, path, swap, deletions, deleting)

    def _delete_local(self, live: _Live, deleting: Config | None, path: KeyPath) -> set[str]:
        """Remove the named keys that are written here, and return those that are not."""
        text = deleting.value if isinstance(deleting, Leaf) else None
        if not isinstance(text, str):
            assert deleting is not None
            raise _Abort(DirectiveMisused(deleting, Misuse.DELETE_KEY_NOT_TEXT, DELETE_KEY, ""))
        names = {name.strip() for name in text.split(",")}
        here = {name for name in names if _has(live, name)}
        for name in sorted(here):
            self._read(live.entries[name], (*path, name))
            self._pop(live, name)
        return names - here

    def _read(self, value: _Node | None, path: KeyPath) -> None:
        """Resolve a value, as reading it does. A value that cannot be resolved is a problem even if it is discarded."""
        if isinstance(value, Leaf) and value.is_interpolation:
            outcome = self._read_now(value, path)
            if isinstance(outcome, Problem):
                self.problems.append(outcome)

    def _visit_list(self, live: _Live, key: Atom, value: Array, path: KeyPath) -> _LiveList:
        items: list[_Node] = list(value.items)
        for index, item in enumerate(value.items):
            if isinstance(item, Table) and _worth_visiting(item):
                thawed = _thaw(item)
                items[index] = thawed
                self.visit(thawed, (*path, index))
            else:
                self._read(item, (*path, index))
        thawed_list = _LiveList(value, items)
        if live.entries.get(key) is value:
            self._put(live, key, thawed_list)
        return thawed_list

    def _directive(self, value: _Node, path: KeyPath) -> _Swap | None:
        """Return the directive that a value is or contains. With both properties, the target of `_copy` is popped."""
        if isinstance(value, Leaf) and isinstance(value.value, str):
            for prefix, moved in ((INHERIT_PREFIX, True), (COPY_PREFIX, False)):
                if value.value.startswith(prefix):
                    return _Swap(value, value.value.removeprefix(prefix).removesuffix("}"), moved, False)
            return None
        if not isinstance(value, _Live):
            return None
        inherit = self._pop(value, INHERIT_FROM) if _has(value, INHERIT_FROM) else None
        copy = self._pop(value, COPY) if _has(value, COPY) else None
        chosen = copy if copy is not None else inherit
        if chosen is None:
            return None
        at = _freeze(chosen)
        name = COPY if copy is not None else INHERIT_FROM
        text = self._target_text(at, (*path, name))
        if not isinstance(text, str):
            raise _Abort(DirectiveMisused(at, Misuse.TARGET_NOT_TEXT, name, ""))
        # What the environment names is not known, and neither is what would be missing.
        return None if FROM_ENVIRONMENT in text else _Swap(at, text, inherit is not None, True)

    def _target_text(self, at: Config, path: KeyPath) -> Atom:
        if isinstance(at, Leaf) and at.is_interpolation:
            at = _found(self._read_now(at, path))
        return at.value if isinstance(at, Leaf) else None

    def _swap(
        self,
        live: _Live,
        key: Atom,
        value: _Node,
        path: KeyPath,
        swap: _Swap,
        deletions: set[str] | None,
        deleting: Config | None,
    ) -> None:
        steps = swap.target.split(".")
        parent = self._live_parent(swap, steps)
        if swap.moved and not isinstance(parent, _Missing):
            self._pop(parent, steps[-1])
        source = self._frozen_source(swap, steps)
        self.transfers.append(Transfer(path, tuple(steps), swap.moved, swap.at))
        if isinstance(parent, _Missing) or isinstance(source, _Missing):
            missing = Scalar(swap.at.node.start, swap.at.node.end, MISSING, MISSING, None)
            self._put(live, key, Leaf(MISSING, swap.at.origin, swap.at.key, missing, None, int(Marks.MISSING)))
            return
        if not swap.is_property:
            assert isinstance(value, Leaf)
            self._put(live, key, rekeyed(source, value.key, source.overridden))
            return
        local = _freeze(value)
        assert isinstance(local, Table)
        merged = self._merge(swap, source, local, path)
        if deletions:
            assert deleting is not None
            for name in sorted(deletions):
                self._read(merged.entries.get(name), (*path, name))
            merged = _without(merged, deletions, deleting)
        self._put(live, key, merged)

    def _merge(self, swap: _Swap, source: Config, local: Table, path: KeyPath) -> Table:
        if not isinstance(source, Table):
            raise _Abort(DirectiveMisused(swap.at, Misuse.SOURCE_NOT_MAPPING, swap.name, swap.target))
        if not local.entries:
            return Table(source.entries, local.origin, local.key, local.node, source, source.marks)
        at_source = tuple(swap.target.split("."))

        def dereference(_: Table, leaf: Leaf, below: KeyPath) -> Config | None:
            return self._dereference(self.frozen, leaf, (*at_source, *below))

        merged = merge(source, local, dereference, closed=self._closed)
        for conflict in merged.conflicts:
            self.problems.append(Conflict(conflict.upper, (*path, *conflict.path), conflict.lower))
        for new in merged.rejected:
            # The stand-in model has no place in a file.
            of_stand_in = is_stand_in(new.value)
            at = swap.at if of_stand_in else new.value
            below = (*path, *new.path)
            self.problems.append(KeyNotInBase(at, below, swap.name, swap.target, new.base, of_stand_in))
        return merged.config

    def _live_parent(self, swap: _Swap, steps: list[str]) -> _Live | _Missing:
        current: _Node = self.live
        for index, step in enumerate(steps[:-1]):
            found = current.entries.get(step) if isinstance(current, _Live) else None
            if found is None:
                raise _Abort(InheritTargetNotFound(swap.at, swap.name, swap.target, index))
            if isinstance(found, Leaf) and found.is_missing:
                return _MISSING
            if isinstance(found, Table):
                assert isinstance(current, _Live)
                found = _thaw(found)
                current.entries[step] = found
            elif isinstance(found, Leaf) and found.is_interpolation:
                target = _found(self._read_now(found, tuple(steps[: index + 1])))
                found = _thaw(target) if isinstance(target, Table) else target
            current = found
        if isinstance(current, _Live):
            return current
        if swap.moved:
            raise _Abort(DirectiveMisused(swap.at, Misuse.PARENT_NOT_MAPPING, swap.name, swap.target))
        return _thaw(table({}, swap.at.origin, None, swap.at.node))

    def _frozen_source(self, swap: _Swap, steps: list[str]) -> Config | _Missing:
        current: Config = self.frozen
        for index, step in enumerate(steps):
            found = current.entries.get(step) if isinstance(current, Table) else None
            if found is None:
                closed = self._closed and isinstance(current, Table)
                raise _Abort(InheritTargetNotFound(swap.at, swap.name, swap.target, index, closed))
            if isinstance(found, Leaf) and found.is_missing:
                return _MISSING
            if isinstance(found, Leaf) and found.is_interpolation:
                found = _found(self._resolve(self.frozen, found, tuple(steps[: index + 1])))
            current = found
        return current


def _found(outcome: Config | Problem) -> Config:
    if isinstance(outcome, Problem):
        raise _Abort(outcome)
    return outcome


class _Swap(Struct, frozen=True):
    """A directive to execute."""

    at: Config
    target: str
    moved: bool
    is_property: bool

    @property
    def name(self) -> str:
        if self.is_property:
            return INHERIT_FROM if self.moved else COPY
        return (INHERIT_PREFIX if self.moved else COPY_PREFIX)[2:-1]


def _worth_visiting(value: _Node) -> bool:
    """Return whether the walk can change or resolve anything in a value."""
    if isinstance(value, Table):
        return value.marks & _LISTS_OR_DIRECTIVES != 0
    if isinstance(value, Array):
        return value.marks & _LISTS_OR_DIRECTIVES != 0
    if isinstance(value, Leaf):
        return value.holds_directives
    return True


def _has(live: _Live, key: str) -> bool:
    """Return whether OmegaConf's `in` finds the key. A value that is still `???` counts as absent."""
    found = live.entries.get(key)
    return found is not None and not (isinstance(found, Leaf) and found.is_missing)


def _without(merged: Table, names: set[str], deleting: Config) -> Table:
    entries = dict(merged.entries)
    for name in sorted(names):
        if entries.pop(name, None) is None:
            raise _Abort(DirectiveMisused(deleting, Misuse.DELETED_KEY_ABSENT, DELETE_KEY, name))
    return table(entries, merged.origin, merged.key, merged.node, merged.overridden)
