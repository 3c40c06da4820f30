"""A parsed text: its tree, its problems, and the places that are not part of the tree."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from gym_lsp.syntax.comments import find_comments, stray_tabs
from gym_lsp.syntax.reader import SyntaxProblem, SyntaxProblemKind, read
from gym_lsp.syntax.recovery import recover
from gym_lsp.syntax.stretches import Stretch, divide, joined, starts
from gym_lsp.syntax.tree import Anchor, Value
from gym_lsp.text import LineIndex, Span

LONG = 32 * 1024
"""Code points. A text that is not longer is always read as a whole."""


class Document(Struct, frozen=True, eq=False, dict=True):
    """The result of `parse`.

    `root` is the tree of the text, or None if it is empty. If the text is broken, it is the tree of the text without
    the lines in `given_up`. `stretches` are empty if the text was read as a whole; `known` are those that a reading of
    the next text can use again.
    """

    text: str
    root: Value | None
    problems: tuple[SyntaxProblem, ...]
    anchors: tuple[Anchor, ...]
    given_up: tuple[Span, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    known: tuple[Stretch, ...] = ()

    @property
    def is_broken(self) -> bool:
        """Whether libyaml could not read the whole text."""
        return bool(self.given_up) or any(problem.kind.value == "syntax" for problem in self.problems)

    def placed_stretches(self) -> Iterator[tuple[int, Stretch]]:
        """Yield each stretch after its offset in the text."""
        return zip(starts(self.stretches), self.stretches, strict=True)

    @cached_property
    def _stretch_by_name(self) -> dict[str, Stretch]:
        return {stretch.name: stretch for stretch in self.stretches}

    def stretch(self, name: str) -> Stretch:
        """Return the stretch that begins with a key. Raises KeyError if there is none."""
        return self._stretch_by_name[name]

    @cached_property
    def lines(self) -> LineIndex:
        return LineIndex(self.text)

    @cached_property
    def comments(self) -> tuple[Span, ...]:
        """The spans of the comments, from `#` to the end of the line."""
        return find_comments(self.text, self.root)


def parse(text: str, earlier: Document | None = None) -> Document:
    """Parse any string as YAML, by the rules of OmegaConf's loader. Never raises.

    `earlier` is the document before an edit. If the text is long, what has not changed is not read again; the result is
    the same.
    """
    known: tuple[Stretch, ...] = ()
    if earlier is not None and len(text) > LONG:
        known = earlier.known
        stretches = divide(text, known)
        if stretches is not None:
            root = joined(stretches, earlier.stretches, earlier.root)
            return Document(text, root, (), (), (), stretches, stretches)
    reading = read(text)
    if reading.failed_at is None:
        tabs = tuple(SyntaxProblem(SyntaxProblemKind.TAB, span, "") for span in stray_tabs(text, reading.root))
        return Document(text, reading.root, reading.problems + tabs, reading.anchors, known=known)
    rest, given_up = recover(text, reading)
    return Document(text, rest.root, reading.problems, rest.anchors, given_up, known=known)
