"""The resolved configuration of a run as YAML that can be read back, each value with the place that it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite, isnan
from typing import NamedTuple

from msgspec import Struct

from gym_lsp.compose.config import Array, Config, Leaf, Table, leaves
from gym_lsp.compose.interpolate import FROM_ENVIRONMENT, Interpolator
from gym_lsp.compose.secrets import NONE, Secrets, masked, masked_text, refers_to_secret, secrets_in
from gym_lsp.syntax import Atom, KeyPath
from gym_lsp.syntax.scalars import NotANumber, meaning

_INDICATORS = "!&*-?:,[]{}#|>@`\"'%"
_MOST_COPIED = 10_000
"""Values of mappings and lists that interpolations lead to, which a document repeats."""
_DEEPEST = 64
"""Mappings that are the value of an interpolation inside one another."""


class Line(Struct, frozen=True):
    """One line of the resolved document, and the value that it shows."""

    text: str
    path: KeyPath
    value: Config | None


def resolved_lines(root: Table, variables: frozenset[str] = frozenset(), known: Secrets = NONE) -> Iterator[Line]:
    """Yield the lines of the resolved document: interpolations replaced by their values, secrets masked.

    `known` are the secrets of the files, those that the configuration does not contain any more included.

    An interpolation is not replaced if it cannot be resolved, or if its value comes from the environment or contains a
    secret. Neither is one of a mapping or a list that contains itself, nor any after `_MOST_COPIED` values of such were
    written: mappings that refer to mappings can grow without end.
    """
    yield from _Writer(root, Interpolator(root, variables), known.union([secrets_in(root)])).lines()


class _Spot(NamedTuple):
    """A place in the document: the key path that it shows, the key path of the value, and what leads to it."""

    shown: KeyPath
    home: KeyPath
    followed: tuple[Config, ...] = ()
    """The mappings and lists around it that are the value of an interpolation."""

    def below(self, step: str | int) -> _Spot:
        return _Spot((*self.shown, step), (*self.home, step), self.followed)


class _Writer:
    """One document in progress."""

    def __init__(self, root: Table, interpolator: Interpolator, known: Secrets) -> None:
        self._root = root
        self._interpolator = interpolator
        self._known = known
        self._copied = 0

    def lines(self) -> Iterator[Line]:
        return self._table(self._root, _Spot((), ()), 0)

    def _table(self, table: Table, spot: _Spot, depth: int) -> Iterator[Line]:
        for key, value in table.entries.items():
            head = "  " * depth + f"{scalar(masked_text(key, self._known) if isinstance(key, str) else key)}:"
            yield from self._value(head, value, spot.below(str(key)), depth + 1)

    def _value(self, head: str, value: Config, spot: _Spot, depth: int) -> Iterator[Line]:
        content, inside = self._followed(value, spot)
        if isinstance(content, Leaf):
            yield Line(f"{head} {self._leaf(content, inside)}", spot.shown, value)
        elif isinstance(content, Table):
            yield Line(head if content.entries else f"{head} {{}}", spot.shown, value)
            yield from self._table(content, inside, depth)
        else:
            yield Line(head if content.items else f"{head} []", spot.shown, value)
            yield from self._items(content, inside, depth)

    def _items(self, array: Array, spot: _Spot, depth: int) -> Iterator[Line]:
        margin = "  " * depth
        for index, item in enumerate(array.items):
            content, inside = self._followed(item, spot.below(index))
            if isinstance(content, Table) and content.entries:
                lines = list(self._table(content, inside, depth + 1))
                first = lines[0]
                yield Line(f"{margin}- {first.text.lstrip()}", first.path, first.value)
                yield from lines[1:]
            else:
                yield from self._value(f"{margin}-", item, spot.below(index), depth + 1)

    def _followed(self, value: Config, spot: _Spot) -> tuple[Config, _Spot]:
        """Return the mapping or the list that an interpolation leads to, or the value itself."""
        if spot.followed:
            self._copied += 1
        if not isinstance(value, Leaf) or not value.is_interpolation:
            return value, spot
        if self._copied > _MOST_COPIED or len(spot.followed) > _DEEPEST:
            return value, spot
        found = self._interpolator.find(value, spot.home)
        if found is None or isinstance(found.config, Leaf) or any(found.config is each for each in spot.followed):
            return value, spot
        if any(FROM_ENVIRONMENT in str(leaf.value) for _, leaf in leaves(found.config)):
            return value, spot
        return found.config, _Spot(spot.shown, found.path, (*spot.followed, found.config))

    def _leaf(self, leaf: Leaf, spot: _Spot) -> str:
        if not leaf.is_interpolation:
            # A block that an interpolation leads to is shown at another place than its own.
            return scalar(masked(spot.shown, masked(spot.home, leaf.value, self._known), self._known))
        written = masked_text(str(leaf.value), self._known)
        found = self._interpolator.dereference(leaf, spot.home)
        if not isinstance(found, Leaf) or FROM_ENVIRONMENT in str(found.value):
            return scalar(written)
        # Whether a secret is set at all is not a secret.
        is_secret = found.value not in (None, "") and refers_to_secret(str(leaf.value))
        is_shown = not is_secret and masked(spot.home, found.value, self._known) == found.value
        return scalar(found.value if is_shown else written)


def scalar(value: Atom) -> str:
    """Return a value as YAML, in quotes if it would otherwise be read as another value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not isfinite(value):
        return ".nan" if isnan(value) else (".inf" if value > 0 else "-.inf")
    if not isinstance(value, str):
        return repr(value)
    return value if _reads_back(value) else f'"{"".join(map(_escaped, value))}"'


def _escaped(character: str) -> str:
    """Return a character as it is written in double quotes."""
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _reads_back(text: str) -> bool:
    if not text or text != text.strip() or not text.isprintable():
        return False
    if text in ("=", "<<") or ": " in text or " #" in text or text.endswith(":") or text[0] in _INDICATORS:
        return False
    try:
        return meaning(text) == text
    except NotANumber:
        return False
