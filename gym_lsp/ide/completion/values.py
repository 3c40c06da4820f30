"""Completion of values from a known set: domains, licenses, dataset types, flags, anchors."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.gym.fields import BoolType, EnumType, FieldType, LiteralType, NullType, UnionType
from gym_lsp.gym.layout import DOMAIN, LICENSE, is_top_level
from gym_lsp.gym.vocabulary import LICENSES as SPDX
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank
from gym_lsp.ide.completion.context import Role
from gym_lsp.ide.completion.request import Request
from gym_lsp.ide.paths import values_by_folder
from gym_lsp.ide.shape import ShapeKind
from gym_lsp.ide.value_meanings import value_meanings
from gym_lsp.syntax import Atom
from gym_lsp.workspace.recognise import FileKind


def values(request: Request) -> Iterator[Candidate]:
    """Yield the values of the type at the cursor."""
    context, shape = request.context, request.shape
    if context.role in (Role.VALUE, Role.ITEM) and context.prefix.startswith("*") and not context.quote:
        yield from _anchors(request)
        return
    if context.role in (Role.KEY, Role.COMMENT) or shape.kind is not ShapeKind.VALUE:
        return
    if request.kind is FileKind.MANIFEST and is_top_level(context.path):
        by_folder = tuple(_by_folder(request, str(context.path[0])))
        if by_folder:
            yield from by_folder
            return
    if set(_scalars(shape.type)) <= set(request.workspace.profile.server_types):
        # `names` completes the types of refs, because they depend on the name.
        return
    meanings = {} if shape.field is None else dict(value_meanings(request.workspace.profile, shape.field))
    for index, value in enumerate(_scalars(shape.type)):
        label = _label(value)
        about = meanings.get(label, "")
        yield request.value(label, value, documentation=(about,), order=index)
    is_needed = bool(context.path) and context.path[-1] in (DOMAIN, LICENSE)
    if (
        isinstance(shape.type, UnionType)
        and NullType() in shape.type.options
        and not is_needed
        and any(True for _ in _scalars(shape.type))
    ):
        yield request.value("null", None, documentation=("No value.",), rank=Rank.LAST)


def _by_folder(request: Request, field: str) -> Iterator[Candidate]:
    """Yield the value of a manifest that its folder determines, or the possible values of `licensing`."""
    if field == "licensing":
        spdx = dict.fromkeys(identifier for identifier in SPDX.values() if identifier is not None)
        for index, text in enumerate((*spdx, "internal", "proprietary", "unknown")):
            yield request.value(text, text, order=index)
        return
    text = values_by_folder(request.path).get(field)
    if text is not None:
        yield request.value(text, text, documentation=("Derived from the folder.",))


def _label(value: Atom) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _scalars(type: FieldType) -> Iterator[Atom]:
    """Yield the values of a type that has only a few, except null."""
    match type:
        case BoolType():
            yield True
            yield False
        case LiteralType(values):
            yield from (value for value in values if value is not None)
        case EnumType():
            yield from (value for value in type.values if isinstance(value, str | int | float | bool))
        case UnionType(options):
            for option in options:
                yield from _scalars(option)
        case _:
            return


def _anchors(request: Request) -> Iterator[Candidate]:
    """Yield the anchors that are defined before the cursor."""
    context = request.context
    for anchor in request.file.document.anchors:
        if anchor.span.end <= context.span.start:
            yield request.part(f"*{anchor.name}", context.span, f"*{anchor.name}", CandidateKind.ANCHOR)
