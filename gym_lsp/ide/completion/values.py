"""Values with a known set of answers: domains, licenses, dataset types, flags, anchors."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.gym.fields import BoolType, EnumType, FieldType, LiteralType, NullType, UnionType
from gym_lsp.gym.layout import DOMAIN, LICENSE, is_top_level
from gym_lsp.gym.vocabulary import LICENSES as SPDX
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank
from gym_lsp.ide.completion.context import Role
from gym_lsp.ide.completion.question import Question
from gym_lsp.ide.paths import told_by_place
from gym_lsp.ide.shape import ShapeKind
from gym_lsp.ide.value_meanings import value_meanings
from gym_lsp.syntax import Atom
from gym_lsp.workspace.recognise import FileKind


def values(question: Question) -> Iterator[Candidate]:
    """The values that the type of the place leaves to choose from."""
    context, shape = question.context, question.shape
    if context.role in (Role.VALUE, Role.ITEM) and context.prefix.startswith("*") and not context.quote:
        yield from _anchors(question)
        return
    if context.role in (Role.KEY, Role.COMMENT) or shape.kind is not ShapeKind.VALUE:
        return
    if question.kind is FileKind.MANIFEST and is_top_level(context.path):
        told = tuple(_told_by_place(question, str(context.path[0])))
        if told:
            yield from told
            return
    if set(_scalars(shape.type)) <= set(question.workspace.profile.server_types):
        # The types of refs are chosen with their names in mind.
        return
    meanings = {} if shape.field is None else dict(value_meanings(question.workspace.profile, shape.field))
    for index, value in enumerate(_scalars(shape.type)):
        label = _label(value)
        about = meanings.get(label, "")
        yield question.value(label, value, documentation=about, order=index)
    is_needed = bool(context.path) and context.path[-1] in (DOMAIN, LICENSE)
    if isinstance(shape.type, UnionType) and NullType() in shape.type.options and not is_needed and any_of(shape.type):
        yield question.value("null", None, documentation="No value.", rank=Rank.LAST)


def any_of(type: FieldType) -> bool:
    """Whether a type leaves only a few values to choose from."""
    return next(_scalars(type), None) is not None


def _told_by_place(question: Question, field: str) -> Iterator[Candidate]:
    """What a manifest must say because of where it lies, and the licenses that it may name."""
    if field == "licensing":
        spdx = dict.fromkeys(identifier for identifier in SPDX.values() if identifier is not None)
        for index, text in enumerate((*spdx, "internal", "proprietary", "unknown")):
            yield question.value(text, text, order=index)
        return
    text = told_by_place(question.path).get(field)
    if text is not None:
        yield question.value(text, text, documentation="Derived from the folder.")


def _label(value: Atom) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _scalars(type: FieldType) -> Iterator[Atom]:
    """Every value of a type that has only a few, null aside."""
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


def _anchors(question: Question) -> Iterator[Candidate]:
    """The anchors that are defined before the cursor."""
    context = question.context
    for anchor in question.file.document.anchors:
        if anchor.span.end <= context.span.start:
            yield question.part(f"*{anchor.name}", context.span, f"*{anchor.name}", CandidateKind.ANCHOR)
