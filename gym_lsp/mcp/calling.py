"""Calls of a tool: from the JSON that a model writes to an answer, whatever the JSON contains."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from gym_lsp.compose.secrets import masked_text
from gym_lsp.mcp.offer import Answer, Offer, Tool, ToolError
from gym_lsp.text import visible

A = TypeVar("A", bound=Struct)

_PLACE = re.compile(r" - at `\$\.?(?P<place>[^`]*)`$")
_MISSING = re.compile(r"^object missing required field")
_MOST_QUOTED = 100
"""Characters of a wrong argument in a message."""


def call(offer: Offer, name: str, given: Mapping[str, object]) -> Answer:
    """Return the answer of a tool. A wrong call and a failure have an answer, too, which explains them."""
    tool = offer.tools.get(name)
    try:
        if tool is None:
            raise ToolError(f"unknown tool {quoted(name)}; {expected(name, offer.tools)}")
        return tool.answer(arguments_of(tool.arguments, given))
    except ToolError as error:
        return _failed(str(error))
    except Exception as error:  # noqa: BLE001 - the next call must have an answer
        return _failed(f"internal failure: {type(error).__name__}: {error}; this is a bug in gym-lsp")


def read(offer: Offer, uri: str) -> str:
    """Return the text of a document. Raises ToolError."""
    try:
        return offer.read(uri)
    except ToolError:
        raise
    except Exception as error:  # noqa: BLE001 - the next request must have an answer
        raise ToolError(masked_text(f"internal failure: {type(error).__name__}: {error}")) from None


def arguments_of(kind: type[A], given: Mapping[str, object]) -> A:
    """Return the arguments of a tool. Raises ToolError.

    Models often write a single text in place of a list, so that is accepted.
    """
    hints = get_type_hints(kind)
    known: dict[str, object] = {}
    for name, value in given.items():
        if name not in hints:
            raise ToolError(f"unknown argument {quoted(name)}; {expected(name, hints)}")
        known[name] = [value] if isinstance(value, str) and get_origin(hints[name]) is tuple else value
        if get_origin(hints[name]) is Literal and value not in get_args(hints[name]):
            raise ToolError(
                f"`{name}`: unknown value {quoted(str(value))}; {expected(str(value), get_args(hints[name]))}"
            )
    try:
        return msgspec.convert(known, kind)
    except msgspec.ValidationError as error:
        raise ToolError(_explained(str(error))) from None


def schema_of(tool: Tool) -> dict[str, Any]:
    """Return the JSON Schema of the arguments of a tool."""
    schema = msgspec.json.schema(tool.arguments)
    definition: dict[str, Any] = schema["$defs"][tool.arguments.__name__]
    # The names of our own classes and their docstrings do not help a model.
    return {key: value for key, value in definition.items() if key not in ("title", "description")}


def expected(name: str, known: Iterable[str]) -> str:
    """Return the end of a message about an unknown name: what there is, and the nearest of it."""
    known = tuple(known)
    near = get_close_matches(name[:_MOST_QUOTED], known, n=1)
    listed = ", ".join(f"`{each}`" for each in known)
    return f"expected one of {listed}" + (f"; did you mean `{near[0]}`?" if near else "")


def quoted(text: str) -> str:
    """Return a text of the caller as a message shows it: on one line, and not longer than a line."""
    shown = visible(text[:_MOST_QUOTED])
    return f"`{shown}{'…' if len(text) > _MOST_QUOTED else ''}`"


def _explained(message: str) -> str:
    """Return the message of msgspec in the form of the other messages: first the argument, then what is wrong."""
    found = _PLACE.search(message)
    text = message[: found.start()] if found else message
    text = _MISSING.sub("missing argument", text[:1].lower() + text[1:])
    return f"`{visible(found['place'])}`: {text}" if found and found["place"] else text


def _failed(message: str) -> Answer:
    message = masked_text(message)
    return Answer(f"error: {message}", {"error": message}, is_error=True)
