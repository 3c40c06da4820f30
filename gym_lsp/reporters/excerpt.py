"""The lines of a finding with marks under its span, as rows without color."""

from __future__ import annotations

from msgspec import Struct

from gym_lsp.reporters.terminal import width_of
from gym_lsp.text import LineIndex, Span, visible

ELISION = "..."
"""Replaces the lines between the first and the last line of a span."""

_CUT = "…"


class Row(Struct, frozen=True):
    """One line of an excerpt: the label before the gutter, the rail that joins the lines of a span, and the text."""

    label: str
    rail: str
    text: str
    is_mark: bool


def draw(index: LineIndex, span: Span, *, mark: str, room: int) -> list[Row]:
    """Return the excerpt of a span, as rows whose rail and text take at most `room` columns.

    Of a span over several lines, the first and the last line are shown. The empty text has no excerpt.
    """
    if not index.text:
        return []
    span = _shown_span(index.text, span)
    first, last = index.line_of(span.start), index.line_of(span.end)
    if first == last:
        line = index.line_span(first)
        view = _view(line.of(index.text), span.start - line.start, span.end - line.start, room)
        marks = " " * view.column + mark * view.width
        return [Row(str(first + 1), "", view.text, False), Row("", "", marks, True)]
    return _draw_lines(index, span, mark=mark, room=room - 2)


def _draw_lines(index: LineIndex, span: Span, *, mark: str, room: int) -> list[Row]:
    first, last = index.line_of(span.start), index.line_of(span.end)
    head, foot = index.line_span(first), index.line_span(last)
    start = span.start - head.start
    opening = _view(head.of(index.text), start, start, room)
    closing = _view(foot.of(index.text), span.end - foot.start - 1, span.end - foot.start, room)
    if Span(head.start, span.start).of(index.text).strip() or opening.text.startswith(_CUT):
        rows = [
            Row(str(first + 1), "  ", opening.text, False),
            Row("", " ", "_" * (opening.column + 1) + mark, True),
        ]
    else:
        rows = [Row(str(first + 1), "/ ", opening.text, False)]
    if last > first + 1:
        rows.append(Row(ELISION, "|", "", False))
    rows.append(Row(str(last + 1), "| ", closing.text, False))
    rows.append(Row("", "|", "_" * (closing.column + closing.width) + mark, True))
    return rows


def _shown_span(text: str, span: Span) -> Span:
    """The span clamped to the text. A span that ends with a line break ends before it instead."""
    start = max(0, min(span.start, len(text)))
    end = max(start, min(span.end, len(text)))
    spelled = text[start:end]
    kept = spelled.rstrip()
    runs_on = "\n" in spelled[len(kept) :] or "\r" in spelled[len(kept) :]
    return Span(start, start + len(kept)) if runs_on else Span(start, end)


class _View(Struct, frozen=True):
    """The part of a line that fits, and the column and width of the marks under it."""

    text: str
    column: int
    width: int


def _view(line: str, start: int, end: int, room: int) -> _View:
    """Cut a line so that the span from `start` to `end` is visible, with `…` in place of what is cut."""
    # Only this part can be visible, and a line can have any length.
    nearest, furthest = max(0, start - room), min(len(line), start + room)
    widths = _widths(line[nearest:furthest])
    start, end = start - nearest, end - nearest
    left, right = _window(widths, start, end, room, whole=furthest - nearest == len(line))
    before = _CUT if nearest + left else ""
    after = _CUT if nearest + right < len(line) else ""
    text = before + visible(line[nearest + left : nearest + right]) + after
    width = sum(widths[start : min(end, right)]) + (1 if right < end else 0)
    return _View(text, len(before) + sum(widths[left:start]), max(1, width))


def _widths(line: str) -> list[int]:
    """The columns of each character."""
    if line.isascii() and line.isprintable():
        return [1] * len(line)
    return [width_of(visible(character)) for character in line]


def _window(widths: list[int], start: int, end: int, room: int, *, whole: bool) -> tuple[int, int]:
    """The range of characters to show: from the start of the line if the span fits then, else around the span."""
    # A mark after the last character takes a column, too.
    if whole and sum(widths) < room:
        return 0, len(widths)
    budget = room - 1 - 2 * len(_CUT)
    left = 0
    if sum(widths[:end]) > budget:
        spare = budget - sum(widths[start:end])
        context = spare // 2 if spare >= 0 else room // 4
        left = start
        while left > 0 and sum(widths[left - 1 : start]) <= context:
            left -= 1
    right = left
    while right < len(widths) and sum(widths[left : right + 1]) <= budget:
        right += 1
    return left, right
