"""Merging as `OmegaConf.merge` does it, with the history of every value.

Mappings merge deeply, lists and scalars replace, `???` overrides nothing, a mapping over an interpolation merges
into a copy of what the interpolation points to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gym_lsp.compose.config import Array, Config, Leaf, Table, at, rekeyed
from gym_lsp.syntax import MISSING, Atom, KeyPath

Dereference = Callable[[Table, Leaf, KeyPath], Config | None]
"""(root so far, interpolation, its key path) -> the node that it points to, None where it points to nothing."""


class MergeConflict(NamedTuple):
    """A mapping meets a list, which OmegaConf refuses with a ConfigTypeError."""

    path: KeyPath
    lower: Config
    upper: Config


class Merged(NamedTuple):
    config: Table
    conflicts: tuple[MergeConflict, ...]


def merge(lower: Table, upper: Table, dereference: Dereference) -> Merged:
    """`upper` over `lower`. Where they conflict, the upper value stands."""
    if not lower.entries:
        return Merged(upper, ())
    merging = _Merging(dict(lower.entries), lower, dereference)
    root = merging.tables(merging.entries, lower, upper, ())
    return Merged(root, tuple(merging.conflicts))


class _Merging:
    """One merge under way; `entries` is the root as far as it is merged, which interpolations are read against."""

    def __init__(self, entries: dict[Atom, Config], lower: Table, dereference: Dereference) -> None:
        self.entries = entries
        self.conflicts: list[MergeConflict] = []
        self._lower = lower
        self._dereference = dereference

    def tables(self, entries: dict[Atom, Config], lower: Table, upper: Table, path: KeyPath) -> Table:
        marks = lower.marks | upper.marks
        for key, over in upper.entries.items():
            under = entries.get(key)
            entries[key] = over if under is None else self._value(under, over, (*path, str(key)))
        return Table(entries, upper.origin, upper.key, upper.node, lower, marks)

    def _value(self, under: Config, over: Config, path: KeyPath) -> Config:
        if isinstance(under, Leaf):
            target = self._target(under, path)
            if target is not None:
                under = rekeyed(target, under.key, under)
        if isinstance(over, Leaf) and over.value == MISSING:
            return under
        if isinstance(under, Table) and isinstance(over, Table):
            return self.tables(dict(under.entries), under, over, path)
        if (isinstance(under, Table) and isinstance(over, Array)) or (
            isinstance(under, Array) and isinstance(over, Table)
        ):
            self.conflicts.append(MergeConflict(path, under, over))
        return rekeyed(over, over.key, under)

    def _target(self, under: Leaf, path: KeyPath) -> Table | Array | None:
        """The collection that an interpolation points to: the merge goes into a copy of it."""
        if not under.is_interpolation:
            return None
        lower = self._lower
        root = Table(self.entries, lower.origin, lower.key, lower.node, None, lower.marks)
        target = self._dereference(root, under, path)
        # A collection is never merged into itself.
        holds_it = any(at(root, path[:size]) is target for size in range(len(path)))
        return None if isinstance(target, Leaf) or holds_it else target
