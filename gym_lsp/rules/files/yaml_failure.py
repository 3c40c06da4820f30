"""A failure of libyaml with the lines around it, and the explanation of it: a message and a repair."""

from __future__ import annotations

import re

from msgspec import Struct

from gym_lsp.syntax import SyntaxProblem
from gym_lsp.text import Edit, LineIndex, Span

_WHITE_SPACE = " \t"
_MARGIN = re.compile(r"[ \t]*(?:- [ \t]*)*")


class Repair(Struct, frozen=True):
    """A title in the imperative, and an edit of the broken text."""

    title: str
    edit: Edit


class Explanation(Struct, frozen=True):
    """A message, its place, and a second place with a message of its own if two places explain the mistake."""

    message: str
    span: Span
    other: tuple[Span, str] | None = None
    repair: Repair | None = None


class Line(Struct, frozen=True):
    """One line of the text: where its content begins, and the content without indentation and list dashes."""

    start: int
    content: str

    @property
    def span(self) -> Span:
        return Span(self.start, self.start + len(self.content))


class YamlFailure(Struct, frozen=True):
    """A failure of libyaml: the text, what it reported, and the lines around it."""

    text: str
    problem: SyntaxProblem
    lines: LineIndex

    @property
    def span(self) -> Span:
        return self.problem.span

    @property
    def at(self) -> str:
        """The character at which it failed; empty at the end of the text."""
        return self.text[self.span.start : self.span.start + 1]

    @property
    def begun(self) -> Span:
        """The start of the construct that libyaml was reading."""
        return self.problem.first or self.span

    @property
    def is_on_one_line(self) -> bool:
        return "\n" not in self.text[self.begun.start : self.span.start]

    def line(self, offset: int) -> Line:
        span = self.lines.line_span(self.lines.line_of(offset))
        content = span.of(self.text)
        found = _MARGIN.match(content)
        margin = found.end() if found is not None else 0
        return Line(span.start + margin, content[margin:].rstrip())

    def above(self, offset: int) -> Line | None:
        """The nearest line above that is neither empty nor a comment."""
        number = self.lines.line_of(offset) - 1
        while number >= 0:
            line = self.line(self.lines.line_span(number).start)
            if line.content and not line.content.startswith("#"):
                return line
            number -= 1
        return None

    def below(self, offset: int) -> Line | None:
        """The nearest line below that is neither empty nor a comment."""
        for number in range(self.lines.line_of(offset) + 1, len(self.lines)):
            line = self.line(self.lines.line_span(number).start)
            if line.content and not line.content.startswith("#"):
                return line
        return None

    def column(self, line: Line) -> int:
        """Return how far the content of a line is indented."""
        return line.start - self.lines.line_span(self.lines.line_of(line.start)).start

    def indented(self, line: Line, like: Line) -> Edit | None:
        """Return the edit that indents a line like another one; None if there is text before its content."""
        start = self.lines.line_span(self.lines.line_of(line.start)).start
        if self.text[start : line.start].strip(" "):
            return None
        return Edit(Span(start, line.start), " " * self.column(like))

    def before(self) -> int | None:
        """Return the offset of the last character before the problem on its line, ignoring white space."""
        start = self.lines.line_span(self.lines.line_of(self.span.start)).start
        written = self.text[start : self.span.start].rstrip(_WHITE_SPACE)
        return start + len(written) - 1 if written else None
