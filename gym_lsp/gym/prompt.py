"""Prompt templates. NeMo Gym fills them with the columns of a row by `str.format_map`."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

USER = "user"
SYSTEM = "system"
TEMPLATES = (USER, SYSTEM)
"""The keys of a prompt file. Both are strings, and `user` is required."""

_CONVERSIONS = frozenset("rsa")
_NOT_IN_A_NAME = frozenset("\"'\n\\")


class BraceFault(Enum):
    """Why a brace makes `format_map` fail."""

    UNOPENED = "unopened"
    UNCLOSED = "unclosed"
    NESTED = "nested"
    POSITIONAL = "positional"
    NOT_A_COLUMN = "not-a-column"
    ATTRIBUTE = "attribute"
    CONVERSION = "conversion"


class TemplateFault(Struct, frozen=True):
    """A fault and its span in the template; `name` is the text between the braces, or empty."""

    fault: BraceFault
    start: int
    end: int
    name: str = ""


def template_faults(text: str) -> Iterator[TemplateFault]:
    """Yield the faults that make `text.format_map(row)` fail for every row, up to a brace that cannot be paired.

    A name with quotes, line breaks, backslashes or surrounding spaces is NOT_A_COLUMN: it was probably not meant as a
    placeholder.
    """
    index = 0
    while index < len(text):
        character = text[index]
        if character not in "{}":
            index += 1
        elif text[index + 1 : index + 2] == character:
            index += 2
        elif character == "}":
            yield TemplateFault(BraceFault.UNOPENED, index, index + 1)
            index += 1
        else:
            field = _field(text, index)
            if isinstance(field, TemplateFault):
                yield field
                return
            fault = _fault_in(field)
            if fault is not None:
                yield fault
            for inner in template_faults(text[field.format : field.end - 1]):
                yield replace(inner, start=field.format + inner.start, end=field.format + inner.end)
            index = field.end


class Placeholder(Struct, frozen=True):
    """The name of a column and the span of its braces in the template."""

    name: str
    start: int
    end: int


def placeholders(text: str) -> Iterator[Placeholder]:
    """Yield the placeholders of a template that has no faults."""
    index = 0
    while (index := text.find("{", index)) != -1:
        if text[index + 1 : index + 2] == "{":
            index += 2
            continue
        field = _field(text, index)
        if isinstance(field, TemplateFault):
            return
        yield Placeholder(field.name, field.start, field.end)
        for inner in placeholders(text[field.format : field.end - 1]):
            yield Placeholder(inner.name, field.format + inner.start, field.format + inner.end)
        index = field.end


class _Field(Struct, frozen=True):
    """A replacement field; `start` and `end` include its braces.

    `format` is the offset of its format specification, which may contain further fields.
    """

    start: int
    format: int
    end: int
    name: str
    conversion: str | None


def _field(text: str, start: int) -> _Field | TemplateFault:
    index = start + 1
    while index < len(text) and text[index] not in "}:!":
        if text[index] == "{":
            return TemplateFault(BraceFault.NESTED, start, index + 1, text[start + 1 : index])
        if text[index] == "[":
            closing = text.find("]", index)
            index = len(text) if closing == -1 else closing
        index += 1
    name, conversion = text[start + 1 : index], None
    if text[index : index + 1] == "!":
        conversion = text[index + 1 : index + 2]
        index += 2
        if text[index : index + 1] not in ("}", ":"):
            return TemplateFault(BraceFault.CONVERSION, start, min(index, len(text)), name)
    specification = index + 1 if text[index : index + 1] == ":" else index
    if specification != index:
        index = _end_of_format(text, specification)
    if index >= len(text):
        return TemplateFault(BraceFault.UNCLOSED, start, start + 1, name)
    return _Field(start, specification, index + 1, name, conversion)


def _end_of_format(text: str, index: int) -> int:
    """Return the offset of the brace that closes a field, given an offset in its format specification."""
    depth = 1
    while index < len(text):
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if depth == 0:
            return index
        index += 1
    return index


def _fault_in(field: _Field) -> TemplateFault | None:
    name = field.name
    column = min(name.partition(".")[0], name.partition("[")[0], key=len)
    fault = None
    if not column or column.isdecimal():
        fault = BraceFault.POSITIONAL
    elif column != column.strip() or not _NOT_IN_A_NAME.isdisjoint(column):
        fault = BraceFault.NOT_A_COLUMN
    elif column != name:
        fault = BraceFault.ATTRIBUTE
    elif field.conversion is not None and field.conversion not in _CONVERSIONS:
        fault = BraceFault.CONVERSION
    return None if fault is None else TemplateFault(fault, field.start, field.end, name)
