"""The commands in a document, and what each of them selects: its configs, and the run that they make."""

from __future__ import annotations

from pathlib import PurePath

from gym_lsp.commands.invocation import LAUNCH, Invocation, invocations
from gym_lsp.compose.run import Run
from gym_lsp.files import Kind
from gym_lsp.gym.selectors import Selected
from gym_lsp.memo import query
from gym_lsp.workspace.named import config_named, lookup_of
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace


@query
def commands_in(workspace: Workspace, path: PurePath) -> tuple[Invocation, ...]:
    """Return the commands of NeMo Gym in a document; none if it cannot be read."""
    return tuple(invocations(path, workspace.text(path) or ""))


def run_of(workspace: Workspace, invocation: Invocation) -> Run | None:
    """Return the run of a command if everything that it consists of is known, and it starts servers.

    Its overrides are left out.
    """
    has_configs = bool(invocation.configs or invocation.named)
    if not (invocation.has_all_configs and invocation.serves and has_configs) or invocation.has_moved:
        return None
    if invocation.command == LAUNCH:
        return _run_of_recipe(workspace, invocation)
    roots: list[str] = []
    for config in invocation.configs:
        path = workspace.search.resolve(workspace.files, config.text) if config.is_known else None
        if path is None or workspace.files.kind(path) is not Kind.FILE:
            return None
        roots.append(config.text)
    selectors = lookup_of(workspace).options.selectors
    for option, selector in selectors.items():
        names = [each.name for each in invocation.named if each.option == option]
        for name in names if selector.is_repeatable else names[-1:]:
            found = config_named(workspace, option, name.text) if name.is_known else None
            if not isinstance(found, Selected):
                return None
            roots.append(workspace.spelled(found.path))
    if any(each.option not in selectors for each in invocation.named):
        return None
    return Run(tuple(roots), stand_ins=False)


def _run_of_recipe(workspace: Workspace, invocation: Invocation) -> Run | None:
    """Return the run that a training recipe embeds; None if a script is started with anything else."""
    config = invocation.configs[-1]
    path = workspace.search.resolve(workspace.files, config.text) if config.is_known else None
    is_recipe = path is not None and workspace.kind(path) is FileKind.RECIPE
    return Run.embedded(path) if path is not None and is_recipe else None


def known_part_of(workspace: Workspace, invocation: Invocation) -> Run | None:
    """Return a run of those configs of a command that are there; None if there are none.

    It shows where a name comes from, but not what is missing.
    """
    if invocation.command == LAUNCH:
        return _run_of_recipe(workspace, invocation) if invocation.configs else None
    entries = [each.text for each in invocation.configs if each.is_known]
    files = ((entry, workspace.search.resolve(workspace.files, entry)) for entry in entries)
    roots = [entry for entry, path in files if path is not None and workspace.files.kind(path) is Kind.FILE]
    for each in invocation.named:
        found = config_named(workspace, each.option, each.name.text) if each.name.is_known else None
        if isinstance(found, Selected):
            roots.append(workspace.spelled(found.path))
    return Run(tuple(roots), stand_ins=False) if roots else None
