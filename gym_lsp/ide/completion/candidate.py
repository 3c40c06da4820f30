"""Completion candidates as plain data. Offsets are code points of the document."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, IntEnum

from msgspec import Struct

from gym_lsp.diagnostic import FileEdit
from gym_lsp.ide.markdown import Markdown
from gym_lsp.text import Edit


class CandidateKind(Enum):
    """The kinds of candidates, which determine their icons."""

    KEY = "key"
    VALUE = "value"
    INSTANCE = "instance"
    IMPLEMENTATION = "implementation"
    SANDBOX = "sandbox"
    FILE = "file"
    FOLDER = "folder"
    VARIABLE = "variable"
    RESOLVER = "resolver"
    ANCHOR = "anchor"
    SKELETON = "skeleton"
    RULE = "rule"


class Rank(IntEnum):
    """The source of a candidate, the nearest first."""

    REQUIRED = 0
    RUN = 1
    WORKSPACE = 2
    INSTALL = 3
    LAST = 4


class Candidate(Struct, frozen=True):
    """One completion item.

    `edit` replaces a span of one line, for clients without snippets; `snippet` is the same text with the tab stops of
    LSP. `filter_text` is the text that the client filters by, or empty for the label.
    `continues` is True if another segment follows, so that the client can request completion again at once.
    """

    label: str
    kind: CandidateKind
    edit: Edit
    detail: str = ""
    documentation: Markdown = ()
    rank: Rank = Rank.RUN
    order: int = 0
    filter_text: str = ""
    snippet: str | None = None
    additional_edits: tuple[FileEdit, ...] = ()
    deprecated: bool = False
    continues: bool = False

    @property
    def start(self) -> int:
        """The offset at which the typed word begins."""
        return self.edit.span.start

    @property
    def sort_key(self) -> str:
        """A text that sorts by rank, then by order, then by name."""
        return f"{int(self.rank)}{self.order:03}{self.label.casefold()}"

    def built(self) -> Candidate:
        """Return the candidate itself, for the loop over those that are not built yet."""
        return self


class Proposal(Struct, frozen=True):
    """A candidate that is built only if it is sent, because a large tree has thousands of names.

    The fields are what decides whether it is sent. `build` returns the candidate, with the same label, rank and order.
    `start` is the offset at which the typed word begins.
    """

    label: str
    start: int
    build: Callable[[Proposal], Candidate]
    rank: Rank = Rank.RUN
    order: int = 0
    filter_text: str = ""

    def built(self) -> Candidate:
        """Return the candidate."""
        return self.build(self)


def literal(text: str) -> str:
    """Return text with the escapes of a snippet."""
    return text.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}")


def stop(number: int, text: str = "") -> str:
    """Return a tab stop with its placeholder text; number 0 is the last one."""
    return f"${{{number}:{literal(text)}}}" if text else f"${number}"


def choice(number: int, options: tuple[str, ...]) -> str:
    """Return a tab stop with a choice of texts."""
    escaped = (option.replace("\\", "\\\\").replace(",", "\\,").replace("|", "\\|") for option in options)
    return f"${{{number}|{','.join(escaped)}|}}"
