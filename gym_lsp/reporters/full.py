"""The format for people: each finding with its lines, related places, and fixes.

Findings that are alike are one block with several places, and a related place is drawn only once, so that the same
mistake in thirty files does not fill thirty screens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

from gym_lsp.diagnostic import Diagnostic, RelatedLocation
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
    """Render every finding with its excerpt, those that are alike together, then the notes and the summary."""
    page = _Page(report, Palette(color=color), max(_NARROWEST, min(width, _WIDEST)))
    blocks = [page.findings(alike) for alike in page.grouped(report.diagnostics)]
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
        self._drawn: set[RelatedLocation] = set()

    def grouped(self, diagnostics: Iterable[Diagnostic]) -> list[list[Diagnostic]]:
        """Return the findings in their order, each with all that differ from it only in their place."""
        groups: dict[tuple[object, ...], list[Diagnostic]] = {}
        for each in diagnostics:
            facts = (*self._run(each, self._width), *self._exception(each))
            key = (each.rule, each.severity, each.message, facts, each.related, tuple(_fix_titles(each)))
            groups.setdefault(key, []).append(each)
        return list(groups.values())

    def findings(self, alike: Sequence[Diagnostic]) -> list[str]:
        """Return the lines of some findings that differ only in their place."""
        first = alike[0]
        ink = SEVERITY_INK[first.severity]
        gutter = self._gutter(alike)
        lines = self._headline(first, len(alike), ink)
        seen: set[tuple[str, ...]] = set()
        has_rows = False
        for each in alike:
            rows = self._rows(each.path, each.span, "^", gutter)
            text = tuple(row.text.strip() for row in rows if not row.is_mark)
            # The same line in another file shows nothing new.
            has_rows = text not in seen
            lines += self._excerpt(each.path, each.span, rows if has_rows else (), ink, gutter)
            seen.add(text)
        facts = [*self._run(first, self._width - gutter - 3), *self._exception(first)]
        if facts and has_rows:
            lines.append(self._bar(gutter))
        for fact in facts:
            lines += self._hanging(f"{' ' * gutter} {self._paint('=', Ink.BLUE)} ", gutter + 3, fact)
        for related in first.related:
            rows = () if related in self._drawn else self._rows(related.path, related.span, "-", gutter)
            self._drawn.add(related)
            lines += self.note("note", related.message, Ink.CYAN)
            lines += self._excerpt(related.path, related.span, rows, Ink.BLUE, gutter)
        for title in _fix_titles(first):
            lines += self.note("help", title, Ink.GREEN)
        return lines

    def note(self, label: str, message: str, ink: Ink) -> list[str]:
        return self._hanging(f"{self._paint(label, ink)}: ", len(label) + 2, message)

    def summary(self) -> str:
        return self._paint(summary_line(self._report), Ink.BOLD if self._report.diagnostics else Ink.GREEN)

    def _headline(self, diagnostic: Diagnostic, places: int, ink: Ink) -> list[str]:
        label = f"{diagnostic.severity.label}[{diagnostic.rule}]"
        message = f"{diagnostic.message} ({places} places)" if places > 1 else diagnostic.message
        first, *rest = wrap(message, self._width, first=len(label) + 2, indent="    ")
        headline = self._paint(label, ink) + self._paint(f": {first}", Ink.BOLD)
        return [headline, *(self._paint(line, Ink.BOLD) for line in rest)]

    def _rows(self, path: PurePath, span: Span, mark: str, gutter: int) -> Sequence[Row]:
        return draw(self._sources.shown_lines(path), span, mark=mark, room=self._width - gutter - 3)

    def _excerpt(self, path: PurePath, span: Span, rows: Sequence[Row], ink: Ink, gutter: int) -> Iterator[str]:
        line, column = self._sources.range(path, span).start
        shown = visible(relative_path(path, self._report.working_directory))
        yield f"{' ' * gutter}{self._paint('-->', Ink.BLUE)} {shown}:{line}:{column}"
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

    def _gutter(self, alike: Sequence[Diagnostic]) -> int:
        """The width of the widest line number that the excerpts of the findings show."""
        places = [(each.path, each.span) for each in alike]
        places += [(place.path, place.span) for place in alike[0].related]
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
