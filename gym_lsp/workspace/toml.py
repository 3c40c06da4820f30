"""Where each key and value of a TOML document is written.

`tomllib` tells values and no places, and a message about a setting belongs at that setting. The document has been
parsed by `tomllib` before, so this scanner may trust that it is TOML. It runs only when there is something to report.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from gym_lsp.syntax import KeyPath
from gym_lsp.text import LineIndex, Position, Span

_TOKEN = re.compile(
    r"""(?P<skip>[ \t\r]+|\#[^\n]*)
    |(?P<string>\"{3}(?:[^\\]|\\.)*?\"{3,5}|'{3}.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')
    |(?P<word>[^\s\[\]{}=,.\#"']+)
    |(?P<sign>.)""",
    re.DOTALL | re.VERBOSE,
)

_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


def spans(text: str) -> Mapping[KeyPath, Span]:
    """The span of each key, under the path of keys that leads to it, and of each item of a list, under its index.

    Arrays of tables, which no setting uses, are not told apart.
    """
    scanner = _Scanner(text)
    scanner.document()
    return scanner.spans


def error_span(text: str, error: tomllib.TOMLDecodeError) -> Span:
    """Where `tomllib` stopped: an empty span, at the end of the text where it asks for more."""
    place = _PLACE.search(str(error))
    if place is None:
        return Span(len(text), len(text))
    offset = LineIndex(text).offset(Position(int(place[1]) - 1, int(place[2]) - 1))
    return Span(offset, offset)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.spans: dict[KeyPath, Span] = {}
        self._tokens = [match for match in _TOKEN.finditer(text) if match.lastgroup != "skip"]
        self._next = 0

    def document(self) -> None:
        table: KeyPath = ()
        while self._next < len(self._tokens):
            if self._skip("\n"):
                continue
            if self._skip("["):
                self._skip("[")
                table = self._key(())
                self._skip("]")
                self._skip("]")
            else:
                self._pair(table)

    def _pair(self, table: KeyPath) -> None:
        path = self._key(table)
        self._skip("=")
        self._value(path)

    def _key(self, path: KeyPath) -> KeyPath:
        """A dotted key; the first mention of each of its parts is the one that counts."""
        while True:
            token = self._tokens[self._next]
            self._next += 1
            path = (*path, _unquoted(token))
            self.spans.setdefault(path, Span(*token.span()))
            if not self._skip("."):
                return path

    def _value(self, path: KeyPath) -> None:
        if self._skip("["):
            self._items(path)
        elif self._skip("{"):
            while not self._skip("}"):
                if not self._skip(",") and not self._skip("\n"):
                    self._pair(path)
        else:
            while self._peek() not in (",", "]", "}", "\n", ""):
                self._next += 1

    def _items(self, path: KeyPath) -> None:
        index = 0
        while not self._skip("]"):
            if self._skip(",") or self._skip("\n"):
                continue
            start = self._tokens[self._next].start()
            self._value((*path, index))
            self.spans[(*path, index)] = Span(start, self._tokens[self._next - 1].end())
            index += 1

    def _peek(self) -> str:
        return self._tokens[self._next].group() if self._next < len(self._tokens) else ""

    def _skip(self, sign: str) -> bool:
        if self._peek() != sign:
            return False
        self._next += 1
        return True


def _unquoted(token: re.Match[str]) -> str:
    if token.lastgroup != "string":
        return token.group()
    value: str = tomllib.loads(f"key = {token.group()}")["key"]
    return value
