"""The configuration that a run amounts to as a document, each line with the place that its value comes from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import NamedTuple

from msgspec import Struct

from gym_lsp.compose.config import Provenance, key_span, value_span
from gym_lsp.compose.resolved import Line, resolved_lines
from gym_lsp.compose.run import Composition, Run
from gym_lsp.ide.target import Location
from gym_lsp.syntax import KeyPath
from gym_lsp.text import Span
from gym_lsp.workspace.workspace import Workspace

COLUMN = 56
"""Where comments begin, if the values leave room for it."""


class Source(NamedTuple):
    """What a value comes from, and where in it."""

    path: PurePath
    offset: int


class ResolvedLine(Struct, frozen=True):
    """One line. `place` is where its value is written, None where no file writes it; `how` says what does then.

    `source` is the file, or what else the value comes from; of what NeMo Gym generates, with the place in it that it
    is generated for.
    """

    text: str
    path: KeyPath
    place: Location | None
    how: Provenance | None
    source: Source | None = None


class ResolvedDocument(Struct, frozen=True):
    """All lines, in the order of the composed configuration."""

    lines: tuple[ResolvedLine, ...]

    def text(self, comment: Callable[[ResolvedLine], str] | None = None) -> str:
        """The YAML; `comment` gives what to say behind a line, empty for nothing."""
        spelled: list[str] = []
        for line in self.lines:
            said = "" if comment is None else comment(line)
            spelled.append(f"{line.text:<{COLUMN}}  # {said}\n" if said else f"{line.text}\n")
        return "".join(spelled)


def resolved_run(workspace: Workspace, run: Run) -> ResolvedDocument:
    """A run, resolved; secrets are masked. Raises OverrideError."""
    return resolved(workspace, workspace.compose(run))


def resolved(workspace: Workspace, composition: Composition) -> ResolvedDocument:
    """What a run was composed to; secrets are masked."""
    lines = resolved_lines(composition.config, frozenset(workspace.environment))
    return ResolvedDocument(tuple(_with_place(line) for line in lines))


def _with_place(line: Line) -> ResolvedLine:
    value = line.value
    if value is None:
        return ResolvedLine(line.text, line.path, None, None)
    source = Source(value.origin.path, value_span(value).start)
    place = None
    if value.origin.provenance in (Provenance.WRITTEN, Provenance.ENVIRONMENT):
        selection = key_span(value)
        place = Location(value.origin.path, Span(selection.start, max(selection.end, value.node.end)), selection)
    return ResolvedLine(line.text, line.path, place, value.origin.provenance, source)


def origin(workspace: Workspace, line: ResolvedLine, line_number: Callable[[PurePath, int], int]) -> str:
    """Where the value of a line comes from, in words: `file:line`, or what else gives it; empty where nothing does.

    `line_number` counts from 1.
    """
    if line.source is None:
        return ""
    path, offset = line.source
    if line.how in (Provenance.STAND_IN, Provenance.OVERRIDE):
        return path.as_posix().strip("<>")
    generated = " (generated)" if line.how is Provenance.GENERATED else ""
    return f"{workspace.spelled(path)}:{line_number(path, offset)}{generated}"
