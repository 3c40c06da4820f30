"""The comments of a document that may be for gym-lsp, and what each of them covers.

A comment of a shell covers its command or, on a line of its own, the command below. A comment of Markdown covers the
block below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from gym_lsp.commands.parts import SCRIPTS, blocks, shell_parts
from gym_lsp.commands.shell import shell_comments
from gym_lsp.project import NAME
from gym_lsp.text import LineIndex, Span

_MARKS = " \t>*-"
"""What may be before a comment or a fence: the marks of quotes and lists."""
_MARKUP = re.compile(r"[ \t>*-]{0,80}(?P<comment><!--[^\n]{0,1000}?-->|\{/\*[^\n]{0,1000}?\*/\})[ \t\r]*")


class Comment(Struct, frozen=True):
    """A comment from its first to its last character, and the part of the document that it covers.

    It covers nothing but itself if nothing follows. `is_alone` means that no other text is in its line.
    """

    span: Span
    covered: Span
    is_alone: bool


def comments(suffix: str, text: str) -> tuple[Comment, ...]:
    """Return the comments of a document that may be for gym-lsp, in their order."""
    if NAME not in text:
        return ()
    lines = LineIndex(text)
    found = [each for part in shell_parts(suffix, text) for each in _in_shell(text, lines, part)]
    if suffix not in SCRIPTS:
        found.extend(_in_markup(text, lines))
    return tuple(sorted(found, key=lambda comment: comment.span))


def _in_shell(text: str, lines: LineIndex, part: Span) -> Iterator[Comment]:
    if text.find(NAME, part.start, part.end) < 0:
        return
    first = lines.line_of(part.start)
    spans = [lines.line_span(number) for number in range(first, lines.line_of(part.end) + 1)]
    written = [span.of(text).strip(_MARKS) for span in spans]
    begins, ends = [*range(len(spans))], [span.end for span in spans]
    following: list[int | None] = [None] * len(spans)
    for index in range(len(spans) - 1, 0, -1):
        if written[index - 1].endswith("\\"):
            ends[index - 1] = ends[index]
        is_command = written[index] and not written[index].startswith("#") and spans[index].end <= part.end
        following[index - 1] = index if is_command else following[index]
    for index in range(1, len(spans)):
        if written[index - 1].endswith("\\"):
            begins[index] = begins[index - 1]
    for span in shell_comments(text, part.start, part.end):
        index = lines.line_of(span.start) - first
        if not written[index].startswith("#"):
            yield Comment(span, Span(spans[begins[index]].start, spans[index].end), is_alone=False)
            continue
        below = following[index]
        yield Comment(span, span if below is None else Span(spans[below].start, ends[below]), is_alone=True)


def _in_markup(text: str, lines: LineIndex) -> Iterator[Comment]:
    """Yield the comments on lines of their own that are not in a block."""
    start = 0
    for block in blocks(text):
        fence = lines.line_of(block.span.start) - 1
        inside = [_markup_at(text, lines, number) for number in range(lines.line_of(start), fence)]
        yield from _covering(text, lines, inside, lines.line_of(start), block.span)
        start = block.span.end
    last = [_markup_at(text, lines, number) for number in range(lines.line_of(start), len(lines))]
    for span in last:
        if span is not None:
            yield Comment(span, span, is_alone=True)


def _covering(text: str, lines: LineIndex, inside: Iterable[Span | None], first: int, block: Span) -> Iterator[Comment]:
    """Yield the comments in some lines before a block. Those that are right before it cover it."""
    is_right_before = True
    found: list[Comment] = []
    for index, span in reversed([*enumerate(inside)]):
        if span is not None:
            found.append(Comment(span, block if is_right_before else span, is_alone=True))
        elif lines.line_span(first + index).of(text).strip(_MARKS):
            is_right_before = False
    yield from reversed(found)


def _markup_at(text: str, lines: LineIndex, number: int) -> Span | None:
    line = lines.line_span(number)
    match = _MARKUP.fullmatch(text, line.start, line.end) if line.end - line.start < 2_000 else None
    return None if match is None or NAME not in match["comment"] else Span(*match.span("comment"))
