"""A parsed text: its tree, what is wrong with it, and the places that the tree does not hold."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct

from gym_lsp.syntax.comments import find_comments, stray_tabs
from gym_lsp.syntax.reader import Kind, SyntaxProblem, read
from gym_lsp.syntax.recovery import recover
from gym_lsp.syntax.tree import Anchor, Value
from gym_lsp.text import LineIndex, Span


class Document(Struct, frozen=True, eq=False, dict=True):
    """The outcome of `parse`.

    `root` is the tree of the whole text, or, where the text is broken, of what is left after the lines in
    `given_up` were passed over; None where nothing is there.
    """

    text: str
    root: Value | None
    problems: tuple[SyntaxProblem, ...]
    anchors: tuple[Anchor, ...]
    given_up: tuple[Span, ...] = ()

    @property
    def is_broken(self) -> bool:
        """Whether libyaml could not read the text to its end."""
        return bool(self.given_up) or any(problem.kind.value == "syntax" for problem in self.problems)

    @cached_property
    def lines(self) -> LineIndex:
        return LineIndex(self.text)

    @cached_property
    def comments(self) -> tuple[Span, ...]:
        """The spans of the comments, from `#` to the end of the line."""
        return find_comments(self.text, self.root)


def parse(text: str) -> Document:
    """Parse any string as YAML, by the rules of OmegaConf's loader. Never raises."""
    reading = read(text)
    if reading.failed_at is None:
        tabs = tuple(SyntaxProblem(Kind.TAB, span, "") for span in stray_tabs(text, reading.root))
        return Document(text, reading.root, reading.problems + tabs, reading.anchors)
    rest, given_up = recover(text, reading)
    return Document(text, rest.root, reading.problems, rest.anchors, given_up)
