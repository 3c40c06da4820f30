"""The input of every format: the findings, and what is needed to show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from typing import NamedTuple

from msgspec import Struct

from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.text import LineIndex, Span


class RuleInfo(Struct, frozen=True):
    """A rule, as reports describe it."""

    name: str
    summary: str
    """One sentence."""
    url: str | None
    """The public address of the rule's page; `None` if it is not published."""
    severity: Severity
    """The severity by default, whatever the settings."""
    documentation: str
    """The rule's page, as Markdown."""


class Summary(NamedTuple):
    """The number of checked files, of findings by severity, and of files that were not checked.

    `information` counts hints too, so that the three numbers add up to all findings.
    """

    files: int
    errors: int
    warnings: int
    information: int
    not_checked: int = 0


class Report(Struct, frozen=True):
    """The result of one check.

    `diagnostics` are sorted by their `sort_key`. `texts` returns the text that the spans of a file refer to, and the
    empty text if the file could not be read; it does not raise. `shown` returns the same text with secrets replaced by
    as many other characters. Paths below `working_directory` are shown relative to
    it. `release` is the NeMo Gym release that the check used, None if no NeMo Gym was found. `notes` are about the
    whole check. `roots` are the folders that the paths of root configs are relative to. `files_not_checked` are YAML
    files that do not belong to NeMo Gym.
    """

    diagnostics: tuple[Diagnostic, ...]
    texts: Callable[[PurePath], str]
    shown: Callable[[PurePath], str]
    working_directory: PurePath
    release: str | None
    files_checked: int
    rules: Mapping[str, RuleInfo]
    notes: tuple[str, ...] = ()
    roots: tuple[PurePath, ...] = ()
    files_not_checked: int = 0

    @property
    def summary(self) -> Summary:
        return summarise(self.diagnostics, self.files_checked, self.files_not_checked)


def summarise(diagnostics: Iterable[Diagnostic], files: int, not_checked: int) -> Summary:
    """Count findings by severity."""
    counts = {Severity.ERROR: 0, Severity.WARNING: 0, Severity.INFORMATION: 0, Severity.HINT: 0}
    for diagnostic in diagnostics:
        counts[diagnostic.severity] += 1
    return Summary(
        files,
        counts[Severity.ERROR],
        counts[Severity.WARNING],
        counts[Severity.INFORMATION] + counts[Severity.HINT],
        not_checked,
    )


def summary_line(report: Report) -> str:
    """Return the last line of a report, such as `Found 2 errors, 1 warning in 14 files`."""
    files, errors, warnings, information, not_checked = report.summary
    counts = ((errors, "error"), (warnings, "warning"), (information, "information finding"))
    found = ", ".join(_count(number, noun) for number, noun in counts if number)
    others = f"; {_count(not_checked, 'other YAML file')} not checked" if not_checked else ""
    if found:
        return f"Found {found} in {_count(files, 'file')}{others}"
    if not files:
        return "No files checked"
    release = f" (NeMo Gym {report.release})" if report.release else ""
    return f"No problems in {_count(files, 'file')}{release}{others}"


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
    """The texts of a report, each read and split into lines only once."""

    def __init__(self, report: Report) -> None:
        self._texts = report.texts
        self._shown = report.shown
        self._lines: dict[PurePath, LineIndex] = {}
        self._shown_lines: dict[PurePath, LineIndex] = {}

    def lines(self, path: PurePath) -> LineIndex:
        index = self._lines.get(path)
        if index is None:
            index = self._lines[path] = LineIndex(self._texts(path))
        return index

    def shown_lines(self, path: PurePath) -> LineIndex:
        """Return the lines as they may be shown, without secrets."""
        index = self._shown_lines.get(path)
        if index is None:
            index = self._shown_lines[path] = LineIndex(self._shown(path))
        return index

    def range(self, path: PurePath, span: Span) -> Range:
        """Return the range of a span; a span that reaches past the end of the text is clamped."""
        index = self.lines(path)
        start = index.position(span.start)
        end = max(start, index.position(span.end))
        return Range(LineColumn(start.line + 1, start.column + 1), LineColumn(end.line + 1, end.column + 1))
