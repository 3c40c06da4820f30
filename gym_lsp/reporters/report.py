"""What every format is given: the findings, and all it takes to put them into words and places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from typing import NamedTuple

from msgspec import Struct

from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.text import LineIndex, Span


class RuleInfo(Struct, frozen=True):
    """A rule, as a reader of a report meets it."""

    name: str
    summary: str
    """One sentence."""
    url: str
    """The rule's page, absolute."""
    severity: Severity
    """The severity that it has when no setting changes it."""
    documentation: str
    """The rule's page, as Markdown."""


class Summary(NamedTuple):
    """How many files were looked at, and how many findings of each severity there are.

    `information` counts hints too, so that the three numbers add up to all findings.
    """

    files: int
    errors: int
    warnings: int
    information: int


class Report(Struct, frozen=True):
    """The outcome of one check.

    `diagnostics` are sorted by their `sort_key`. `texts` gives the text that a diagnostic's spans speak of, and
    the empty text for a file that could not be read; it does not raise. Paths below `working_directory` are
    shown relative to it. `release` is that of the NeMo Gym whose rules were applied. `notes` are said once,
    whatever the findings. `roots` are the folders that the configs of runs are named from.
    """

    diagnostics: tuple[Diagnostic, ...]
    texts: Callable[[PurePath], str]
    working_directory: PurePath
    release: str | None
    files_checked: int
    rules: Mapping[str, RuleInfo]
    notes: tuple[str, ...] = ()
    roots: tuple[PurePath, ...] = ()

    @property
    def summary(self) -> Summary:
        return summarise(self.diagnostics, self.files_checked)


def summarise(diagnostics: Iterable[Diagnostic], files: int) -> Summary:
    """Count findings by severity."""
    counts = {Severity.ERROR: 0, Severity.WARNING: 0, Severity.INFORMATION: 0, Severity.HINT: 0}
    for diagnostic in diagnostics:
        counts[diagnostic.severity] += 1
    return Summary(
        files,
        counts[Severity.ERROR],
        counts[Severity.WARNING],
        counts[Severity.INFORMATION] + counts[Severity.HINT],
    )


def summary_line(report: Report) -> str:
    """The last line that a person reads: `Found 2 errors, 1 warning in 14 files.`"""
    files, errors, warnings, information = report.summary
    counts = ((errors, "error"), (warnings, "warning"), (information, "remark"))
    found = ", ".join(_count(number, noun) for number, noun in counts if number)
    if found:
        return f"Found {found} in {_count(files, 'file')}."
    release = f" (NeMo Gym {report.release})" if report.release else ""
    return f"No problems in {_count(files, 'file')}{release}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class LineColumn(NamedTuple):
    """A line and a column, both counted from 1; columns are code points."""

    line: int
    column: int


class Range(NamedTuple):
    """The position of the first character, and the position after the last."""

    start: LineColumn
    end: LineColumn

    @property
    def last_line(self) -> int:
        """The line of the last character; `end` can be the start of the line below."""
        return self.end.line - 1 if self.end.column == 1 and self.end.line > self.start.line else self.end.line


class Sources:
    """The texts that a report speaks of, each asked for and split into lines once."""

    def __init__(self, report: Report) -> None:
        self._texts = report.texts
        self._lines: dict[PurePath, LineIndex] = {}

    def lines(self, path: PurePath) -> LineIndex:
        index = self._lines.get(path)
        if index is None:
            index = self._lines[path] = LineIndex(self._texts(path))
        return index

    def range(self, path: PurePath, span: Span) -> Range:
        """Where a span lies; what reaches past the text is clamped to it."""
        index = self.lines(path)
        start = index.position(span.start)
        end = max(start, index.position(span.end))
        return Range(LineColumn(start.line + 1, start.column + 1), LineColumn(end.line + 1, end.column + 1))
