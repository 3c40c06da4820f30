"""The fields of servers: those that every server accepts, those of its own class, and where each is declared."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import PurePath

from msgspec.structs import replace

from gym_lsp.compose.blocks import Spelled, spelled_servers
from gym_lsp.compose.config import Table, at, history
from gym_lsp.compose.resolved import scalar
from gym_lsp.compose.secrets import MASK, looks_secret, masked
from gym_lsp.compose.servers import SERVER_MODEL
from gym_lsp.gym.fields import AnyType, Field, Model
from gym_lsp.gym.layout import ENTRYPOINT, USUAL_ENTRYPOINT
from gym_lsp.gym.meanings import SERVER_FIELDS, SUPPLIED
from gym_lsp.gym.release.profile import BUILTIN
from gym_lsp.ide.target import Location
from gym_lsp.memo import query
from gym_lsp.rules.engine.rule import shortened
from gym_lsp.syntax import KeyPath
from gym_lsp.text import Span
from gym_lsp.workspace.workspace import Workspace


def described(model: Model, field: Field) -> Field:
    """Return a field with the description of the built-in profile, if that has one."""
    known = BUILTIN.models.get(model.name)
    ours = None if known is None else known.fields.get(field.name)
    if ours is None or ours.description is None:
        return field
    return replace(field, description=ours.description)


def server_fields(
    workspace: Workspace, server_type: str, implementation: str, entrypoint: str = ""
) -> Mapping[str, Field]:
    """Return the fields of a server: those of its own class, then those of every server.

    Without `entrypoint`, or if the class cannot be read, these are the usual fields of its server type.
    """
    model = workspace.profile.models[SERVER_MODEL]
    usual = {name: described(model, field) for name, field in model.fields.items()}
    usual |= dict(SERVER_FIELDS.get(server_type, {}))
    own = workspace.server_model(server_type, implementation, entrypoint) if entrypoint else None
    if own is None:
        return usual
    return _own(own, usual) | {name: field for name, field in usual.items() if name not in own.fields}


def is_declared(workspace: Workspace, server_type: str, implementation: str, entrypoint: str, field: Field) -> bool:
    """Whether a field of another server is declared by the same line of source as a field of this server."""
    own = workspace.server_model(server_type, implementation, entrypoint) if entrypoint else None
    known = None if own is None else own.fields.get(field.name)
    if known is None:
        known = workspace.profile.models[SERVER_MODEL].fields.get(field.name)
    return known is not None and (known.path, known.line) == (field.path, field.line)


def _own(model: Model, usual: Mapping[str, Field]) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for name, field in model.fields.items():
        known = usual.get(name)
        if known is not None:
            # The meaning of a common field does not depend on the class that inherits it.
            type = known.type if field.type == AnyType() else field.type
            required = field.required and name not in SUPPLIED
            found[name] = replace(
                field, type=type, required=required, description=field.description or known.description
            )
        elif name not in SUPPLIED:
            found[name] = field
    return found


def own_fields(workspace: Workspace, server_type: str, implementation: str, entrypoint: str) -> Iterator[Field]:
    """Yield the fields that the class of a server declares itself, without inherited ones."""
    model = workspace.server_model(server_type, implementation, entrypoint)
    if model is None or model.path is None or model.line is None:
        return
    for field in model.fields.values():
        # A field that is declared before the class, or in another file, belongs to a base class.
        if field.path == model.path and (field.line or 0) > model.line:
            yield field


def plain_default(field: Field) -> str | None:
    """Return the default of a field as YAML, masked if it is a secret; None if it is null, too long or not a scalar."""
    try:
        value: object = ast.literal_eval(field.default or "None")
    except (ValueError, SyntaxError):
        return None
    if not isinstance(value, str | int | float) or not len(str(value)) <= _LONGEST_DEFAULT or value == "":
        return None
    shown = masked((field.name,), value)
    return MASK if shown == MASK else scalar(shown)


def shown_default(field: Field) -> str:
    """Return the default of a field on one line, as YAML if possible, else as shortened source text."""
    source = " ".join((field.default or "").split())
    if looks_secret(field.name) and any(quote in source for quote in "\"'"):
        return plain_default(field) or MASK
    return plain_default(field) or shortened(source, _LONGEST_SOURCE)


_LONGEST_DEFAULT = 30
"""Characters of YAML."""
_LONGEST_SOURCE = 60
"""Characters of source text."""


def entrypoint_at(workspace: Workspace, path: PurePath, server: KeyPath) -> str:
    """Return the entrypoint of the server at a key path in the file's own run; empty if it has none."""
    found = at(workspace.own_run(path).config, server)
    # An empty block hides the values that it overrides.
    for block in () if found is None else history(found):
        entrypoint = block.leaf(ENTRYPOINT) if isinstance(block, Table) else None
        if isinstance(entrypoint, str):
            return entrypoint
    return ""


@query
def usual_entrypoint(workspace: Workspace, server_type: str, implementation: str) -> str:
    """Return the entrypoint that a server without one will probably get; empty if no class is known for any.

    That is `app.py`, or else one that other servers of the implementation have.
    """
    others = (
        server.config.leaf(ENTRYPOINT)
        for path in (*workspace.members, *workspace.library)
        for server in _spelled_servers(workspace, path)
        if (server.server_type, server.implementation) == (server_type, implementation)
    )
    for entrypoint in chain((USUAL_ENTRYPOINT,), others):
        if isinstance(entrypoint, str) and workspace.server_class(server_type, implementation, entrypoint) is not None:
            return entrypoint
    return ""


@query
def _spelled_servers(workspace: Workspace, path: PurePath) -> tuple[Spelled, ...]:
    config = workspace.config(path)
    blocks = () if config is None else config.entries.values()
    tables = (block for block in blocks if isinstance(block, Table))
    return tuple(server for block in tables for server in spelled_servers(block, workspace.profile))


def documentation(workspace: Workspace, field: Field) -> str:
    """Return the description of a field, else the comment beside it in the source; empty if there is neither."""
    if field.description or field.path is None:
        return field.description or ""
    return "" if field.line is None else _comment(workspace, field.path, field.line)


@query
def _comment(workspace: Workspace, path: PurePath, line: int) -> str:
    """Return the comment beside the field that is declared at a line; empty if there is none."""
    from gym_lsp.gym.python.field_text import field_comment

    text = workspace.text(path)
    return "" if text is None else field_comment(text, line) or ""


def declaration_of(workspace: Workspace, field: Field) -> Location | None:
    """Return the line of the class that declares a field; None for fields that are not read from source."""
    text = None if field.path is None else workspace.text(field.path)
    if field.path is None or text is None:
        return None
    from gym_lsp.gym.python.field_text import field_span

    span = field_span(text, field)
    return None if span is None else Location(field.path, span, span)


def class_of(workspace: Workspace, server_type: str, implementation: str, entrypoint: str) -> Location | None:
    """Return the class of a server, or None if it is unknown."""
    found = workspace.server_class(server_type, implementation, entrypoint) if entrypoint else None
    text = None if found is None else workspace.text(found.path)
    if found is None or text is None:
        return None
    from gym_lsp.gym.python.field_text import line_start

    start = line_start(text, found.line)
    if start is None:
        return None
    name = text.find(found.name, start)
    span = Span(start, start) if name < 0 else Span(name, name + len(found.name))
    return Location(found.path, span, span)
