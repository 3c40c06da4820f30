"""Keys: the fields that a mapping may still have, and the names that open a block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

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
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank, choice, literal, stop
from gym_lsp.ide.completion.context import Role
from gym_lsp.ide.completion.implementations import implementation_names
from gym_lsp.ide.completion.question import Question
from gym_lsp.ide.fields import documentation, server_fields, shown_default
from gym_lsp.ide.shape import ShapeKind, fields_for, shown_type, top_level
from gym_lsp.syntax import Scalar
from gym_lsp.workspace.recognise import FileKind

POLICY = ("policy_base_url", "policy_api_key", "policy_model_name")
"""What `env.yaml` is for before all else."""
_PLAIN_DEFAULTS = ("None", "True", "False")


def keys(question: Question) -> Iterator[Candidate]:
    """The keys that may stand at the cursor."""
    context, shape = question.context, question.shape
    if context.role not in (Role.KEY, Role.ITEM):
        return
    match shape.kind:
        case ShapeKind.ROOT if context.role is Role.KEY:
            yield from _top_level(question)
        case ShapeKind.INSTANCE:
            yield from _of_instance(question)
        case ShapeKind.GROUP:
            if not context.neighbours:
                yield from implementation_names(question, shape.server_type)
            yield from _directives(question)
        case ShapeKind.SERVER:
            yield from _fields(question, _of_server(question))
            yield from _directives(question)
        case ShapeKind.VALUE:
            fields = _of_value(question)
            yield from _fields(question, fields)
            if not fields and context.role is Role.KEY and _takes_directives(question):
                yield from _directives(question)
        case _:
            return


def _top_level(question: Question) -> Iterator[Candidate]:
    known = top_level(question.workspace.profile)
    if question.kind is FileKind.ENVIRONMENT:
        known = {name: field for name, field in known.items() if name not in POLICY}
    yield from _fields(question, known, rank=Rank.LAST)


def _of_server(question: Question) -> Mapping[str, Field]:
    shape = question.shape
    return server_fields(question.workspace, shape.server_type, shape.implementation, shape.entrypoint)


def _of_value(question: Question) -> Mapping[str, Field]:
    """The keys of a value's type. What is already there tells models apart, and shows what is a server ref."""
    found = fields_for(question.shape.type, question.context.mapping)
    if found or question.kind is FileKind.MANIFEST:
        return found
    server_type = _sibling(question, TYPE)
    if server_type in question.workspace.profile.server_types:
        return {NAME: replace(SERVER_REF[NAME], required=True)}
    return {}


def _sibling(question: Question, name: str) -> object:
    mapping = question.context.mapping
    found = None if mapping is None else mapping.get(name)
    return found.value if isinstance(found, Scalar) else None


def _takes_directives(question: Question) -> bool:
    """Directives work in every mapping of a block that is no list element."""
    path = question.context.path
    if len(path) < 2 or question.kind not in (FileKind.CONFIG, FileKind.ENVIRONMENT):
        return False
    return not isinstance(path[-1], int) and not isinstance(question.shape.type, RefType | ModelType | UnionType)


# The keys of an instance


def _of_instance(question: Question) -> Iterator[Candidate]:
    profile, present = question.workspace.profile, question.context.neighbours
    is_server = any(name in profile.server_types for name in present)
    is_sandbox = any(name in profile.sandbox_providers for name in present)
    may_be_sandbox = not is_server and not is_sandbox and INHERIT_FROM not in present and COPY not in present
    if not is_server and not is_sandbox:
        for index, server_type in enumerate(profile.server_types):
            yield _opening(question, server_type, SERVER_TYPES.get(server_type, ""), order=index)
    if may_be_sandbox:
        rank = Rank.RUN if question.context.path[-1] == USUAL_SANDBOX else Rank.LAST
        for provider in sorted(profile.sandbox_providers):
            yield _opening(question, provider, SANDBOX_PROVIDERS.get(provider, ""), rank=rank)
    if is_sandbox and DEFAULT_METADATA_FIELD.name not in present:
        yield field_candidate(question, DEFAULT_METADATA_FIELD)
    yield from _directives(question)


def _opening(question: Question, name: str, documentation: str, **more: Any) -> Candidate:
    """A key with a mapping below it."""
    text, snippet = _spelled_out(question, name, _below(question), _below(question))
    return question.part(
        name, question.context.span, text, CandidateKind.KEY, documentation=documentation, snippet=snippet, **more
    )


