"""Findings about places in files, and the edits that fix them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, IntEnum
from pathlib import PurePath
from typing import NamedTuple

from msgspec import Struct

from gym_lsp.text import Edit, Span


class Severity(IntEnum):
    """How serious a finding is; smaller is more serious. The numbers are those of LSP."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    HINT = 4

    @property
    def label(self) -> str:
        return self.name.lower()


class Tag(Enum):
    """How an editor can draw the span: faded out or struck through."""

    UNNECESSARY = "unnecessary"
    DEPRECATED = "deprecated"


class Applicability(Enum):
    """Whether a fix can be applied without review."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class FileEdit(NamedTuple):
    """An edit and the file it belongs to."""

    path: PurePath
    edit: Edit


class Fix(Struct, frozen=True):
    """One way to fix a finding: a title in the imperative, and the edits."""

    title: str
    edits: tuple[FileEdit, ...]
    applicability: Applicability = Applicability.UNSAFE


def apart(fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """Return the fixes that can be applied at the same time, in their order and without duplicates.

    Of two fixes that change the same text, or insert at the same offset, only the first is returned: the second was
    made for a text that no longer exists, and can be applied in the next round.
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
    """Another place that explains a finding, such as a definition, a duplicate, or a step of an include chain."""

    path: PurePath
    span: Span
    message: str


class Diagnostic(Struct, frozen=True):
    """One finding.

    `span` counts code points of the file's text. `gym_error` is the name of the exception class that NeMo Gym itself
    would raise, or None. `run` holds the root configs of the run that has the finding, as they were given.
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
    """The place of the finding in the tree of its file. Baselines use it instead of lines, so they survive edits."""

    @property
    def safe_fix(self) -> Fix | None:
        """The first fix that can be applied without review, or None."""
        return next((fix for fix in self.fixes if fix.applicability is Applicability.SAFE), None)

    @property
    def unambiguous_fix(self) -> Fix | None:
        """The safe fix, or else the only fix, or None. Between several unsafe fixes, a person has to choose."""
        return self.safe_fix or (self.fixes[0] if len(self.fixes) == 1 else None)

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
