"""Completion in the rows of datasets: their fields, the names of agents, and the values of fields that have few."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.gym.fields import BoolType, Field, FieldType, ListType, ModelType, RefType, StrType, UnionType
from gym_lsp.gym.layout import AGENTS, NAME, RESOURCES, TYPE
from gym_lsp.gym.task_data import AGENT_REF, RESPONSES_CREATE_PARAMS, TASK_SOURCE
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank, literal
from gym_lsp.ide.fields import documentation
from gym_lsp.ide.instances import Instance, known
from gym_lsp.ide.row_fields import columns_of, fields_at
from gym_lsp.ide.shape import known_values, shown_type
from gym_lsp.rows.cursor import RowCursor, cursor_in
from gym_lsp.rows.reading import row_at
from gym_lsp.text import Edit
from gym_lsp.workspace.listings import Listing, listings_naming, whole_text
from gym_lsp.workspace.workspace import Workspace

_SOURCES = (AGENTS, RESOURCES)


def in_row(workspace: Workspace, rows: PurePath, offset: int) -> Iterator[Candidate]:
    """Yield what can be at an offset of a file of rows; nothing if no dataset names the file."""
    listings = listings_naming(workspace, rows)
    row = row_at(whole_text(workspace, rows), offset) if listings else None
    cursor = None if row is None else cursor_in(row.text, row.start, offset)
    if cursor is None:
        return
    if cursor.is_key:
        yield from _keys(workspace, rows, cursor, has_prompt=any(each.has_prompt for each in listings))
    elif cursor.path == (AGENT_REF, NAME):
        yield from _names(workspace, listings, cursor, (AGENTS,))
    elif cursor.path == (TASK_SOURCE,):
        yield from _names(workspace, listings, cursor, _SOURCES)
    elif cursor.path == (AGENT_REF, TYPE):
        yield _value(cursor, AGENTS, CandidateKind.VALUE)
    else:
        yield from _values(workspace, rows, cursor)


def _keys(workspace: Workspace, rows: PurePath, cursor: RowCursor, *, has_prompt: bool) -> Iterator[Candidate]:
    seen: set[str] = set(cursor.keys)
    if not cursor.path:
        for prompt, column in columns_of(workspace, rows):
            if column not in seen:
                seen.add(column)
                about = f"A column of the prompt `{workspace.spelled(prompt)}`."
                yield _key(cursor, Field(column, StrType(), required=True), about, Rank.REQUIRED)
    for order, field in enumerate(fields_at(workspace, rows, cursor.path)):
        if field.name not in seen:
            seen.add(field.name)
            is_usual = field.name == AGENT_REF or (field.name == RESPONSES_CREATE_PARAMS and not has_prompt)
            rank = Rank.REQUIRED if field.required or is_usual else Rank.RUN
            yield _key(cursor, field, documentation(workspace, field), rank, order)


def _key(cursor: RowCursor, field: Field, about: str, rank: Rank, order: int = 0) -> Candidate:
    name = json.dumps(field.name, ensure_ascii=False)
    text = name[1:] if cursor.is_quoted else name
    before, after = ("", "") if cursor.has_colon else _around(field.type)
    plain = text if cursor.has_colon else f"{text}: {before}{after}"
    detail = f"{shown_type(field.type)}{', required' if field.required else ''}"
    snippet = f"{literal(text)}: {literal(before)}$1{literal(after)}" if before else None
    edit = Edit(cursor.span, plain)
    return Candidate(
        field.name, CandidateKind.KEY, edit, detail, (about,), rank, order, _filter(cursor, field.name), snippet
    )


def _around(type: FieldType) -> tuple[str, str]:
    """Return what is before and after the cursor in an empty value of a type."""
    options = type.options if isinstance(type, UnionType) else (type,)
    match options[0]:
        case StrType():
            return '"', '"'
        case ListType():
            return "[", "]"
        case RefType():
            return '{"name": "', '"}'
        case ModelType():
            return "{", "}"
        case _:
            return "", ""


def _names(
    workspace: Workspace, listings: tuple[Listing, ...], cursor: RowCursor, server_types: tuple[str, ...]
) -> Iterator[Candidate]:
    """Yield the instances of the runs that list the file, and then all others."""
    listed = frozenset(each.instance for each in listings)
    seen: dict[str, Instance] = {}
    for config in dict.fromkeys(each.config for each in listings):
        for instance in known(workspace, workspace.own_run(config), server_types):
            if instance.name not in seen or (instance.in_run and not seen[instance.name].in_run):
                seen[instance.name] = instance
    for name, instance in seen.items():
        rank = Rank.REQUIRED if name in listed else Rank.RUN if instance.in_run else Rank.WORKSPACE
        detail = f"{instance.server_type}/{instance.implementation}"
        yield _value(cursor, name, CandidateKind.INSTANCE, detail, instance.description, rank)


def _values(workspace: Workspace, rows: PurePath, cursor: RowCursor) -> Iterator[Candidate]:
    *around, key = cursor.path
    values: dict[object, None] = {}
    for field in fields_at(workspace, rows, around):
        if field.name == key:
            types = field.type.options if isinstance(field.type, UnionType) else (field.type,)
            values.update(dict.fromkeys(known_values(field.type)))
            values.update((value, None) for type in types if isinstance(type, BoolType) for value in (True, False))
    for value in values:
        if isinstance(value, str | int | float) and (isinstance(value, str) or not cursor.is_quoted):
            yield _value(cursor, value, CandidateKind.VALUE)


def _value(
    cursor: RowCursor,
    value: str | float,
    kind: CandidateKind,
    detail: str = "",
    about: str = "",
    rank: Rank = Rank.RUN,
) -> Candidate:
    text = json.dumps(value, ensure_ascii=False)
    edit = Edit(cursor.span, text[1:] if cursor.is_quoted else text)
    label = value if isinstance(value, str) else text
    return Candidate(label, kind, edit, detail, (about,), rank, filter_text=_filter(cursor, label))


def _filter(cursor: RowCursor, label: str) -> str:
    """Return what an editor compares with the word at the cursor: the label, or nothing if that is the label itself."""
    return "" if cursor.is_quoted else label
