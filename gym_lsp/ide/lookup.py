"""From a name to the places that define it, those of the file's own run first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.compose.config import Config, How, Table, at, history, key_span
from gym_lsp.compose.run import Composition
from gym_lsp.ide.target import Place
from gym_lsp.text import Span
from gym_lsp.workspace.workspace import Workspace


def runs_of(workspace: Workspace, path: PurePath) -> Iterator[Composition]:
    """The runs that a file is known to be part of: its own, those of the files that include it, declared ones."""
    yield workspace.own_run(path)
    for includer in workspace.includers(path):
        yield workspace.own_run(includer)
    for composition in workspace.declared_runs():
        if any(file.path == path for file in composition.files):
            yield composition


def find(composition: Composition, steps: tuple[str, ...]) -> Config | None:
    """What a dotted path means in a run: before directives take bases away, and else as it is in the end."""
    return at(composition.merged, steps) or at(composition.config, steps)


def definitions(
    workspace: Workspace, path: PurePath, steps: tuple[str, ...], server_type: str | None = None
) -> tuple[Place, ...]:
    """Every place that writes the value at a dotted path.

    Those of the file's own run come first, the one that wins before those that it overrides; then those of the runs
    that reach the file; then those of the other files in the search roots, the workspace before the install root.
    """
    found: dict[Place, None] = {}
    for composition in runs_of(workspace, path):
        config = find(composition, steps)
        if config is not None and _fits(config, server_type, len(steps)):
            found.update(dict.fromkeys(_places(config)))
    if not found:
        for definition in workspace.names.defined(steps[0]):
            if server_type is not None and definition.server_type not in (None, server_type):
                continue
            config = at(workspace.load(definition.path).config, steps)
            if config is not None:
                found.update(dict.fromkeys(_places(config)))
    return tuple(found)


def _fits(config: Config, server_type: str | None, depth: int) -> bool:
    if server_type is None or depth > 1 or not isinstance(config, Table):
        return True
    return server_type in config.entries or not any(isinstance(value, Table) for value in config.entries.values())


def _places(config: Config) -> Iterator[Place]:
    for each in history(config):
        if each.origin.how in (How.WRITTEN, How.ENVIRONMENT):
            selection = key_span(each)
            yield Place(each.origin.path, _whole(each, selection), selection)


def _whole(config: Config, selection: Span) -> Span:
    """The entry from its key to the end of its value."""
    return Span(min(selection.start, config.node.start), max(selection.end, config.node.end))
