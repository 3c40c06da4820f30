"""The configuration that a run amounts to, as YAML that can be read back, each value with the place it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gym_lsp.compose.config import Array, Config, Leaf, Table
from gym_lsp.compose.interpolate import FROM_ENVIRONMENT, Interpolator
from gym_lsp.syntax import Atom, KeyPath
from gym_lsp.syntax.scalars import NotANumber, meaning

MASK = "****"
_SECRET = ("token", "key", "header", "password", "secret")
"""NeMo Gym's `looks_like_secret_key`, and two words more."""
_INDICATORS = "!&*-?:,[]{}#|>@`\"'%"
_NO_SECRET = frozenset({"_delete_key", "key_prefix"})


class Line(NamedTuple):
    """One line of the resolved document. `value` is what stands on it, None where only structure does."""

    text: str
    path: KeyPath
    value: Config | None


def looks_secret(key: Atom) -> bool:
    """Whether a value under this key must not be shown."""
    return isinstance(key, str) and key not in _NO_SECRET and any(word in key.lower() for word in _SECRET)


def resolved_lines(root: Table, variables: frozenset[str] = frozenset()) -> Iterator[Line]:
    """The lines of the resolved document: interpolations replaced by what they stand for, secrets masked.

    An interpolation that cannot be resolved, or whose value comes from the environment, stands as it is written.
    """
    yield from _Writer(root, Interpolator(root, variables)).table(root, (), 0, hidden=False)


@dataclass(frozen=True, slots=True)
class _Writer:
    root: Table
    interpolator: Interpolator

    def table(self, table: Table, path: KeyPath, depth: int, *, hidden: bool) -> Iterator[Line]:
        for key, value in table.entries.items():
            below = (*path, str(key))
            secret = hidden or looks_secret(key)
            head = "  " * depth + f"{scalar(key)}:"
            yield from self._value(head, value, below, depth + 1, hidden=secret)

    def _value(self, head: str, value: Config, path: KeyPath, depth: int, *, hidden: bool) -> Iterator[Line]:
        if isinstance(value, Leaf):
            yield Line(f"{head} {self._leaf(value, path, hidden=hidden)}", path, value)
        elif isinstance(value, Table):
            yield Line(head if value.entries else f"{head} {{}}", path, value)
            yield from self.table(value, path, depth, hidden=False)
        else:
            yield Line(head if value.items else f"{head} []", path, value)
            yield from self._items(value, path, depth, hidden=hidden)

    def _items(self, array: Array, path: KeyPath, depth: int, *, hidden: bool) -> Iterator[Line]:
        margin = "  " * depth
        for index, item in enumerate(array.items):
            below = (*path, index)
            if isinstance(item, Table) and item.entries:
                lines = list(self.table(item, below, depth + 1, hidden=False))
                first = lines[0]
                yield Line(f"{margin}- {first.text.lstrip()}", first.path, first.value)
                yield from lines[1:]
            else:
                yield from self._value(f"{margin}-", item, below, depth + 1, hidden=hidden)

    def _leaf(self, leaf: Leaf, path: KeyPath, *, hidden: bool) -> str:
        value = leaf.value
        if leaf.is_interpolation:
            found = self.interpolator.dereference(leaf, path)
            if isinstance(found, Leaf) and FROM_ENVIRONMENT not in str(found.value):
                value = found.value
            else:
                return scalar(value)
        return scalar(MASK) if hidden and value not in (None, "", MASK) and isinstance(value, str) else scalar(value)


def scalar(value: Atom) -> str:
    """A value as YAML, in quotes where it would otherwise be read as something else."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    return value if _reads_back(value) else json.dumps(value, ensure_ascii=False)


def _reads_back(text: str) -> bool:
    if not text or text != text.strip() or not text.isprintable():
        return False
    if ": " in text or " #" in text or text.endswith(":") or text[0] in _INDICATORS:
        return False
    try:
        return meaning(text) == text
    except NotANumber:
        return False
