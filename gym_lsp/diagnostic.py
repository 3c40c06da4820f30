"""What gym-lsp says about a place in a file, and the edits that would mend it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, IntEnum
from pathlib import PurePath
from typing import NamedTuple

from msgspec import Struct

from gym_lsp.text import Edit, Span


class Severity(IntEnum):
    """How much a finding matters; smaller is worse. The numbers are those of LSP."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    HINT = 4

    @property
    def label(self) -> str:
        return self.name.lower()


class Tag(Enum):
    """How an editor may draw the span: faded out or struck through."""

    UNNECESSARY = "unnecessary"
    DEPRECATED = "deprecated"


class Applicability(Enum):
    """Whether a fix may be applied without a person looking at it."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class FileEdit(NamedTuple):
    """An edit and the file it belongs to."""

    path: PurePath
    edit: Edit


class Fix(Struct, frozen=True):
    """One way to mend a finding: a title in the imperative, and the edits."""

    title: str
    edits: tuple[FileEdit, ...]
    applicability: Applicability = Applicability.UNSAFE


def apart(fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """The fixes that can be applied together, the earlier ones first: each whole, and none twice.

    Two fixes are not apart where one changes what the other changes, or where both insert at the same place: the second
    was thought out for a text that is no longer there, and can come in the next round.
    """
    kept: dict[Fix, None] = {}
    taken: dict[PurePath, list[Span]] = {}
    for fix in fixes:
        if fix in kept or any(_meets(edit.span, taken.get(path, ())) for path, edit in fix.edits):
            continue
        kept[fix] = None
        for path, edit in fix.edits:
            taken.setdefault(path, []).append(edit.span)
    return tuple(kept)


def _meets(span: Span, taken: Iterable[Span]) -> bool:
    return any(span.start == other.start or (span.start < other.end and other.start < span.end) for other in taken)


class RelatedLocation(Struct, frozen=True):
    """Another place that explains a finding: the definition, the duplicate, a step of an include chain."""

    path: PurePath
    span: Span
    message: str


class Diagnostic(Struct, frozen=True):
    """One finding.

    `span` is in code points of the file's text. `gym_error` is the name of the exception class that NeMo Gym
    itself would raise, where it would raise one. `run` holds the root configs of the run in which the finding
    arises, as they were given.
    """

    path: PurePath
    span: Span
    rule: str
    severity: Severity
    message: str
    gym_error: str | None = None
    run: tuple[str, ...] = ()
    related: tuple[RelatedLocation, ...] = ()
    fixes: tuple[Fix, ...] = ()
    tags: frozenset[Tag] = frozenset()
    key_path: tuple[str | int, ...] = ()
    """Where in the file's own tree the finding lies; baselines are keyed by it, so that they survive edits."""

    @property
    def sort_key(self) -> tuple[str, int, int, int, str, str]:
        return (
            self.path.as_posix(),
            self.span.start,
            self.span.end,
            int(self.severity),
            self.rule,
            self.message,
        )
