"""The span of each key and list item of a TOML document.

`tomllib` returns values without positions, and an error about a setting belongs at that setting. The document is valid,
because `tomllib` has parsed it before. This scanner runs only if there is an error to report.
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

_POSITION = re.compile(r"\(at line (\d+), column (\d+)\)")


def spans(text: str) -> Mapping[KeyPath, Span]:
    """Return the span of each key under its key path, and of each list item under its key path and index.

    The tables of an array of tables share their key paths; no setting uses them.
    """
    scanner = _Scanner(text)
    scanner.document()
    return scanner.spans


def error_span(text: str, error: tomllib.TOMLDecodeError) -> Span:
    """Return the empty span at which `tomllib` stopped; at the end of the text if the document is incomplete."""
    position = _POSITION.search(str(error))
    if position is None:
        return Span(len(text), len(text))
    offset = LineIndex(text).offset(Position(int(position[1]) - 1, int(position[2]) - 1))
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
        """Read a dotted key. The span of each part is its first occurrence."""
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
