"""The fields of rows: those of the schema of their server, and those that every row can have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.gym.fields import DictType, Field, FieldType, ListType, ModelType, RefType, UnionType
from gym_lsp.gym.meanings import ROW, SERVER_REF
from gym_lsp.gym.task_data import LEGACY, NESTED, TASK_INPUT
from gym_lsp.ide.fields import declaration_of
from gym_lsp.ide.target import Location
from gym_lsp.rows.places import Step, key_at
from gym_lsp.rows.reading import row_at
from gym_lsp.text import Span
from gym_lsp.workspace.listings import listings_naming, prompt_columns, whole_text
from gym_lsp.workspace.workspace import Workspace

_CONTAINERS = ((NESTED,), (LEGACY,), (TASK_INPUT,), (TASK_INPUT, NESTED))
"""The key paths of the objects that contain the fields of a server, other than the row itself."""


class KeyInRow(Struct, frozen=True):
    """A key of a row with its span.

    `fields` are what it can be: one for each schema and model that has it, or one that every row can have. `prompts`
    are the files of the templates that it is inserted into.
    """

    span: Span
    name: str
    fields: tuple[Field, ...]
    prompts: tuple[PurePath, ...]


def key_in_row(workspace: Workspace, rows: PurePath, offset: int) -> KeyInRow | None:
    """Return the key at an offset of a file that a dataset names; None elsewhere, and for a key that is unknown."""
    text = whole_text(workspace, rows)
    row = row_at(text, offset)
    found = None if row is None else key_at(text, row.start, offset)
    if found is None or not isinstance(name := found[0][-1], str) or not listings_naming(workspace, rows):
        return None
    path, span = found
    fields: list[Field] = []
    for each in fields_at(workspace, rows, path[:-1]):
        if each.name == name and each not in fields:
            fields.append(each)
    prompts = dict.fromkeys(path for path, column in columns_of(workspace, rows) if column == name)
    is_column = len(path) == 1
    if not fields and not (is_column and prompts):
        return None
    return KeyInRow(span, name, tuple(fields), tuple(prompts) if is_column else ())


def declarations(workspace: Workspace, key: KeyInRow) -> tuple[Location, ...]:
    """Return the lines of the classes that declare a key."""
    found = (declaration_of(workspace, field) for field in key.fields)
    return tuple(dict.fromkeys(place for place in found if place is not None))


def columns_of(workspace: Workspace, rows: PurePath) -> Iterator[tuple[PurePath, str]]:
    """Yield the columns that the prompts of the datasets with a file of rows need, each with the file of its prompt."""
    prompts = (each.prompt for each in listings_naming(workspace, rows) if each.prompt is not None)
    for prompt in dict.fromkeys(prompts):
        yield from ((prompt, column) for column in prompt_columns(workspace, prompt))


def fields_at(workspace: Workspace, rows: PurePath, path: Sequence[Step]) -> Iterator[Field]:
    """Yield the fields of the object at a key path of a row, those of each schema that the rows must match.

    If a field has the same name in several models, it is yielded for each of them.
    """
    path = tuple(path)
    if not path:
        yield from ROW.values()
    elif path[0] in ROW and path not in _CONTAINERS:
        yield from _below((ROW[str(path[0])].type,), path[1:])
    owners = dict.fromkeys(each.owner for each in listings_naming(workspace, rows))
    for owner in owners:
        schema = None if owner is None else workspace.task_data(*owner)
        if schema is not None:
            container = next((each for each in reversed(_CONTAINERS) if path[: len(each)] == each), ())
            yield from _below((schema.type,), path[len(container) :])


def _below(types: Iterable[FieldType], path: Sequence[Step]) -> Iterator[Field]:
    """Yield the fields of the models that some types lead to by a key path."""
    types = tuple(option for type in types for option in (type.options if isinstance(type, UnionType) else (type,)))
    if not path:
        for type in types:
            if isinstance(type, ModelType):
                yield from type.model.fields.values()
            elif isinstance(type, RefType):
                yield from SERVER_REF.values()
        return
    step, *rest = path
    yield from _below((inner for type in types if (inner := _inside(type, step)) is not None), rest) if types else ()


def _inside(type: FieldType, step: Step) -> FieldType | None:
    match type:
        case ListType(item) if isinstance(step, int):
            return item
        case DictType(_, value):
            return value
        case ModelType(model):
            field = model.field(step)
            return None if field is None else field.type
        case _:
            return None
