"""The order in which files are best checked, with those next to each other that read the same files.

It is a guess from the texts and the folders of the files, before anything is parsed. It affects only the time of a
check that several processes share.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from gym_lsp.gym.layout import CONFIG_FILENAME, MANIFEST_FILENAME
from gym_lsp.workspace.includers import mentioned
from gym_lsp.workspace.workspace import Workspace

_MANY = 8
"""Files. Each process soon reads a file that more of them mention, so it does not keep them together."""
_NAME = 1
"""The index of the name of a component in the path of its files: `environments/math/...`."""


def neighbours_together(workspace: Workspace, paths: Sequence[PurePath]) -> list[PurePath]:
    """Return the paths in an order that keeps files of one component, and files that include each other, together.

    A component is everything in folders of one name: an environment, its resources server, its agent.
    """
    by_name = {workspace.spelled(path): path for path in paths}
    read = {path: [name for name in _read_with(workspace, path) if name in by_name] for path in paths}
    readers = Counter(name for names in read.values() for name in names)
    leaders = {path: path for path in paths}

    def leader(path: PurePath) -> PurePath:
        while leaders[path] != path:
            leaders[path] = path = leaders[leaders[path]]
        return path

    first_of: dict[str, PurePath] = {}
    for path, names in read.items():
        leaders[leader(path)] = leader(first_of.setdefault(_component(workspace, path), path))
        for name in names:
            if readers[name] <= _MANY:
                leaders[leader(path)] = leader(by_name[name])
    together: dict[PurePath, list[PurePath]] = defaultdict(list)
    for path in paths:
        together[leader(path)].append(path)
    groups = sorted(together.values(), key=lambda group: _component(workspace, group[0]))
    return [path for group in groups for path in group]


def _component(workspace: Workspace, path: PurePath) -> str:
    steps = workspace.spelled(path).split("/")
    return steps[_NAME] if len(steps) > _NAME + 1 else steps[-1]


def _read_with(workspace: Workspace, path: PurePath) -> Iterator[str]:
    """Yield the files that checking one file is likely to read, as a config would name them."""
    yield from mentioned(workspace, path)
    if path.name == MANIFEST_FILENAME:
        yield workspace.spelled(path.with_name(CONFIG_FILENAME))
