"""The resolved configuration of a run as YAML that can be read back, each value with the place that it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isfinite, isnan
from typing import NamedTuple

from msgspec import Struct

from gym_lsp.compose.config import Array, Config, Leaf, Table, leaves
from gym_lsp.compose.interpolate import FROM_ENVIRONMENT, Interpolator
from gym_lsp.gym.layout import DELETE_KEY, SERVER_DEPTH
from gym_lsp.gym.vocabulary import SERVER_TYPES
from gym_lsp.syntax import Atom, KeyPath
from gym_lsp.syntax.scalars import NotANumber, meaning

MASK = "****"
_SECRET = ("token", "key", "header", "password", "secret")
"""The words of NeMo Gym's `looks_like_secret_key`, and two more."""
_INDICATORS = "!&*-?:,[]{}#|>@`\"'%"
_NO_SECRET = frozenset({DELETE_KEY, "key_prefix"})
_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+(?=@)")
_MOST_COPIED = 10_000
"""Values of mappings and lists that interpolations lead to, which a document repeats."""
_DEEPEST = 64
"""Mappings that are the value of an interpolation inside one another."""
_SHORTEST_SECRET = 8
"""Characters. A shorter secret is a placeholder such as EMPTY, which other texts may contain by chance."""


class Line(Struct, frozen=True):
    """One line of the resolved document, and the value that it shows."""

    text: str
    path: KeyPath
    value: Config | None


def looks_secret(key: Atom) -> bool:
    """Return whether a value under this key must not be shown."""
    return isinstance(key, str) and key not in _NO_SECRET and any(word in key.lower() for word in _SECRET)


def without_credentials(value: Atom) -> Atom:
    """Return a value in which the user and the password of an address are masked."""
    return _CREDENTIALS.sub(MASK, value) if isinstance(value, str) and "@" in value else value


def resolved_lines(root: Table, variables: frozenset[str] = frozenset()) -> Iterator[Line]:
    """Yield the lines of the resolved document: interpolations replaced by their values, secrets masked.

    An interpolation is not replaced if it cannot be resolved, or if its value comes from the environment or contains a
    secret. Neither is one of a mapping or a list that contains itself, nor any after `_MOST_COPIED` values of such were
    written: mappings that refer to mappings can grow without end.
    """
    yield from _Writer(root, Interpolator(root, variables), _secrets(root)).lines()


def _secrets(root: Table) -> frozenset[str]:
    """Return the values that are masked where they are written, and must not be shown elsewhere."""
    return frozenset(
        leaf.value
        for path, leaf in leaves(root)
        if isinstance(leaf.value, str) and leaf.value and not leaf.is_interpolation and _is_secret(path)
    )


def _is_secret(path: KeyPath) -> bool:
    """Return whether a value at a key path must not be shown, because of its own name or that of a parent."""
    names = [step for step in path if isinstance(step, str)]
    # The name of a server may contain one of these words, too. Its fields are not secret because of that.
    above = SERVER_DEPTH if len(names) > 1 and names[1] in SERVER_TYPES else 1
    return any(map(looks_secret, (*names[above:], *names[-1:])))


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

    def __init__(self, root: Table, interpolator: Interpolator, secrets: frozenset[str]) -> None:
        self._root = root
        self._interpolator = interpolator
        self._secrets = secrets
        self._copied = 0

    def lines(self) -> Iterator[Line]:
        return self._table(self._root, _Spot((), ()), 0)

    def _table(self, table: Table, spot: _Spot, depth: int) -> Iterator[Line]:
        for key, value in table.entries.items():
            head = "  " * depth + f"{scalar(key)}:"
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
            is_secret = _is_secret(spot.shown) or _is_secret(spot.home)
            is_hidden = isinstance(leaf.value, str) and leaf.value and is_secret
            return scalar(MASK if is_hidden or self._contains_secret(leaf.value) else without_credentials(leaf.value))
        found = self._interpolator.dereference(leaf, spot.home)
        value = found.value if isinstance(found, Leaf) else None
        if not isinstance(found, Leaf) or self._must_not_be_shown(value):
            return scalar(leaf.value)
        return scalar(without_credentials(value))

    def _must_not_be_shown(self, value: Atom) -> bool:
        if not isinstance(value, str):
            return False
        return FROM_ENVIRONMENT in value or value in self._secrets or self._contains_secret(value)

    def _contains_secret(self, value: Atom) -> bool:
        """Return whether a value contains a secret that is masked elsewhere, such as a key in an address."""
        if not isinstance(value, str):
            return False
        return any(secret in value for secret in self._secrets if len(secret) >= _SHORTEST_SECRET)


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
