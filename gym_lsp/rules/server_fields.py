"""What the rules about the fields of servers share: the blocks whose own class is known, and how to speak of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import PurePath
from typing import NamedTuple, cast

from gym_lsp.compose.config import Leaf, Table
from gym_lsp.compose.servers import SERVER_MODEL, Server
from gym_lsp.diagnostic import RelatedLocation
from gym_lsp.files import Unreadable
from gym_lsp.gym.field_text import line_start
from gym_lsp.gym.fields import Field, FieldType, Model, ModelType, RefType, UnionType, show
from gym_lsp.gym.meanings import DESCRIPTION, SERVER_FIELDS
from gym_lsp.rules.context import Block, RuleContext
from gym_lsp.rules.instances import ENTRYPOINT, Spelled, is_settled
from gym_lsp.text import Span


class KnownServer(NamedTuple):
    """A server of a block, and the class that its config is read with."""

    server_type: str
    implementation: str
    config: Table
    model: Model


def known_servers(context: RuleContext, block: Block) -> Iterator[KnownServer]:
    """The servers that a block spells out and whose class can be read and judged by."""
    if len(block.servers) == 1:
        server = block.servers[0]
        model = model_of(context, server)
        if model is not None:
            yield KnownServer(server.server_type, server.implementation, server.config, model)


def model_of(context: RuleContext, server: Server | Spelled) -> Model | None:
    """The class of a server, None where nothing can be judged by it."""
    entrypoint = server.config.get(ENTRYPOINT)
    if not isinstance(entrypoint, Leaf) or not isinstance(entrypoint.value, str) or not is_settled(entrypoint):
        return None
    model = context.server_model(server.server_type, server.implementation, entrypoint.value)
    return None if model is None or model.rewrites else model


def read_by_parser(context: RuleContext) -> AbstractSet[str]:
    """The keys of every server, which the parser judges itself."""
    return context.profile.models[SERVER_MODEL].fields.keys()


def read_by_gym(context: RuleContext, server_type: str) -> frozenset[str]:
    """The keys of a server that NeMo Gym itself looks at, whatever the class has."""
    question = (read_by_gym, server_type)
    if question not in context.kept:
        described = (field.name for field in DESCRIPTION)
        known = frozenset((*read_by_parser(context), *SERVER_FIELDS.get(server_type, ()), *described))
        context.kept[question] = known
    return cast("frozenset[str]", context.kept[question])


def declared(context: RuleContext, field: Field | Model, message: str) -> tuple[RelatedLocation, ...]:
    """The line of a class, or of a field, in the source of its server."""
    if field.path is None or field.line is None:
        return ()
    span = _line(context, field.path, field.line)
    return () if span is None else (RelatedLocation(field.path, span, message),)


def _line(context: RuleContext, path: PurePath, line: int) -> Span | None:
    """The text of a line, without its margins."""
    try:
        text = context.files.read(path)
    except Unreadable:
        return None
    start = line_start(text, line)
    if start is None:
        return None
    written = text[start:].partition("\n")[0]
    start += len(written) - len(written.lstrip())
    return Span(start, start + len(written.strip()))


def mentions(context: RuleContext, path: PurePath | None, key: str) -> bool:
    """Whether a program has a key as a text of its own, and so may well look it up without a field."""
    try:
        program = "" if path is None else context.files.read(path)
    except Unreadable:
        return False
    return re.search(rf"""(["']){re.escape(key)}\1""", program) is not None


def is_interpolated(config: Table, key: str) -> bool:
    """Whether the file that a mapping stands in takes the value of a key elsewhere, so that it serves as a variable."""
    text = config.origin.text
    return "${" in text and re.search(rf"\$\{{[^{{}}\n]*\b{re.escape(key)}\b", text) is not None


def wanted(type: FieldType) -> str:
    """What a value should have been, as the end of a message."""
    options = type.options if isinstance(type, UnionType) else (type,)
    return " or ".join(dict.fromkeys(_wanted(option) for option in options))


def _wanted(type: FieldType) -> str:
    match type:
        case ModelType():
            return "a mapping"
        case RefType(server_types):
            return f"a server ref to {' or '.join(server_types)}"
        case _:
            return f"`{show(type)}`".replace('"', "")
