"""What a coding agent can call and read, as plain data that does not depend on the SDK."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from msgspec import Struct

Data: TypeAlias = dict[str, object]
"""A JSON object."""


class ToolError(Exception):
    """A call that cannot be carried out. The message names the wrong thing, and what to do instead."""


class Answer(Struct, frozen=True):
    """The result of a tool: a text for a model, and the same as data for programs."""

    text: str
    data: Data
    is_error: bool = False


class Tool(Struct, frozen=True):
    """A tool. `arguments` is the class of its arguments; `answer` takes an instance of it and may raise ToolError."""

    name: str
    title: str
    description: str
    arguments: type[Struct]
    answer: Callable[[Any], Answer]
    writes: bool = False


class Resource(Struct, frozen=True):
    """A document that can be read by its URI. For a family of documents, `uri` is a template (RFC 6570)."""

    uri: str
    name: str
    description: str
    mime_type: str


class Offer(Struct, frozen=True):
    """Everything that the server offers. `read` returns the text of a document and may raise ToolError."""

    version: str
    instructions: str
    tools: Mapping[str, Tool]
    resources: Sequence[Resource]
    templates: Sequence[Resource]
    read: Callable[[str], str]
