"""What the settings, the install root and its profile were read from, so that a change of any of it is noticed.

An environment lies outside of the folders that a client watches, and a new one may appear where there was none: so each
question to the disk is noted with its answer, those about what was not there included, and asked again now and then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import PurePath

from gym_lsp.files import Entry, Files, Kind, Overlay


class _Question(Enum):
    """What can be asked about a path: whether it is there, or what it holds."""

    KIND = "kind"
    VERSION = "version"


Notes = dict[tuple[_Question, PurePath], object]
"""Questions and their answers. The version of a directory changes with every name in it, its kind does not."""


class Noted(Overlay):
    """Files that note what is asked of them, in `notes` of their own or in those that are given."""

    def __init__(self, beneath: Files, notes: Notes | None = None) -> None:
        super().__init__(beneath, {})
        self.notes: Notes = {} if notes is None else notes

    def read(self, path: PurePath) -> str:
        self._note(_Question.VERSION, path)
        return super().read(path)

    def kind(self, path: PurePath) -> Kind | None:
        self._note(_Question.KIND, path)
        return super().kind(path)

    def entries(self, path: PurePath) -> tuple[Entry, ...]:
        self._note(_Question.VERSION, path)
        return super().entries(path)

    def _note(self, question: _Question, path: PurePath) -> None:
        # The note is taken before the answer: what changes in between is seen at the next look.
        if (question, path) not in self.notes:
            self.notes[question, path] = _asking(self._beneath)[question](path)


def is_outdated(files: Files, notes: Notes) -> bool:
    """Whether the disk would answer one of the noted questions in another way now."""
    return any(True for _ in outdated(files, notes))


def outdated(files: Files, notes: Notes) -> Iterator[PurePath]:
    """The paths about which the disk would answer one of the noted questions in another way now."""
    asking = _asking(files)
    return (path for (question, path), answer in notes.items() if asking[question](path) != answer)


def _asking(files: Files) -> dict[_Question, Callable[[PurePath], object]]:
    return {_Question.KIND: files.kind, _Question.VERSION: files.version}
