"""Asks features about the cursor of a fixture, and turns places into what the fixture's marks say."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from textwrap import dedent

from gym_lsp.ide.target import Place
from gym_lsp.text import LineIndex, Span
from gym_lsp.workspace.workspace import Workspace
from tests.fixture import ROOT, Fixture, parse_fixture

Spot = tuple[PurePath, Span]


def read(text: str) -> tuple[Fixture, Workspace, PurePath, int]:
    """A fixture, its workspace, and its cursor."""
    fixture = parse_fixture(dedent(text).strip() + "\n")
    assert fixture.cursor is not None, "the fixture has no $0"
    return fixture, fixture.workspace(), fixture.cursor.path, fixture.cursor.offset


def spots(places: Iterable[Place]) -> list[Spot]:
    return [(place.path, place.selection) for place in places]


def shown(fixture: Fixture, found: Iterable[Spot]) -> list[str]:
    """Places as a person reads them: `a.yaml:3:5 text`; a whole file is its path alone."""
    lines: list[str] = []
    for path, span in found:
        text = fixture.files.get(path, "")
        position = LineIndex(text).position(span.start)
        name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        place = "" if span.end == 0 else f":{position.line + 1}:{position.column + 1} {span.of(text)}"
        lines.append(f"{name}{place}")
    return lines
