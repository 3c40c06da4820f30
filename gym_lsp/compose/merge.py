"""Merging as in `OmegaConf.merge`, with the history of every value.

Mappings merge deeply. Lists and scalars replace. `???` does not override anything. A mapping over an interpolation
merges into a copy of the value that the interpolation points to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import dropwhile, islice

from msgspec import Struct

from gym_lsp.compose.config import Array, Config, Leaf, Table, history, rekeyed
from gym_lsp.syntax import MISSING, KeyPath

Dereference = Callable[[Table, Leaf, KeyPath], Config | None]
"""(root so far, interpolation, its key path) -> the value that it points to; None if there is none."""


_LONGEST_HISTORY = 100
"""Values that a value of a recipe has overridden before, as far as its history shows them."""


class MergeConflict(Struct, frozen=True):
    """A mapping over a list or a list over a mapping, for which OmegaConf raises ConfigTypeError."""

    path: KeyPath
    lower: Config
    upper: Config


class NewKey(Struct, frozen=True):
    """An entry of the upper mapping whose key the lower one does not have."""

    path: KeyPath
    value: Config
    base: Config
    """The lower mapping, before the merge."""


class Merged(Struct, frozen=True):
    config: Table
    conflicts: tuple[MergeConflict, ...]
    rejected: tuple[NewKey, ...] = ()
    """The keys for which OmegaConf raises ConfigKeyError, because the lower mapping is closed."""


def merge(lower: Table, upper: Table, dereference: Dereference, *, closed: bool = False) -> Merged:
    """Merge `upper` over `lower`. Of two values that conflict, the upper one stays.

    `closed` is OmegaConf's struct mode, so `lower` accepts no new keys. They are reported, and merged as well.
    """
    if not lower.entries and not closed:
        return Merged(upper, ())
    merging = _Merging(_copy(lower, upper), dereference, closed=closed)
    merging.fill(merging.root, upper, ())
    return Merged(merging.root, tuple(merging.conflicts), tuple(merging.rejected))


def merge_all(configs: Sequence[Table], dereference: Dereference, *, keeps_history: bool = False) -> Merged:
    """Merge one or more configurations, each over those before it.

    With `keeps_history`, what a value has overridden before stays in its history, above what it overrides now.

    The result is that of one `merge` after the other, except that its root has no history of the merges in between:
    with a table for each of them, the work and the memory would grow with the square of the number of configurations.
    """
    *lowers, last = configs
    lowers = list(dropwhile(lambda config: not config.entries, lowers))
    if not lowers:
        return Merged(last, ())
    marks = 0
    for config in (*lowers, last):
        marks |= config.marks
    root = Table(dict(lowers[0].entries), last.origin, last.key, last.node, lowers[0], marks)
    merging = _Merging(root, dereference, keeps_history=keeps_history)
    for config in (*lowers[1:], last):
        merging.fill(root, config, ())
    return Merged(root, tuple(merging.conflicts))


class _Merging:
    """One merge in progress. Interpolations are resolved in the part of `root` that is merged already."""

    def __init__(
        self, root: Table, dereference: Dereference, *, closed: bool = False, keeps_history: bool = False
    ) -> None:
        self.root = root
        self.conflicts: list[MergeConflict] = []
        self.rejected: list[NewKey] = []
        self._dereference = dereference
        self._closed = closed
        self._keeps_history = keeps_history

    def fill(self, merged: Table, upper: Table, path: KeyPath) -> None:
        """Put the entries of `upper` over those of `merged`, which is still private and may be changed."""
        entries = merged.entries
        for key, over in upper.entries.items():
            under = entries.get(key)
            if under is None:
                entries[key] = over
                if self._closed:
                    assert merged.overridden is not None, "`_copy` made it"
                    self.rejected.append(NewKey((*path, str(key)), over, merged.overridden))
                continue
            below = (*path, str(key))
            if isinstance(under, Leaf) and under.is_interpolation:
                under = self._followed(under, below)
            if isinstance(over, Leaf) and over.value == MISSING:
                entries[key] = under
            elif isinstance(under, Table) and isinstance(over, Table):
                entries[key] = table = _copy(under, over, self._history(over, under))
                self.fill(table, over, below)
            else:
                if _collide(under, over):
                    self.conflicts.append(MergeConflict(below, under, over))
                entries[key] = rekeyed(over, over.key, self._history(over, under))

    def _history(self, over: Config, under: Config) -> Config:
        """Return what a value overrides when it is put over another one."""
        if over.overridden is None or not self._keeps_history:
            return under
        for before in reversed([*islice(history(over.overridden), _LONGEST_HISTORY)]):
            under = rekeyed(before, before.key, under)
        return under

    def _followed(self, under: Leaf, path: KeyPath) -> Config:
        """Return the collection that an interpolation points to, or the interpolation if there is none."""
        target = self._dereference(self.root, under, path)
        return under if target is None or isinstance(target, Leaf) else rekeyed(target, under.key, under)


def _copy(lower: Table, upper: Table, overridden: Config | None = None) -> Table:
    """Return the lower entries in a table with the place of the upper one."""
    marks = lower.marks | upper.marks
    return Table(dict(lower.entries), upper.origin, upper.key, upper.node, overridden or lower, marks)


def _collide(under: Config, over: Config) -> bool:
    if isinstance(under, Table):
        return isinstance(over, Array)
    return isinstance(under, Array) and isinstance(over, Table)
