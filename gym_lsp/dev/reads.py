"""The paths that a result depends on: every path that is read while a file is composed and checked.

A cached result is invalid when one of these paths changes, including paths that did not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePath

from gym_lsp.check import Checker
from gym_lsp.files import DirectoryEntry, Files, Forwarding, Kind, Unreadable
from gym_lsp.workspace.workspace import Workspace


class Recorded(Forwarding):
    """Files that record each access once, in the order of the first access."""

    def __init__(self, base: Files) -> None:
        super().__init__(base)
        self._accesses: dict[tuple[str, PurePath], str] = {}

    def take(self) -> list[tuple[str, PurePath, str]]:
        """Return (operation, path, result) of each access since the last call."""
        taken = [(operation, path, result) for (operation, path), result in self._accesses.items()]
        self._accesses.clear()
        return taken

    def read(self, path: PurePath) -> str:
        try:
            text = super().read(path)
        except Unreadable as error:
            self._accesses["read", path] = error.reason
            raise
        self._accesses["read", path] = f"{len(text)} characters"
        return text

    def kind(self, path: PurePath) -> Kind | None:
        kind = super().kind(path)
        self._accesses["kind", path] = "absent" if kind is None else kind.value
        return kind

    def entries(self, path: PurePath) -> tuple[DirectoryEntry, ...]:
        entries = super().entries(path)
        self._accesses["list", path] = f"{len(entries)} names"
        return entries

    def version(self, path: PurePath) -> object:
        version = super().version(path)
        self._accesses["version", path] = "absent" if version is None else "present"
        return version


def reads_lines(files: Files, open_workspace: Callable[[Files], Workspace], path: PurePath) -> Iterator[str]:
    """Yield the accesses to open the workspace, to compose the own run of `path`, and to check it, step by step."""
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
    for operation, path, result in taken:
        shown = path.relative_to(workspace.root) if path.is_relative_to(workspace.root) else path
        yield f"  {operation:<5} {shown.as_posix()}  ({result})"
