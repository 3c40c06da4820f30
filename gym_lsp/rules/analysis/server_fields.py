"""What the rules about the fields of servers share: the blocks whose own class is known, and how to speak of it."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.compose.blocks import Spelled, is_settled
from gym_lsp.compose.config import Leaf, Table
from gym_lsp.compose.servers import SERVER_MODEL, Server
from gym_lsp.diagnostic import RelatedLocation
from gym_lsp.files import Unreadable
from gym_lsp.gym.fields import Field, FieldType, Model, ModelType, RefType, UnionType, show
from gym_lsp.gym.layout import DIRECTIVE_KEYS, ENTRYPOINT
from gym_lsp.gym.meanings import DESCRIPTION, SERVER_FIELDS
from gym_lsp.gym.python.field_text import line_start
from gym_lsp.memo import query
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.text import Span
from gym_lsp.workspace.workspace import Workspace


class KnownServer(Struct, frozen=True):
    """A server of a block, and the class that its config is read with."""

    server_type: str
    implementation: str
    config: Table
    model: Model


def known_server(context: Context, block: Block) -> KnownServer | None:
    """The one server that a block spells out, None where its class cannot be read or judged by."""
    return context.once((known_server, block.table), lambda: _known_server(context, block))


def _known_server(context: Context, block: Block) -> KnownServer | None:
    server = block.server
    model = None if server is None else model_of(context, server)
    if server is None or model is None:
        return None
    return KnownServer(server.server_type, server.implementation, server.config, model)


def model_of(context: Context, server: Server | Spelled) -> Model | None:
    """The class of a server, None where nothing can be judged by it."""
    entrypoint = server.config.get(ENTRYPOINT)
    if not isinstance(entrypoint, Leaf) or not isinstance(entrypoint.value, str) or not is_settled(entrypoint):
        return None
    model = context.server_model(server.server_type, server.implementation, entrypoint.value)
    return None if model is None or model.rewrites else model


def read_by_parser(context: Context) -> AbstractSet[str]:
    """The keys of every server, which the parser judges itself."""
    return context.profile.models[SERVER_MODEL].fields.keys()


def read_by_gym(context: Context, server_type: str) -> frozenset[str]:
    """The keys of a server that NeMo Gym itself looks at, whatever the class has."""
    return _read_by_gym(context.workspace, server_type)


@query
def _read_by_gym(workspace: Workspace, server_type: str) -> frozenset[str]:
    parsed = workspace.profile.models[SERVER_MODEL].fields
    described = (field.name for field in DESCRIPTION)
    return frozenset((*parsed, *SERVER_FIELDS.get(server_type, ()), *described))


def declared(context: Context, field: Field | Model, message: str) -> tuple[RelatedLocation, ...]:
    """The line of a class, or of a field, in the source of its server."""
    path, line = field.path, field.line
    if path is None or line is None:
        return ()
    span = _line_span(context.workspace, path, line)
    return () if span is None else (RelatedLocation(path, span, message),)


@query
def _line_span(workspace: Workspace, path: PurePath, line: int) -> Span | None:
    """Return the place of a line of a program, without the white space around it; None if there is no such line."""
    try:
        text = workspace.files.programs().read(path)
    except Unreadable:
        return None
    start = line_start(text, line)
    if start is None:
        return None
    written = text[start:].partition("\n")[0]
    start += len(written) - len(written.lstrip())
    return Span(start, start + len(written.strip()))


def mentions(context: Context, path: PurePath | None, key: str) -> bool:
    """Whether a program has a key as a text of its own, and so may well look it up without a field."""
    program = "" if path is None else context.program(path)
    return f'"{key}"' in program or f"'{key}'" in program


def is_interpolated(config: Table, key: str) -> bool:
    """Whether the file that a mapping stands in takes the value of a key elsewhere, so that it serves as a variable."""
    text = config.origin.text
    return "${" in text and re.search(rf"\$\{{[^{{}}\n]*\b{re.escape(key)}\b", text) is not None


def unread_keys(context: Context, model: Model, given: Table, known: AbstractSet[str]) -> tuple[str, ...]:
    """The keys that a class has no field for and that serve no other purpose; `known` are those that others read."""
    return tuple(
        key
        for key in given.entries
        if isinstance(key, str)
        and key not in model.fields
        and key not in known
        and model.field(key) is None
        and key not in DIRECTIVE_KEYS
        and not nearest(key, DIRECTIVE_KEYS)
        and (model.extra == "forbid" or not (mentions(context, model.path, key) or is_interpolated(given, key)))
    )


def known_beside(context: Context, server: KnownServer) -> frozenset[str]:
    """The keys of a server that NeMo Gym looks at besides its class, and that the class lets pass."""
    # Of a class that forbids, only its own fields pass, whoever else may look at the key.
    return frozenset() if server.model.extra == "forbid" else read_by_gym(context, server.server_type)


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
