"""The key or value at the cursor in a row that is being typed. Such a row is rarely valid JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field

from gym_lsp.rows.places import Step
from gym_lsp.rows.reading import value_of
from gym_lsp.text import Span

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\],:]|[^\s{}\[\],:"]+')
_NAME = re.compile(r"[\w.\-]*")
_OPENING, _CLOSING = "{[", "}]"


class RowCursor(Struct, frozen=True):
    """The place of a cursor in a row.

    `path` is the key path of the object around a key, or that of a value. `span` is what a completion replaces: the
    word after its opening quote, and its closing quote. `keys` are the other keys of the object.
    """

    is_key: bool
    path: tuple[Step, ...]
    span: Span
    is_quoted: bool
    has_colon: bool
    """Whether a colon follows a key."""
    keys: frozenset[str]


class _Level(Struct):
    """An object or a list that is open before the cursor."""

    is_object: bool
    keys: list[str] = field(default_factory=list[str])
    index: int = 0
    last: str = ""
    """The token before, inside of this level."""

    @property
    def step(self) -> Step:
        """The key or the index of the value that follows."""
        return self.index if not self.is_object else self.keys[-1] if self.keys else ""


def cursor_in(line: str, start: int, offset: int) -> RowCursor | None:
    """Return the place of an offset in a row that begins at `start`; None if nothing can begin there."""
    at = offset - start
    levels: list[_Level] = []
    word, is_quoted = at, False
    for token in _TOKEN.finditer(line):
        text = token.group()
        if token.start() >= at:
            break
        if _is_word(text) and (token.end() > at or (token.end() == at and not _is_closed(text))):
            is_quoted = text.startswith('"')
            word = token.start() + is_quoted
            break
        _enter(levels, text)
    if not levels:
        return None
    level = levels[-1]
    is_key = level.is_object and level.last in ("", ",")
    if not is_key and level.last not in ((":",) if level.is_object else ("", ",")):
        return None
    end = _end(line, at, is_quoted=is_quoted)
    rest = line[end:].lstrip()
    path = tuple(each.step for each in (levels[:-1] if is_key else levels))
    keys = frozenset((*level.keys, *_later_keys(line, end))) if is_key else frozenset[str]()
    return RowCursor(is_key, path, Span(start + word, start + end), is_quoted, rest.startswith(":"), keys)


def _is_word(token: str) -> bool:
    return token not in "{}[],:"


def _is_closed(token: str) -> bool:
    """Whether a token before the cursor is a text that has ended."""
    return len(token) > 1 and token.startswith('"') and token.endswith('"') and not token.endswith('\\"')


def _enter(levels: list[_Level], token: str) -> None:
    """Take a token before the cursor into account."""
    if token in _CLOSING:
        if levels:
            levels.pop()
        if levels:
            levels[-1].last = token
        return
    if levels:
        level = levels[-1]
        if token == "," and not level.is_object:
            level.index += 1
        if level.is_object and level.last in ("", ",") and token.startswith('"'):
            value = value_of(token)
            level.keys.append(value if isinstance(value, str) else "")
        level.last = token
    if token in _OPENING:
        levels.append(_Level(token == "{"))


def _end(line: str, at: int, *, is_quoted: bool) -> int:
    """Return the end of the word at the cursor, with its closing quote.

    The next quote is not the closing one if there is more than a name before it: the word is still open then.
    """
    found = _NAME.match(line, at)
    end = at if found is None else found.end()
    return end + 1 if is_quoted and line[end : end + 1] == '"' else end


def _later_keys(line: str, start: int) -> Iterator[str]:
    """Yield the keys of the object at the cursor that follow it."""
    depth = 0
    before = ""
    for token in _TOKEN.finditer(line, start):
        text = token.group()
        if text in _OPENING:
            depth += 1
        elif text in _CLOSING:
            depth -= 1
        elif text == ":" and depth == 0 and before.startswith('"'):
            value = value_of(before)
            if isinstance(value, str):
                yield value
        if depth < 0:
            return
        before = text
