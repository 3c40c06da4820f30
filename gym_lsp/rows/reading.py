"""The rows of a JSONL file: each line with its offset, and its value as Python's `json` would read it.

NeMo Gym opens such a file as text, so that a line ends with LF, CR LF or CR, and reads each line with `json.loads`.
msgspec reads the same values in a fraction of the time; what it rejects is read again with `json`, which decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec
from msgspec import Struct

_BREAK = re.compile(r"\r\n|\n|\r")
_JSON_SPACE = " \t\n\r"


class Row(Struct, frozen=True):
    """One line: its number counted from 0, its offset and its text without the line break."""

    number: int
    start: int
    text: str


class Broken(Struct, frozen=True):
    """Why a line is not JSON, and the offset in the line."""

    reason: str
    offset: int


def rows_in(text: str) -> Iterator[Row]:
    """Yield the lines of a text. What is after the last line break is a line only if it is not empty."""
    start = number = 0
    if "\r" not in text:
        # By far the most files. `split` is faster than a search for each line.
        lines = text.split("\n")
        if not lines[-1]:
            lines.pop()
        for number, line in enumerate(lines):
            yield Row(number, start, line)
            start += len(line) + 1
        return
    for match in _BREAK.finditer(text):
        yield Row(number, start, text[start : match.start()])
        start, number = match.end(), number + 1
    if start < len(text):
        yield Row(number, start, text[start:])


def first_rows(text: str, number: int) -> str:
    """Return the first lines of a text with their line breaks. The rest of a long text is not looked at."""
    last = next(islice(_BREAK.finditer(text), max(0, number - 1), None), None)
    return "" if number <= 0 else text if last is None else text[: last.end()]


def row_at(text: str, offset: int) -> Row | None:
    """Return the line at an offset, which may be the end of the line; None after the last line. Its number is 0."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    found = _BREAK.search(text, start)
    end = len(text) if found is None else found.start()
    return Row(0, start, text[start:end]) if end > start or found is not None else None


def value_of(line: str) -> object | Broken:
    """Return the value of a line, or why it has none."""
    try:
        return _decode(line)
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError):
        pass
    try:
        value: object = json.loads(line)
    except json.JSONDecodeError as error:
        return Broken(error.msg[:1].lower() + error.msg[1:], min(error.pos, len(line)))
    except RecursionError:
        return Broken("it is nested too deeply", 0)
    except ValueError as error:
        # An integer with more digits than Python converts.
        return Broken(str(error).partition(":")[0].partition(";")[0], 0)
    return value


_decode = msgspec.json.Decoder[Any](Any).decode


def is_one_value(text: str) -> str | None:
    """Return `list` or `object` if a whole text is one such JSON value, else None."""
    opening = text.lstrip(_JSON_SPACE)[:1]
    if opening not in ("[", "{") or isinstance(value_of(text), Broken):
        return None
    return "list" if opening == "[" else "object"
