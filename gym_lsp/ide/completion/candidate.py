"""What completion offers: plain data, in code points of the document."""

from __future__ import annotations

from enum import Enum, IntEnum

from msgspec import Struct

from gym_lsp.diagnostic import FileEdit
from gym_lsp.text import Edit


class CandidateKind(Enum):
    """What a candidate is; an editor draws it by this."""

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
    """Where a candidate comes from, the nearest first."""

    REQUIRED = 0
    RUN = 1
    WORKSPACE = 2
    INSTALL = 3
    LAST = 4


class Candidate(Struct, frozen=True):
    """One thing to put at the cursor.

    `edit` is one line's span and the text for clients without snippets; `snippet` is the same text with tab stops, as
    LSP writes them. `documentation` is Markdown. `filter_text` is what the client compares with what is typed, empty
    for the label. `goes_on` says that another segment follows, so that the client may ask again at once.
    """

    label: str
    kind: CandidateKind
    edit: Edit
    detail: str = ""
    documentation: str = ""
    rank: Rank = Rank.RUN
    order: int = 0
    filter_text: str = ""
    snippet: str | None = None
    additional_edits: tuple[FileEdit, ...] = ()
    deprecated: bool = False
    goes_on: bool = False

    @property
    def sort_key(self) -> str:
        """Sorts as text: by rank, by the order within it, by name."""
        return f"{int(self.rank)}{self.order:03}{self.label.casefold()}"


def literal(text: str) -> str:
    """Text as a snippet spells it where no tab stop is meant."""
    return text.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}")


def stop(number: int, text: str = "") -> str:
    """A tab stop with what stands there until something else is typed; 0 is the last one."""
    return f"${{{number}:{literal(text)}}}" if text else f"${number}"


def choice(number: int, options: tuple[str, ...]) -> str:
    """A tab stop with a few texts to choose from."""
    escaped = (option.replace("\\", "\\\\").replace(",", "\\,").replace("|", "\\|") for option in options)
    return f"${{{number}|{','.join(escaped)}|}}"
