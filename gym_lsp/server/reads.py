"""A record of what was read from disk, to find out later whether any of it has changed.

The settings, the install root and its profile depend on files outside the folders that a client watches, and on files
that do not exist yet. So each read is recorded with its answer, including "not there", and repeated from time to time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import PurePath

from gym_lsp.files import DirectoryEntry, Files, Forwarding, Kind


class _Question(Enum):
    """The question that a read asks about a path: whether it exists, or what it contains."""

    KIND = "kind"
    VERSION = "version"


Reads = dict[tuple[_Question, PurePath], object]
"""Questions and their answers. The version of a directory changes with every name in it, its kind does not."""


class RecordingFiles(Forwarding):
    """Files that record every read, in `reads` of their own or in the given ones."""

    def __init__(self, base: Files, reads: Reads | None = None) -> None:
        super().__init__(base)
        self.reads: Reads = {} if reads is None else reads

    def read(self, path: PurePath) -> str:
        self._record(_Question.VERSION, path)
        return super().read(path)

    def kind(self, path: PurePath) -> Kind | None:
        self._record(_Question.KIND, path)
        return super().kind(path)

    def entries(self, path: PurePath) -> tuple[DirectoryEntry, ...]:
        self._record(_Question.VERSION, path)
        return super().entries(path)

    def _record(self, question: _Question, path: PurePath) -> None:
        # This is recorded before the read, so that a change in between is noticed later.
        if (question, path) not in self.reads:
            self.reads[question, path] = _answers(self._base)[question](path)


def is_outdated(files: Files, reads: Reads) -> bool:
    """Whether any recorded read would give another answer now."""
    return any(True for _ in outdated(files, reads))


def outdated(files: Files, reads: Reads) -> Iterator[PurePath]:
    """Return the paths whose recorded reads would give another answer now."""
    answers = _answers(files)
    return (path for (question, path), answer in reads.items() if answers[question](path) != answer)


def _answers(files: Files) -> dict[_Question, Callable[[PurePath], object]]:
    return {_Question.KIND: files.kind, _Question.VERSION: files.version}
