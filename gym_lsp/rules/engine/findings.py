"""The findings of all rules in a run. Files and blocks that several runs share are checked once for all of them."""

from __future__ import annotations

from pathlib import PurePath

from gym_lsp.compose.config import Table
from gym_lsp.compose.run import Run
from gym_lsp.diagnostic import Diagnostic
from gym_lsp.memo import query
from gym_lsp.rules.engine.context import Block, Context, Scope
from gym_lsp.rules.engine.engine import Engine, Found
from gym_lsp.workspace.workspace import Workspace


@query
def findings_of_run(workspace: Workspace, engine: Engine, run: Run, scope: Scope) -> tuple[Diagnostic, ...]:
    """Return all findings in one run, including its files and blocks. Raises OverrideError."""
    composition = workspace.compose(run)
    context = Context.of(workspace, scope).of_run(composition)
    found = [*engine.about_run(context)]
    for file in composition.files:
        found.extend(engine.diagnostics(_in_file(workspace, engine, file.path, scope), run.roots))
    for name, value in composition.config.entries.items():
        if not isinstance(value, Table) or not isinstance(name, str) or name in context.profile.reserved_keys:
            continue
        if workspace.is_as_written(name, value):
            in_block = _in_block(workspace, engine, value.origin.path, name, scope)
        else:
            in_block = engine.found(context, Block.of(name, value, context.profile))
        found.extend(engine.diagnostics(in_block, run.roots))
    return tuple(found)


@query
def _in_file(workspace: Workspace, engine: Engine, path: PurePath, scope: Scope) -> tuple[Found, ...]:
    return tuple(engine.found(Context.of(workspace, scope), workspace.load(path)))


@query
def _in_block(workspace: Workspace, engine: Engine, path: PurePath, name: str, scope: Scope) -> tuple[Found, ...]:
    block = workspace.load(path).config.entries[name]
    assert isinstance(block, Table)
    return tuple(engine.found(Context.of(workspace, scope), Block.of(name, block, workspace.profile)))
