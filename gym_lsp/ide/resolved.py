"""The configuration that a run amounts to as a document, each line with the place that its value comes from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import NamedTuple

from gym_lsp.compose.config import How, key_span
from gym_lsp.compose.resolved import Line, resolved_lines
from gym_lsp.compose.run import Composition, Run
from gym_lsp.ide.lookup import own_run
from gym_lsp.ide.target import Place
from gym_lsp.syntax import KeyPath
from gym_lsp.text import Span
from gym_lsp.workspace.workspace import Workspace


class ResolvedLine(NamedTuple):
    """One line. `place` is where its value is written, None where no file writes it; `how` says what does then."""

    text: str
    path: KeyPath
    place: Place | None
    how: How | None


class ResolvedDocument(NamedTuple):
    """All lines, in the order of the composed configuration."""

    lines: tuple[ResolvedLine, ...]

    def text(self, comment: Callable[[ResolvedLine], str] | None = None) -> str:
        """The YAML; `comment` gives what to say behind a line, empty for nothing."""
        spelled: list[str] = []
        for line in self.lines:
            said = "" if comment is None else comment(line)
            spelled.append(f"{line.text}  # {said}\n" if said else f"{line.text}\n")
        return "".join(spelled)


def resolved_file(workspace: Workspace, path: PurePath) -> ResolvedDocument:
    """The own run of a file, resolved; secrets are masked."""
    return _resolved(workspace, own_run(workspace, path))


def resolved_run(workspace: Workspace, run: Run) -> ResolvedDocument:
    """A run, resolved; secrets are masked. Raises OverrideError."""
    return _resolved(workspace, workspace.compose(run))


def _resolved(workspace: Workspace, composition: Composition) -> ResolvedDocument:
    lines = resolved_lines(composition.config, frozenset(workspace.environment))
    return ResolvedDocument(tuple(_with_place(line) for line in lines))


def _with_place(line: Line) -> ResolvedLine:
    value = line.value
    if value is None:
        return ResolvedLine(line.text, line.path, None, None)
    place = None
    if value.origin.how in (How.WRITTEN, How.ENVIRONMENT):
        selection = key_span(value)
        place = Place(value.origin.path, Span(selection.start, max(selection.end, value.node.end)), selection)
    return ResolvedLine(line.text, line.path, place, value.origin.how)
