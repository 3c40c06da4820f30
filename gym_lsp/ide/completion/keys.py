"""Completion of keys: the fields that a mapping does not have yet, and server types, providers and directives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from gym_lsp.compose.secrets import MASK
from gym_lsp.gym.fields import (
    AnyType,
    BoolType,
    DictType,
    EnumType,
    Field,
    FieldType,
    ListType,
    LiteralType,
    ModelType,
    NullType,
    RefType,
    UnionType,
)
from gym_lsp.gym.layout import (
    COPY,
    DELETE_KEY,
    ENTRYPOINT,
    IDENTIFIERS,
    INHERIT_FROM,
    NAME,
    TYPE,
    USUAL_ENTRYPOINT,
    USUAL_SANDBOX,
)
from gym_lsp.gym.meanings import DEFAULT_METADATA_FIELD, DIRECTIVES, SANDBOX_PROVIDERS, SERVER_REF
from gym_lsp.gym.vocabulary import SERVER_TYPES
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Proposal, Rank, choice, literal, stop
from gym_lsp.ide.completion.context import Role
from gym_lsp.ide.completion.implementations import implementation_names
from gym_lsp.ide.completion.request import Request
from gym_lsp.ide.fields import documentation, server_fields, shown_default
from gym_lsp.ide.shape import ShapeKind, fields_for, shown_type, top_level
from gym_lsp.syntax import Scalar
from gym_lsp.workspace.recognise import FileKind

POLICY = ("policy_base_url", "policy_api_key", "policy_model_name")
"""The main purpose of `env.yaml`."""
_PLAIN_DEFAULTS = ("None", "True", "False")


def keys(request: Request) -> Iterator[Candidate | Proposal]:
    """Yield the possible keys at the cursor."""
    context, shape = request.context, request.shape
    if context.role not in (Role.KEY, Role.ITEM):
        return
    match shape.kind:
        case ShapeKind.ROOT if context.role is Role.KEY:
            yield from _top_level(request)
        case ShapeKind.INSTANCE:
            yield from _of_instance(request)
        case ShapeKind.GROUP:
            if not context.neighbours:
                yield from implementation_names(request, shape.server_type)
            yield from _directives(request)
        case ShapeKind.SERVER:
            yield from _fields(request, _of_server(request))
            yield from _directives(request)
        case ShapeKind.VALUE:
            fields = _of_value(request)
            yield from _fields(request, fields)
            if not fields and context.role is Role.KEY and _takes_directives(request):
                yield from _directives(request)
        case _:
            return


def _top_level(request: Request) -> Iterator[Candidate]:
    known = top_level(request.workspace.profile)
    if request.kind is FileKind.ENVIRONMENT:
        known = {name: field for name, field in known.items() if name not in POLICY}
    yield from _fields(request, known, rank=Rank.LAST)


def _of_server(request: Request) -> Mapping[str, Field]:
    shape = request.shape
    return server_fields(request.workspace, shape.server_type, shape.implementation, shape.entrypoint)


def _of_value(request: Request) -> Mapping[str, Field]:
    """Return the keys of the type of a value. Present keys select one of several models, and identify a server ref."""
    found = fields_for(request.shape.type, request.context.mapping)
    if found or request.kind is FileKind.MANIFEST:
        return found
    server_type = _sibling(request, TYPE)
    if server_type in request.workspace.profile.server_types:
        return {NAME: replace(SERVER_REF[NAME], required=True)}
    return {}


def _sibling(request: Request, name: str) -> object:
    mapping = request.context.mapping
    found = None if mapping is None else mapping.get(name)
    return found.value if isinstance(found, Scalar) else None


def _takes_directives(request: Request) -> bool:
    """Whether directives work here: in every mapping below the top level that is not a list element."""
    path = request.context.path
    if len(path) < 2 or request.kind not in (FileKind.CONFIG, FileKind.ENVIRONMENT):
        return False
    return not isinstance(path[-1], int) and not isinstance(request.shape.type, RefType | ModelType | UnionType)


# The keys of an instance


def _of_instance(request: Request) -> Iterator[Candidate]:
    profile, present = request.workspace.profile, request.context.neighbours
    is_server = any(name in profile.server_types for name in present)
    is_sandbox = any(name in profile.sandbox_providers for name in present)
    may_be_sandbox = not is_server and not is_sandbox and INHERIT_FROM not in present and COPY not in present
    if not is_server and not is_sandbox:
        for index, server_type in enumerate(profile.server_types):
            yield _opening(request, server_type, SERVER_TYPES.get(server_type, ""), order=index)
    if may_be_sandbox:
        rank = Rank.RUN if request.context.path[-1] == USUAL_SANDBOX else Rank.LAST
        for provider in sorted(profile.sandbox_providers):
            yield _opening(request, provider, SANDBOX_PROVIDERS.get(provider, ""), rank=rank)
    if is_sandbox and DEFAULT_METADATA_FIELD.name not in present:
        yield field_candidate(request, DEFAULT_METADATA_FIELD)
    yield from _directives(request)


def _opening(request: Request, name: str, documentation: str, **more: Any) -> Candidate:
    """Return a key with a mapping below it."""
    text, snippet = _spelled_out(request, name, _below(request), _below(request))
    return request.part(
        name, request.context.span, text, CandidateKind.KEY, documentation=(documentation,), snippet=snippet, **more
    )


def _directives(request: Request) -> Iterator[Candidate]:
    context = request.context
    present = context.neighbours
    if request.kind not in (FileKind.CONFIG, FileKind.ENVIRONMENT) or context.role is not Role.KEY:
        return
    takes = INHERIT_FROM in present or COPY in present
    for index, (name, field) in enumerate(DIRECTIVES.items()):
        if name in present or (takes and name != DELETE_KEY) or (not takes and name == DELETE_KEY):
            continue
        if context.has_block and not _takes_block(field.type):
            continue
        yield field_candidate(request, field, Rank.LAST, index)


# Fields


def _fields(request: Request, fields: Mapping[str, Field], rank: Rank | None = None) -> Iterator[Candidate]:
    present = frozenset(request.context.neighbours)
    for index, field in enumerate(fields.values()):
        if not present.isdisjoint((field.name, *field.aliases)):
            continue
        if request.context.has_block and not _takes_block(field.type):
            continue
        # Skeletons of whole blocks come before single fields.
        yield field_candidate(request, field, rank or (Rank.REQUIRED if field.required else Rank.RUN), index + 10)


def _takes_block(type: FieldType) -> bool:
    """Whether a value can be a block of several lines."""
    options = type.options if isinstance(type, UnionType) else (type,)
    return any(isinstance(option, AnyType | DictType | ListType | ModelType | RefType) for option in options)


def field_candidate(request: Request, field: Field, rank: Rank = Rank.RUN, order: int = 0) -> Candidate:
    """Return a field with the beginning of its value."""
    plain, snippet = _start_of_value(request, field)
    text, with_stops = _spelled_out(request, field.name, plain, snippet)
    is_deprecated = field.name in IDENTIFIERS
    return request.part(
        field.name,
        request.context.span,
        text,
        CandidateKind.KEY,
        detail=type_and_default(field),
        documentation=(documentation(request.workspace, field),),
        rank=Rank.LAST if is_deprecated else rank,
        order=order,
        snippet=with_stops,
        deprecated=is_deprecated,
    )


def type_and_default(field: Field) -> str:
    """Return the type of a field, and its default or that it is required."""
    shown = shown_type(field.type)
    if field.required:
        return f"{shown}, required"
    return shown if field.default in (None, "None") else f"{shown} = {shown_default(field)}"


def _spelled_out(request: Request, name: str, plain: str, snippet: str) -> tuple[str, str | None]:
    """Return a key with its value, as text and as a snippet; only the key if a colon, a value or a quote is present."""
    context = request.context
    if context.has_colon or context.quote:
        return name, None
    if context.has_block:
        return f"{name}:", None
    if context.flow and "\n" in plain:
        return f"{name}: ", None
    return f"{name}:{plain}", f"{context.lead}{literal(name)}:{snippet}"


def _below(request: Request) -> str:
    """Return the line break and the indentation of the first key below the one at the cursor."""
    context = request.context
    return " " if context.flow else f"{context.newline}{context.margin(1)}"


def _start_of_value(request: Request, field: Field) -> tuple[str, str]:
    """Return the text after the colon, as plain text and as a snippet."""
    if field.name == ENTRYPOINT:
        return f" {USUAL_ENTRYPOINT}", f" {stop(1, USUAL_ENTRYPOINT)}"
    below = _below(request)
    match _main(field.type):
        case ListType() if not request.context.flow:
            return f"{below}- ", f"{below}- $0"
        case RefType(server_types) if not request.context.flow and len(server_types) == 1:
            text = f"{below}type: {server_types[0]}{below}name: "
            return text, f"{literal(text)}$0"
        case ModelType() | DictType() | RefType():
            return below, f"{below}$0"
        case BoolType():
            return " ", f" {choice(1, _flags(field))}"
        case LiteralType(values) if len(values) == 1 and isinstance(values[0], str):
            return f" {values[0]}", f" {literal(values[0])}"
        case LiteralType() | EnumType():
            # The editor then requests completion of the values, which shows their meanings.
            return " ", " $0"
        case _:
            default = _default(field)
            return " ", f" {stop(1, default)}" if default else " $0"


def _main(type: FieldType) -> FieldType:
    """Return the main type of a field: its first option that is not null."""
    if not isinstance(type, UnionType):
        return type
    return next((option for option in type.options if option != NullType()), type)


def _flags(field: Field) -> tuple[str, str]:
    """Return the values of a flag. The first is not its default, which needs no key."""
    return ("false", "true") if field.default == "True" else ("true", "false")


def _default(field: Field) -> str:
    """Return the default of a field if it is the same text in Python and YAML and not a secret, else an empty text."""
    text = field.default or ""
    if shown_default(field) == MASK or text in _PLAIN_DEFAULTS or not text.replace(".", "").replace("-", "").isalnum():
        return ""
    return text
