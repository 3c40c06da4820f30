"""Workspace symbols: the named components of all files, for the search of the editor."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
from gym_lsp.syntax import Entry, Mapping
from gym_lsp.workspace.workspace import Workspace

MOST = 200
"""Symbols in one answer; a longer query returns fewer."""
_BENCHMARK = re.compile(r"""\btype\s*:\s*["']?benchmark\b""")


class WorkspaceSymbol(Struct, frozen=True):
    """A named component and its place. `container` is the file or the folder that contains it."""

    name: str
    kind: SymbolKind
    place: Location
    container: str


def workspace_symbols(workspace: Workspace, query: str) -> tuple[WorkspaceSymbol, ...]:
    """Return the instances, sandboxes, environments, benchmarks and agents whose names match, the best match first.

    For equal matches, those of the workspace come before those of NeMo Gym.
    """
    members = workspace.member_set
    found: list[tuple[int, bool, WorkspaceSymbol]] = []
    for score, symbol in (*_by_key(workspace, query), *_by_place(workspace, query)):
        path = symbol.place.path
        found.append((-score, path not in members and not path.is_relative_to(workspace.root), symbol))
    found.sort(key=lambda each: (each[0], each[1], each[2].name, each[2].container))
    return tuple(symbol for _, _, symbol in found[:MOST])


def _by_key(workspace: Workspace, query: str) -> Iterator[tuple[int, WorkspaceSymbol]]:
    for name, paths in workspace.names.occurrences().items():
        score = fuzzy_score(query, name)
        for path in paths if score is not None else ():
            for symbol in _top_level(workspace, path, name):
                yield score or 0, symbol


def _by_place(workspace: Workspace, query: str) -> Iterator[tuple[int, WorkspaceSymbol]]:
    for path in (*workspace.members, *workspace.library):
        named = _named_by_place(workspace, path)
        score = None if named is None else fuzzy_score(query, named[0])
        if named is not None and score is not None:
            yield score, WorkspaceSymbol(*named, file_location(path), workspace.spelled(path))
    for symbol in _agents(workspace):
        score = fuzzy_score(query, symbol.name)
        if score is not None:
            yield score, symbol


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
    root = workspace.load(path).document.root
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
