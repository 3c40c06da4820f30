"""A tree for text that is not YAML right now.

While somebody types, the text is broken most of the time, and the features must go on.
The lines at which libyaml gives up are blanked, one after the other, until the rest can be read; blanks keep every
offset as it is, so what survives is exactly where it was.
"""

from __future__ import annotations

from gym_lsp.syntax.reader import Reading, read
from gym_lsp.text import LineIndex, Span

MOST_ATTEMPTS = 24
"""Lines that may be given up in one text; a text with more breakage than that yields no tree."""


def recover(text: str, failed_at: int) -> tuple[Reading, tuple[Span, ...]]:
    """The reading of what is left of `text`, and the lines that were given up for it."""
    lines = LineIndex(text)
    given_up: list[Span] = []
    current = text
    for _ in range(MOST_ATTEMPTS):
        best: tuple[int, Span, Reading] | None = None
        for line in _suspects(lines, current, failed_at):
            span = lines.line_span(line)
            reading = read(_blank(current, span))
            reached = len(text) + 1 if reading.failed_at is None else reading.failed_at
            if best is None or reached > best[0]:
                best = (reached, span, reading)
            if reading.failed_at is None:
                break
        if best is None:
            break
        _, span, reading = best
        given_up.append(span)
        if reading.failed_at is None:
            return reading, tuple(given_up)
        current = _blank(current, span)
        failed_at = reading.failed_at
    return Reading(None, (), (), failed_at), tuple(given_up)


def _suspects(lines: LineIndex, text: str, failed_at: int) -> list[int]:
    """The line of the failure and the written line above it: one of them is to blame nearly always."""
    found: list[int] = []
    line = lines.line_of(min(failed_at, len(text)))
    while line >= 0 and len(found) < 2:
        if lines.line_span(line).of(text).strip():
            found.append(line)
        line -= 1
    return found


def _blank(text: str, span: Span) -> str:
    return text[: span.start] + " " * (span.end - span.start) + text[span.end :]
