"""Workspace symbols: the named components of all files, for the search of the editor."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.files import Kind
from gym_lsp.gym.layout import (
    AGENTS,
    BENCHMARKS_FOLDER,
    CONFIG_FILENAME,
    COPY,
    ENVIRONMENTS_FOLDER,
    INHERIT_FROM,
    MANIFEST_FILENAME,
    USUAL_ENTRYPOINT,
)
from gym_lsp.ide.fuzzy import fuzzy_score
from gym_lsp.ide.paths import file_location
from gym_lsp.ide.symbols import SymbolKind, is_sandbox
from gym_lsp.ide.target import Location, key_location
from gym_lsp.memo import query
from gym_lsp.syntax import Entry, Mapping
from gym_lsp.workspace.workspace import Workspace

MOST = 200
"""Symbols in an answer that is not sent in parts; a longer query returns fewer."""
_BENCHMARK = re.compile(r"""\btype\s*:\s*["']?benchmark\b""")


class WorkspaceSymbol(Struct, frozen=True):
    """A named component and its place. `container` is the file or the folder that contains it."""

    name: str
    kind: SymbolKind
    place: Location
    container: str


def workspace_symbols(workspace: Workspace, text: str) -> Iterator[WorkspaceSymbol]:
    """Yield the instances, sandboxes, environments, benchmarks and agents whose names match, the best match first.

    For equal matches, those of the workspace come before those of NeMo Gym. All names are compared first, and a symbol
    is made only when its turn comes.
    """
    for match in sorted(_matches(workspace, text), key=lambda match: match.order):
        yield from match.symbols()


class _Match(Struct, frozen=True):
    """A place whose name matches, by its order among all. `symbols` returns none if it is not a symbol after all."""

    order: tuple[int, bool, str, str]
    symbols: Callable[[], Iterable[WorkspaceSymbol]]


def _matches(workspace: Workspace, text: str) -> Iterator[_Match]:
    members = workspace.member_set

    def match(
        name: str, path: PurePath, container: str, symbols: Callable[[], Iterable[WorkspaceSymbol]], score: int
    ) -> _Match:
        is_foreign = path not in members and not path.is_relative_to(workspace.root)
        return _Match((-score, is_foreign, name, container), symbols)

    for name, paths in workspace.names.occurrences().items():
        score = fuzzy_score(text, name)
        for path in paths if score is not None else ():
            symbols = partial(_top_level, workspace, path, name)
            yield match(name, path, workspace.spelled(path), symbols, score or 0)
    for path in (*workspace.members, *workspace.library):
        named = _named_by_place(workspace, path)
        score = None if named is None else fuzzy_score(text, named[0])
        if named is not None and score is not None:
            symbol = partial(_by_place, workspace, path, *named)
            yield match(named[0], path, workspace.spelled(path), symbol, score)
    for agent in _agents(workspace):
        score = fuzzy_score(text, agent.name)
        if score is not None:
            yield match(agent.name, agent.place.path, agent.container, lambda agent=agent: (agent,), score)


def _by_place(workspace: Workspace, path: PurePath, name: str, kind: SymbolKind) -> Iterator[WorkspaceSymbol]:
    yield WorkspaceSymbol(name, kind, file_location(path), workspace.spelled(path))


@query
def _named_by_place(workspace: Workspace, path: PurePath) -> tuple[str, SymbolKind] | None:
    """Return the environment or the benchmark that a config is because of its folder, or None."""
    parts = tuple(workspace.spelled(path).split("/"))
    if parts[0] == ENVIRONMENTS_FOLDER and len(parts) == 3 and parts[2] == CONFIG_FILENAME:
        return parts[1], SymbolKind.ENVIRONMENT
    if parts[0] != BENCHMARKS_FOLDER or len(parts) < 2 or parts[-1] == MANIFEST_FILENAME:
        return None
    if len(_BENCHMARK.findall(workspace.text(path) or "")) != 1:
        return None
    is_config = len(parts) == 3 and parts[2] == CONFIG_FILENAME
    inside = "/".join(parts[1:])
    return (parts[1] if is_config else inside.removesuffix(path.suffix)), SymbolKind.BENCHMARK


def _top_level(workspace: Workspace, path: PurePath, name: str) -> Iterator[WorkspaceSymbol]:
    root = workspace.gym_part(path).document.root
    entry = root.entry(name) if isinstance(root, Mapping) else None
    kind = None if entry is None else _kind(workspace, entry)
    if entry is not None and kind is not None:
        yield WorkspaceSymbol(name, kind, key_location(path, entry), workspace.spelled(path))


def _kind(workspace: Workspace, entry: Entry) -> SymbolKind | None:
    value = entry.value
    if not isinstance(value, Mapping):
        return None
    keys = {below.name for below in value.entries}
    if not keys.isdisjoint((*workspace.profile.server_types, INHERIT_FROM, COPY)):
        return SymbolKind.INSTANCE
    return SymbolKind.SANDBOX if is_sandbox(value, workspace.profile) else None


def _agents(workspace: Workspace) -> Iterator[WorkspaceSymbol]:
    """Yield the agents by the names of their folders; if several roots have one, the first."""
    seen: set[str] = set()
    for root in workspace.search.roots:
        for entry in workspace.files.entries(root / AGENTS):
            file = root / AGENTS / entry.name / USUAL_ENTRYPOINT
            if entry.kind is Kind.DIRECTORY and entry.name not in seen and workspace.files.kind(file) is Kind.FILE:
                seen.add(entry.name)
                yield WorkspaceSymbol(entry.name, SymbolKind.AGENT, file_location(file), f"{AGENTS}/{entry.name}")
