"""A parsed text: its tree, its problems, and the places that are not part of the tree."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct

from gym_lsp.syntax.comments import find_comments, stray_tabs
from gym_lsp.syntax.reader import SyntaxProblem, SyntaxProblemKind, read
from gym_lsp.syntax.recovery import recover
from gym_lsp.syntax.tree import Anchor, Value
from gym_lsp.text import LineIndex, Span


class Document(Struct, frozen=True, eq=False, dict=True):
    """The result of `parse`.

    `root` is the tree of the text, or None if it is empty. If the text is broken, it is the tree of the text without
    the lines in `given_up`.
    """

    text: str
    root: Value | None
    problems: tuple[SyntaxProblem, ...]
    anchors: tuple[Anchor, ...]
    given_up: tuple[Span, ...] = ()

    @property
    def is_broken(self) -> bool:
        """Whether libyaml could not read the whole text."""
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
        tabs = tuple(SyntaxProblem(SyntaxProblemKind.TAB, span, "") for span in stray_tabs(text, reading.root))
        return Document(text, reading.root, reading.problems + tabs, reading.anchors)
    rest, given_up = recover(text, reading)
    return Document(text, rest.root, reading.problems, rest.anchors, given_up)
