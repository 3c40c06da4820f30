"""What an answer depends on: every path that was asked for while one file was composed and checked.

An answer that is kept has to be dropped when one of these paths changes, those that were not there included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePath

from gym_lsp.check import Checker
from gym_lsp.files import Entry, Files, Kind, Overlay, Unreadable
from gym_lsp.workspace.workspace import Workspace


class Recorded(Overlay):
    """Files that remember what was asked of them, each question once, in the order of the first time."""

    def __init__(self, beneath: Files) -> None:
        super().__init__(beneath, {})
        self._asked: dict[tuple[str, PurePath], str] = {}

    def take(self) -> list[tuple[str, PurePath, str]]:
        """(question, path, outcome) since the last call."""
        taken = [(question, path, outcome) for (question, path), outcome in self._asked.items()]
        self._asked.clear()
        return taken

    def read(self, path: PurePath) -> str:
        try:
            text = super().read(path)
        except Unreadable as error:
            self._asked["read", path] = error.reason
            raise
        self._asked["read", path] = f"{len(text)} characters"
        return text

    def kind(self, path: PurePath) -> Kind | None:
        kind = super().kind(path)
        self._asked["kind", path] = "absent" if kind is None else kind.value
        return kind

    def entries(self, path: PurePath) -> tuple[Entry, ...]:
        entries = super().entries(path)
        self._asked["list", path] = f"{len(entries)} names"
        return entries

    def version(self, path: PurePath) -> object:
        version = super().version(path)
        self._asked["version", path] = "absent" if version is None else "present"
        return version


def reads_lines(files: Files, open_workspace: Callable[[Files], Workspace], path: PurePath) -> Iterator[str]:
    """What is asked for to open the workspace, to compose the own run of `path`, and to check it, step by step."""
    recorded = Recorded(files)
    workspace = open_workspace(recorded)
    yield from _step("to find NeMo Gym", workspace, recorded)
    _ = workspace.profile, workspace.search
    yield from _step("to read its profile", workspace, recorded)
    workspace.own_run(path)
    yield from _step("to compose the own run of the file", workspace, recorded)
    Checker(workspace).check_workspace([path])
    yield from _step("to check the file", workspace, recorded)


def _step(title: str, workspace: Workspace, recorded: Recorded) -> Iterator[str]:
    taken = recorded.take()
    yield f"{title}: {len(taken)}"
    for question, path, outcome in taken:
        shown = path.relative_to(workspace.root) if path.is_relative_to(workspace.root) else path
        yield f"  {question:<5} {shown.as_posix()}  ({outcome})"
