"""The instances that the rows of datasets name: what is under the cursor, its definitions, and its uses.

Rows are JSON, so no other feature reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.gym.task_data import AGENT_REF, TASK_SOURCE
from gym_lsp.ide.lookup import meaning
from gym_lsp.ide.target import Location
from gym_lsp.memo import query
from gym_lsp.rows.judging import is_object, named_instances
from gym_lsp.rows.places import place_of
from gym_lsp.rows.reading import Row, row_at, rows_in, value_of
from gym_lsp.text import Span
from gym_lsp.workspace.listings import all_rows, first_text, listings_naming, whole_text
from gym_lsp.workspace.workspace import Workspace


class NamedInstance(Struct, frozen=True):
    """An instance that a row names. `span` covers the name without its quotes."""

    name: str
    span: Span


def instance_at(workspace: Workspace, path: PurePath, offset: int) -> NamedInstance | None:
    """Return the instance that a row names at an offset, or None."""
    text = whole_text(workspace, path)
    row = row_at(text, offset)
    named = () if row is None else _named_in(text, row)
    return next((each for each in named if each.span.contains(offset)), None)


def _named_in(text: str, row: Row) -> Iterator[NamedInstance]:
    """Yield the instances that a row of a text names."""
    if f'"{AGENT_REF}"' not in row.text and f'"{TASK_SOURCE}"' not in row.text:
        return
    value = value_of(row.text)
    for _, path, name in named_instances(value) if is_object(value) else ():
        place = place_of(text, row.start, path)
        if place is not None:
            yield NamedInstance(name, Span(place.value.start + 1, place.value.end - 1))


def definitions_of(workspace: Workspace, rows: PurePath, name: str) -> tuple[Location, ...]:
    """Return the places that define an instance that a row names.

    The runs that list the file decide. If none of them has the instance, all files of the search roots do.
    """
    having = (each.config for each in listings_naming(workspace, rows) if name in each.instances)
    others = (each.path for each in workspace.names.defined(name) if each.server_type is not None)
    for configs in (having, others):
        places = (place for path in dict.fromkeys(configs) for place in meaning(workspace, path, (name,)).places)
        found = tuple(dict.fromkeys(places))
        if found:
            return found
    return ()


def uses_in_rows(workspace: Workspace, name: str, places: Iterable[Location]) -> Iterator[tuple[PurePath, Span]]:
    """Yield the places in the rows of all datasets that name an instance with one of some definitions."""
    wanted = frozenset(places)
    for rows in all_rows(workspace):
        spans = _uses(workspace, rows).get(name, ())
        if spans and not wanted.isdisjoint(definitions_of(workspace, rows, name)):
            yield from ((rows, span) for span in spans)


@query
def _uses(workspace: Workspace, rows: PurePath) -> Mapping[str, tuple[Span, ...]]:
    """Return the places of each name in the first rows of a file."""
    # The text is not remembered, because it is large and what is made of it is small.
    return places_of_names(first_text(workspace, rows))


def places_of_names(text: str) -> Mapping[str, tuple[Span, ...]]:
    """Return the places of each instance that the rows of a text name."""
    found: dict[str, list[Span]] = {}
    for row in rows_in(text):
        for each in _named_in(text, row):
            found.setdefault(each.name, []).append(each.span)
    return {name: tuple(spans) for name, spans in found.items()}
