"""The resolved configuration of a run as a document, each line with the place that its value comes from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import NamedTuple

from msgspec import Struct

from gym_lsp.compose.config import Leaf, Provenance, key_span, value_span
from gym_lsp.compose.resolved import Line, resolved_lines, scalar
from gym_lsp.compose.run import Composition, Run
from gym_lsp.ide.target import Location
from gym_lsp.syntax import KeyPath
from gym_lsp.text import Span, visible
from gym_lsp.workspace.workspace import Workspace

COLUMN = 56
"""The column where comments begin, if the values are short enough."""


class SourcePlace(NamedTuple):
    """The source of a value, and the offset in it."""

    path: PurePath
    offset: int


class ResolvedLine(Struct, frozen=True):
    """One line of the document.

    `place` is the place of the value in a file, or None; `how` is the kind of its source. `source` is the source
    itself, even if it is not a file. For a value that NeMo Gym generates, it is the place that it is generated for.
    """

    text: str
    path: KeyPath
    place: Location | None
    how: Provenance | None
    source: SourcePlace | None = None


class ResolvedDocument(Struct, frozen=True):
    """The lines in the order of the composed configuration."""

    lines: tuple[ResolvedLine, ...]

    def text(self, comment: Callable[[ResolvedLine], str] | None = None) -> str:
        """Return the YAML. `comment` returns the comment after a line, or an empty string."""
        spelled: list[str] = []
        for line in self.lines:
            note = "" if comment is None else comment(line)
            spelled.append(f"{line.text:<{COLUMN}}  # {note}\n" if note else f"{line.text}\n")
        return "".join(spelled)


def resolved_run(workspace: Workspace, run: Run) -> ResolvedDocument:
    """Return the resolved configuration of a run, with masked secrets. Raises OverrideError."""
    return resolved(workspace, workspace.compose(run))


def resolved(workspace: Workspace, composition: Composition) -> ResolvedDocument:
    """Return the resolved configuration of a composed run, with masked secrets.

    Its first lines are comments that name the files whose values are missing, because they are outside of the
    workspace.
    """
    known = workspace.secrets(composition.run)
    lines = resolved_lines(composition.config, frozenset(workspace.environment), known)
    missing = (
        f"# not shown: {scalar(path.as_posix())}, which is outside of the workspace" for path in composition.outside
    )
    comments = (ResolvedLine(text, (), None, None) for text in missing)
    return ResolvedDocument((*comments, *map(_with_place, lines)))


def _with_place(line: Line) -> ResolvedLine:
    value = line.value
    if value is None:
        return ResolvedLine(line.text, line.path, None, None)
    # A block begins with its first child, one line below its own key.
    start = (value_span(value) if isinstance(value, Leaf) else key_span(value)).start
    source = SourcePlace(value.origin.path, start)
    place = None
    if value.origin.provenance in (Provenance.WRITTEN, Provenance.ENVIRONMENT):
        selection = key_span(value)
        place = Location(value.origin.path, Span(selection.start, max(selection.end, value.node.end)), selection)
    return ResolvedLine(line.text, line.path, place, value.origin.provenance, source)


class NamedSource(NamedTuple):
    """The name of the source of a value, and the line in it, counted from 1; None if it is not a file."""

    name: str
    line: int | None


def source_of(
    workspace: Workspace, line: ResolvedLine, line_number: Callable[[PurePath, int], int]
) -> NamedSource | None:
    """Return the source of the value of a line; None without a value. `line_number` returns line numbers from 1."""
    if line.source is None:
        return None
    path, offset = line.source
    if not path.is_absolute():
        return NamedSource(path.as_posix().strip("<>"), None)
    return NamedSource(visible(workspace.spelled(path)), line_number(path, offset))


def origin(workspace: Workspace, line: ResolvedLine, line_number: Callable[[PurePath, int], int]) -> str:
    """Return the source of the value of a line as `file:line`, or its name if it is not a file; empty without a value.

    `line_number` returns line numbers from 1.
    """
    source = source_of(workspace, line, line_number)
    if source is None:
        return ""
    place = source.name if source.line is None else f"{source.name}:{source.line}"
    return f"{place} (generated)" if line.how is Provenance.GENERATED else place
