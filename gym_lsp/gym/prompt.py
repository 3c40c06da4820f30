"""Prompt templates, which NeMo Gym fills in with `str.format_map` and the columns of a row."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

USER = "user"
SYSTEM = "system"
TEMPLATES = (USER, SYSTEM)
"""The keys of a prompt file: `user` has to be there, and both are text."""

_CONVERSIONS = frozenset("rsa")
_NOT_IN_A_NAME = frozenset("\"'\n\\")


class BraceFault(Enum):
    """Why a brace in a template makes filling it in fail."""

    UNOPENED = "unopened"
    UNCLOSED = "unclosed"
    NESTED = "nested"
    POSITIONAL = "positional"
    NOT_A_COLUMN = "not-a-column"
    ATTRIBUTE = "attribute"
    CONVERSION = "conversion"


class TemplateFault(Struct, frozen=True):
    """A fault and its place in the template; `name` is what stands between the braces, as far as there is any."""

    fault: BraceFault
    start: int
    end: int
    name: str = ""


def template_faults(text: str) -> Iterator[TemplateFault]:
    """Everything at which `text.format_map(row)` fails whatever the row holds, up to where the braces lose their sense.

    Columns whose names hold quotes, line breaks, backslashes or blanks at an end are taken for text that was not meant
    as a placeholder.
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
    """The name of a column and the place of its braces in the template."""

    name: str
    start: int
    end: int


def placeholders(text: str) -> Iterator[Placeholder]:
    """Everything in a template that has no faults in whose place a column of a row is put."""
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
    """A replacement field, from its opening brace to behind its closing one.

    `format` is where its format specification begins, in which there may be fields again.
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
    """Where the brace is that closes a field, from somewhere in its format specification."""
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