def _directives(question: Question) -> Iterator[Candidate]:
    context = question.context
    present = context.neighbours
    if question.kind not in (FileKind.CONFIG, FileKind.ENVIRONMENT) or context.role is not Role.KEY:
        return
    takes = INHERIT_FROM in present or COPY in present
    for index, (name, field) in enumerate(DIRECTIVES.items()):
        if name in present or (takes and name != DELETE_KEY) or (not takes and name == DELETE_KEY):
            continue
        if context.has_block and not _takes_block(field.type):
            continue
        yield field_candidate(question, field, Rank.LAST, index)


# Fields


def _fields(question: Question, fields: Mapping[str, Field], rank: Rank | None = None) -> Iterator[Candidate]:
    present = frozenset(question.context.neighbours)
    for index, field in enumerate(fields.values()):
        if not present.isdisjoint((field.name, *field.aliases)):
            continue
        if question.context.has_block and not _takes_block(field.type):
            continue
        # Whole blocks, where there are any, come before single fields.
        yield field_candidate(question, field, rank or (Rank.REQUIRED if field.required else Rank.RUN), index + 10)


def _takes_block(type: FieldType) -> bool:
    """Whether a value may go over several lines."""
    options = type.options if isinstance(type, UnionType) else (type,)
    return any(isinstance(option, AnyType | DictType | ListType | ModelType | RefType) for option in options)


def field_candidate(question: Question, field: Field, rank: Rank = Rank.RUN, order: int = 0) -> Candidate:
    """A field with the beginning of its value."""
    plain, snippet = _start_of_value(question, field)
    text, with_stops = _spelled_out(question, field.name, plain, snippet)
    is_deprecated = field.name in IDENTIFIERS
    return question.part(
        field.name,
        question.context.span,
        text,
        CandidateKind.KEY,
        detail=type_and_default(field),
        documentation=documentation(question.workspace, field),
        rank=Rank.LAST if is_deprecated else rank,
        order=order,
        snippet=with_stops,
        deprecated=is_deprecated,
    )


def type_and_default(field: Field) -> str:
    """The type of a field as one writes it, and what it is if it is left out."""
    shown = shown_type(field.type)
    if field.required:
        return f"{shown}, required"
    return shown if field.default in (None, "None") else f"{shown} = {shown_default(field)}"


def _spelled_out(question: Question, name: str, plain: str, snippet: str) -> tuple[str, str | None]:
    """A key and what follows it; the key alone where its colon or its value is there already, or quotes are open."""
    context = question.context
    if context.has_colon or context.quote:
        return name, None
    if context.has_block:
        return f"{name}:", None
    if context.flow and "\n" in plain:
        return f"{name}: ", None
    return f"{name}:{plain}", f"{context.lead}{literal(name)}:{snippet}"


def _below(question: Question) -> str:
    """The break and the blanks that lead to the first key below the one that is typed."""
    context = question.context
    return " " if context.flow else f"{context.newline}{context.margin(1)}"


def _start_of_value(question: Question, field: Field) -> tuple[str, str]:
    """What follows the colon, as plain text and as a snippet."""
    if field.name == ENTRYPOINT:
        return f" {USUAL_ENTRYPOINT}", f" {stop(1, USUAL_ENTRYPOINT)}"
    below = _below(question)
    match _main(field.type):
        case ListType() if not question.context.flow:
            return f"{below}- ", f"{below}- $0"
        case RefType(server_types) if not question.context.flow and len(server_types) == 1:
            text = f"{below}type: {server_types[0]}{below}name: "
            return text, f"{literal(text)}$0"
        case ModelType() | DictType() | RefType():
            return below, f"{below}$0"
        case BoolType():
            return " ", f" {choice(1, _flags(field))}"
        case LiteralType(values) if len(values) == 1 and isinstance(values[0], str):
            return f" {values[0]}", f" {literal(values[0])}"
        case LiteralType() | EnumType():
            # The editor asks for the values by itself, with what each of them means.
            return " ", " $0"
        case _:
            default = _default(field)
            return " ", f" {stop(1, default)}" if default else " $0"


def _main(type: FieldType) -> FieldType:
    """What a field mostly is: its first option, null aside."""
    if not isinstance(type, UnionType):
        return type
    return next((option for option in type.options if option != NullType()), type)


def _flags(field: Field) -> tuple[str, str]:
    """The other value of a flag first: nobody writes down its default."""
    return ("false", "true") if field.default == "True" else ("true", "false")


def _default(field: Field) -> str:
    """The default of a field where YAML would spell it the same way."""
    text = field.default or ""
    if text in _PLAIN_DEFAULTS or not text.replace(".", "").replace("-", "").isalnum():
        return ""
    return text
