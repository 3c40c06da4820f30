"""The format for people: each finding with its lines, related places, and fixes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.diagnostic import Diagnostic
from gym_lsp.reporters.excerpt import ELISION, Row, draw
from gym_lsp.reporters.paths import relative_path
from gym_lsp.reporters.report import Report, Sources, summary_line
from gym_lsp.reporters.terminal import SEVERITY_INK, Ink, Palette, width_of, wrap
from gym_lsp.text import Span, visible

_MOST_FIXES = 3
"""More fixes than this are similar to each other, such as one for each domain, so only a few are shown."""
_NARROWEST, _WIDEST = 40, 200
"""Columns. A narrower excerpt would be mostly cut off, and a wider line is hard to read."""


def render(report: Report, *, color: bool, width: int) -> str:
    """Render every finding with its excerpt, then the notes and the summary."""
    page = _Page(report, Palette(color=color), max(_NARROWEST, min(width, _WIDEST)))
    blocks = [page.finding(diagnostic) for diagnostic in report.diagnostics]
    blocks.extend(page.note("note", note, Ink.CYAN) for note in report.notes)
    blocks.append([page.summary()])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


class _Page:
    """One rendering of a report, with its width and colors."""

    def __init__(self, report: Report, palette: Palette, width: int) -> None:
        self._report = report
        self._sources = Sources(report)
        self._paint = palette.paint
        self._width = width

    def finding(self, diagnostic: Diagnostic) -> list[str]:
        ink = SEVERITY_INK[diagnostic.severity]
        gutter = self._gutter(diagnostic)
        lines = self._headline(diagnostic, ink)
        lines += self._excerpt(diagnostic.path, diagnostic.span, "^", ink, gutter)
        facts = [*self._run(diagnostic, self._width - gutter - 3), *self._exception(diagnostic)]
        if facts:
            lines.append(self._bar(gutter))
        for fact in facts:
            lines += self._hanging(f"{' ' * gutter} {self._paint('=', Ink.BLUE)} ", gutter + 3, fact)
        for related in diagnostic.related:
            lines += self.note("note", related.message, Ink.CYAN)
            lines += self._excerpt(related.path, related.span, "-", Ink.BLUE, gutter)
        for title in _fix_titles(diagnostic):
            lines += self.note("help", title, Ink.GREEN)
        return lines

    def note(self, label: str, message: str, ink: Ink) -> list[str]:
        return self._hanging(f"{self._paint(label, ink)}: ", len(label) + 2, message)

    def summary(self) -> str:
        return self._paint(summary_line(self._report), Ink.BOLD if self._report.diagnostics else Ink.GREEN)

    def _headline(self, diagnostic: Diagnostic, ink: Ink) -> list[str]:
        label = f"{diagnostic.severity.label}[{diagnostic.rule}]"
        first, *rest = wrap(diagnostic.message, self._width, first=len(label) + 2, indent="    ")
        headline = self._paint(label, ink) + self._paint(f": {first}", Ink.BOLD)
        return [headline, *(self._paint(line, Ink.BOLD) for line in rest)]

    def _excerpt(self, path: PurePath, span: Span, mark: str, ink: Ink, gutter: int) -> Iterator[str]:
        line, column = self._sources.range(path, span).start
        shown = visible(relative_path(path, self._report.working_directory))
        yield f"{' ' * gutter}{self._paint('-->', Ink.BLUE)} {shown}:{line}:{column}"
        rows = draw(self._sources.shown_lines(path), span, mark=mark, room=self._width - gutter - 3)
        if rows:
            yield self._bar(gutter)
        for row in rows:
            yield self._row(row, ink, gutter)

    def _row(self, row: Row, ink: Ink, gutter: int) -> str:
        if row.label == ELISION:
            # It replaces the line number and the bar after it.
            return self._paint(f"{row.label:<{gutter + 3}}", Ink.BLUE) + self._paint(row.rail, ink)
        text = row.text.rstrip()
        rail = row.rail if text else row.rail.rstrip()
        painted = self._paint(rail + text, ink) if row.is_mark else self._paint(rail, ink) + text
        return f"{self._bar(gutter, row.label)} {painted}".rstrip()

    def _bar(self, gutter: int, label: str = "") -> str:
        return self._paint(f"{label:>{gutter}} |", Ink.BLUE)

    def _hanging(self, prefix: str, columns: int, message: str) -> list[str]:
        first, *rest = wrap(message, self._width, first=columns, indent=" " * columns)
        return [prefix + first, *rest]

    def _gutter(self, diagnostic: Diagnostic) -> int:
        """The width of the widest line number that the finding's excerpts show."""
        places = [(diagnostic.path, diagnostic.span), *((place.path, place.span) for place in diagnostic.related)]
        return max(len(str(self._sources.range(path, span).last_line)) for path, span in places)

    def _run(self, diagnostic: Diagnostic, room: int) -> Iterator[str]:
        """The run that has the finding, unless it is the own run of the file."""
        run = diagnostic.run
        folders = (self._report.working_directory, *self._report.roots)
        is_own = len(run) == 1 and any(folder / run[0] == diagnostic.path for folder in folders)
        if run and not is_own:
            line = f"in the run of {' + '.join(run)}"
            yield line if width_of(line) <= room else "in the run of " + " +\n".join(run)

    def _exception(self, diagnostic: Diagnostic) -> Iterator[str]:
        if diagnostic.gym_error:
            yield f"NeMo Gym raises {diagnostic.gym_error}"


def _fix_titles(diagnostic: Diagnostic) -> Iterator[str]:
    titles = [fix.title for fix in diagnostic.fixes]
    if len(titles) <= _MOST_FIXES + 1:
        yield from titles
        return
    yield from titles[:_MOST_FIXES]
    yield f"... or one of {len(titles) - _MOST_FIXES} similar fixes"
