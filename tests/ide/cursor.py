"""Shared code of these tests: the cursor of a fixture, and places as text that is compared with its marks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from textwrap import dedent

from gym_lsp.ide.definition import declaration, definition, implementation
from gym_lsp.ide.folding import folding_ranges
from gym_lsp.ide.hierarchy import (
    call_items,
    incoming_calls,
    outgoing_calls,
    subtypes,
    supertypes,
    type_items,
)
from gym_lsp.ide.links import document_links
from gym_lsp.ide.markdown import Markdown, render
from gym_lsp.ide.references import highlights, references
from gym_lsp.ide.rename import prepare_rename, rename
from gym_lsp.ide.selection import selection_ranges
from gym_lsp.ide.symbols import document_symbols
from gym_lsp.ide.target import Location
from gym_lsp.text import LineIndex, Span
from gym_lsp.workspace.workspace import Workspace
from tests.fixture import ROOT, Fixture, parse_fixture

Spot = tuple[PurePath, Span]


def written(content: Markdown) -> str:
    """Return the Markdown of a hover or of documentation, with links as plain text."""
    return render(content, lambda link: link.text)


def read(text: str) -> tuple[Fixture, Workspace, PurePath, int]:
    """Return a fixture with its workspace and its cursor."""
    fixture = parse_fixture(dedent(text).strip() + "\n")
    assert fixture.cursor is not None, "the fixture has no $0"
    return fixture, fixture.workspace(), fixture.cursor.path, fixture.cursor.offset


def spots(places: Iterable[Location]) -> list[Spot]:
    return [(place.path, place.selection) for place in places]


def shown(fixture: Fixture, found: Iterable[Spot]) -> list[str]:
    """Return places as text: `a.yaml:3:5 text`, or only the path for a whole file."""
    lines: list[str] = []
    for path, span in found:
        text = fixture.files.get(path, "")
        position = LineIndex(text).position(span.start)
        name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        place = "" if span.end == 0 else f":{position.line + 1}:{position.column + 1} {span.of(text)}"
        lines.append(f"{name}{place}")
    return lines


def ask_everything(workspace: Workspace, path: PurePath, offset: int) -> None:
    """Call each navigation feature at an offset, to test that none raises."""
    for of_file in (document_symbols, folding_ranges, document_links):
        of_file(workspace, path)
    for at in (definition, declaration, implementation, references, highlights, prepare_rename, selection_ranges):
        at(workspace, path, offset)
    rename(workspace, path, offset, "renamed")
    # An open name can have dozens of similar candidates.
    for item in call_items(workspace, path, offset)[:2]:
        outgoing_calls(workspace, item)
        incoming_calls(workspace, item)
    for item in type_items(workspace, path, offset)[:2]:
        supertypes(workspace, item)
        subtypes(workspace, item)
