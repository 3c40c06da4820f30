"""Which files of a workspace are best asked about together, because a question about one reads the others too.

A guess by what their texts say of each other, made before anything is parsed. It decides what a check costs that is
shared out among processes, and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from gym_lsp.workspace.includers import mentioned
from gym_lsp.workspace.uses import MANIFEST
from gym_lsp.workspace.workspace import Workspace

_MANY = 8
"""Files. What more of them speak of is soon read by everybody, so it is no reason to stay together."""


def neighbourhoods(workspace: Workspace, paths: Sequence[PurePath]) -> list[list[PurePath]]:
    """The paths in groups of files that include each other, directly or not; in the order of their first members."""
    by_name = {workspace.spelled(path): path for path in paths}
    read = {path: [name for name in _read_with(workspace, path) if name in by_name] for path in paths}
    readers = Counter(name for names in read.values() for name in names)
    leaders = {path: path for path in paths}

    def leader(path: PurePath) -> PurePath:
        while leaders[path] != path:
            leaders[path] = path = leaders[leaders[path]]
        return path

    for path, names in read.items():
        for name in names:
            if readers[name] <= _MANY:
                leaders[leader(path)] = leader(by_name[name])
    groups: dict[PurePath, list[PurePath]] = {}
    for path in paths:
        groups.setdefault(leader(path), []).append(path)
    return list(groups.values())


def _read_with(workspace: Workspace, path: PurePath) -> Iterator[str]:
    """The files that a question about one is likely to read, as a config would name them."""
    yield from mentioned(workspace, path)
    if path.name == MANIFEST:
        yield workspace.spelled(path.with_name("config.yaml"))
