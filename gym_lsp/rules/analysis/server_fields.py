"""What the rules about the fields of servers share: the blocks whose class is known, and its description."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.compose.blocks import Spelled, is_settled
from gym_lsp.compose.config import Leaf, Provenance, Table
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

_INTERPOLATION = re.compile(r"(?=\$\{([^{}\n]*))")


class KnownServer(Struct, frozen=True):
    """A server of a block, and the class that reads its config."""

    server_type: str
    implementation: str
    config: Table
    model: Model


def known_server(context: Context, block: Block) -> KnownServer | None:
    """Return the only server in a block; None if its class cannot be read, or cannot judge the config."""
    return context.once((known_server, block.table), lambda: _known_server(context, block))


def _known_server(context: Context, block: Block) -> KnownServer | None:
    server = block.server
    model = None if server is None else model_of(context, server)
    if server is None or model is None:
        return None
    return KnownServer(server.server_type, server.implementation, server.config, model)


def model_of(context: Context, server: Server | Spelled) -> Model | None:
    """Return the class of a server; None if it cannot judge the config."""
    entrypoint = server.config.get(ENTRYPOINT)
    if not isinstance(entrypoint, Leaf) or not isinstance(entrypoint.value, str) or not is_settled(entrypoint):
        return None
    model = context.server_model(server.server_type, server.implementation, entrypoint.value)
    return None if model is None or model.rewrites else model


def read_by_parser(context: Context) -> AbstractSet[str]:
    """Return the keys of every server, which the parser checks itself."""
    return context.profile.models[SERVER_MODEL].fields.keys()


def read_by_gym(context: Context, server_type: str) -> frozenset[str]:
    """Return the keys of a server that NeMo Gym itself reads, independent of the class."""
    return _read_by_gym(context.workspace, server_type)


@query
def _read_by_gym(workspace: Workspace, server_type: str) -> frozenset[str]:
    parsed = workspace.profile.models[SERVER_MODEL].fields
    described = (field.name for field in DESCRIPTION)
    return frozenset((*parsed, *SERVER_FIELDS.get(server_type, ()), *described))


def declared(context: Context, field: Field | Model, message: str) -> tuple[RelatedLocation, ...]:
    """Return the line of a class, or of a field, in the source of its server."""
    path, line = field.path, field.line
    return () if path is None or line is None else declared_at(context, path, line, message)


def declared_at(context: Context, path: PurePath, line: int, message: str) -> tuple[RelatedLocation, ...]:
    """Return a line of a program, counted from 1."""
    span = _line_span(context.workspace, path, line)
    return () if span is None else (RelatedLocation(path, span, message),)


@query
def _line_span(workspace: Workspace, path: PurePath, line: int) -> Span | None:
    """Return the span of a line of a program without the white space around its text; None if there is no such line."""
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
    """Whether a program contains a key as a string literal, so it may read the key without a field."""
    program = "" if path is None else context.program(path)
    return f'"{key}"' in program or f"'{key}'" in program


def is_interpolated(context: Context, config: Table, key: str) -> bool:
    """Whether the file of a mapping interpolates the value of a key, so that the key serves as a variable."""
    origin, workspace = config.origin, context.workspace
    if origin.provenance is Provenance.WRITTEN and not workspace.is_outside(origin.path):
        interpolated = _interpolated_in_file(workspace, origin.path)
    else:
        interpolated = _interpolated(origin.text)
    return bool(interpolated) and re.search(rf"\b{re.escape(key)}\b", interpolated) is not None


@query
def _interpolated_in_file(workspace: Workspace, path: PurePath) -> str:
    return _interpolated(workspace.text(path) or "")


def _interpolated(text: str) -> str:
    """Return what is inside the interpolations of a text, one in a line."""
    return "\n".join(dict.fromkeys(_INTERPOLATION.findall(text)))


def unread_keys(context: Context, model: Model, given: Table, known: AbstractSet[str]) -> tuple[str, ...]:
    """Return the keys without a field in a class and without another purpose; `known` are keys that others read."""
    return tuple(
        key
        for key in given.entries
        if isinstance(key, str)
        and key not in model.fields
        and key not in known
        and model.field(key) is None
        and key not in DIRECTIVE_KEYS
        and not nearest(key, DIRECTIVE_KEYS)
        and (model.extra == "forbid" or not _may_be_read(context, model, given, key))
    )


def _may_be_read(context: Context, model: Model, given: Table, key: str) -> bool:
    return mentions(context, model.path, key) or is_interpolated(context, given, key)


def known_to_gym(context: Context, server: KnownServer) -> frozenset[str]:
    """Return the keys of a server that NeMo Gym reads in addition to its class, and that the class accepts."""
    # A class that forbids extra keys accepts only its own fields, even if something else reads the key.
    return frozenset() if server.model.extra == "forbid" else read_by_gym(context, server.server_type)


def expected_type(type: FieldType) -> str:
    """Return the expected type of a value as the end of a message."""
    options = type.options if isinstance(type, UnionType) else (type,)
    return " or ".join(dict.fromkeys(_expected_type(option) for option in options))


def _expected_type(type: FieldType) -> str:
    match type:
        case ModelType():
            return "a mapping"
        case RefType(server_types):
            return f"a server ref to {' or '.join(server_types)}"
        case _:
            return f"`{show(type)}`".replace('"', "")
