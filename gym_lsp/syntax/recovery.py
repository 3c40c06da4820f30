"""A tree for text that is not valid YAML.

While a user types, the text is invalid most of the time, and the features must still work. Lines that may be the cause
are replaced by spaces, one after the other, until the rest can be read. Spaces keep all offsets, so the rest of the
text stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gym_lsp.syntax.reader import Reading, read
from gym_lsp.text import LineIndex, Span

MOST_ATTEMPTS = 24
"""Lines. If more of them had to be given up, the text gets no tree."""
MOST_READ = 4 * 1024 * 1024
"""Code points that all attempts together may read."""
LARGEST = 256 * 1024
"""Code points. A larger text gets no attempts: no one types it, and each attempt reads the whole text again."""


class _Attempt(NamedTuple):
    """The outcome of replacing one line by spaces.

    The best attempt can be read furthest. If two can be read equally far, the better one keeps more of the tree.
    """

    reached: int
    keeps_children: bool
    span: Span
    reading: Reading

    @property
    def is_perfect(self) -> bool:
        return self.reading.failed_at is None and self.keeps_children


def recover(text: str, broken: Reading) -> tuple[Reading, tuple[Span, ...]]:
    """Return the reading of the rest of `text`, and the lines that were given up."""
    lines = LineIndex(text)
    given_up: list[Span] = []
    current, failed = text, broken
    budget = MOST_READ
    while failed.failed_at is not None and len(given_up) < MOST_ATTEMPTS and len(text) <= min(LARGEST, budget):
        best: _Attempt | None = None
        for line in _suspects(lines, current, failed):
            budget -= len(text)
            attempt = _attempt(lines, current, line)
            if best is None or attempt[:2] > best[:2]:
                best = attempt
            if best.is_perfect:
                break
        if best is None:
            break
        given_up.append(best.span)
        current, failed = _blank(current, best.span), best.reading
    if failed.failed_at is None:
        return failed, tuple(given_up)
    return Reading(None, (), (), broken.failed_at), tuple(given_up)


def _attempt(lines: LineIndex, text: str, line: int) -> _Attempt:
    span = lines.line_span(line)
    reading = read(_blank(text, span))
    reached = len(text) + 1 if reading.failed_at is None else reading.failed_at
    return _Attempt(reached, not _has_children(lines, text, line), span, reading)


def _suspects(lines: LineIndex, text: str, failed: Reading) -> Iterator[int]:
    """Yield the lines that may be the cause.

    They are the line of the failure, the last written line above it, and the lines on which an unfinished construct
    begins.
    """
    assert failed.failed_at is not None
    last = lines.line_of(min(failed.failed_at, len(text)))
    written = (line for line in range(last, -1, -1) if _indentation(lines, text, line) is not None)
    nearest = [line for line, _ in zip(written, range(2), strict=False)]
    yield from dict.fromkeys([*nearest, *(lines.line_of(offset) for offset in failed.suspects[:2])])


def _has_children(lines: LineIndex, text: str, line: int) -> bool:
    """Return whether the next written line is indented deeper, so that it would lose its parent with this line."""
    own = _indentation(lines, text, line)
    below = (_indentation(lines, text, next_) for next_ in range(line + 1, len(lines)))
    first = next((indentation for indentation in below if indentation is not None), None)
    return own is not None and first is not None and first > own


def _indentation(lines: LineIndex, text: str, line: int) -> int | None:
    """Return the indentation of a line; None if it is empty or contains only a comment."""
    content = lines.line_span(line).of(text)
    written = content.lstrip()
    return None if not written or written.startswith("#") else len(content) - len(written)


def _blank(text: str, span: Span) -> str:
    return text[: span.start] + " " * (span.end - span.start) + text[span.end :]
