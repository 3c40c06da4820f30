"""The instances that the rows of datasets name: what is under the cursor, its definitions, and its uses.

Rows are JSON, so no other feature reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.files import LARGEST_TEXT, Unreadable
from gym_lsp.gym.task_data import AGENT_REF, TASK_SOURCE
from gym_lsp.ide.lookup import meaning
from gym_lsp.ide.target import Location
from gym_lsp.memo import query
from gym_lsp.rows.judging import is_object, named_instances
from gym_lsp.rows.places import place_of
from gym_lsp.rows.reading import rows_in, value_of
from gym_lsp.text import Span
from gym_lsp.workspace.listings import all_rows, listings_naming
from gym_lsp.workspace.workspace import Workspace


class NamedInstance(Struct, frozen=True):
    """An instance that a row names. `span` covers the name without its quotes."""

    name: str
    span: Span


def instance_at(workspace: Workspace, path: PurePath, offset: int) -> NamedInstance | None:
    """Return the instance that a row names at an offset, or None."""
    text = workspace.text(path)
    if text is None:
        return None
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    line = next((row.text for row in rows_in(text[start:])), "")
    return next((each for each in _named_in(text, start, line) if each.span.contains(offset)), None)


def _named_in(text: str, start: int, line: str) -> Iterator[NamedInstance]:
    """Yield the instances that the row names which begins at an offset of a text."""
    if f'"{AGENT_REF}"' not in line and f'"{TASK_SOURCE}"' not in line:
        return
    value = value_of(line)
    for _, path, name in named_instances(value) if is_object(value) else ():
        place = place_of(text, start, path)
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
    """Return the places of each name in a file of rows; none if it is larger than a text of an editor."""
    found: dict[str, list[Span]] = {}
    # The text is not remembered, because it is large and what is made of it is small.
    text = head_of(workspace, rows)
    for row in rows_in(text):
        for each in _named_in(text, row.start, row.text):
            found.setdefault(each.name, []).append(each.span)
    return {name: tuple(spans) for name, spans in found.items()}


def head_of(workspace: Workspace, rows: PurePath) -> str:
    try:
        return workspace.files.head(rows, LARGEST_TEXT)
    except Unreadable:
        return ""
