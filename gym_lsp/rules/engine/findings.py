"""The findings of all rules in a run. Files and blocks that several runs share are checked once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

from msgspec.structs import replace

from gym_lsp.compose.config import Table
from gym_lsp.compose.run import Run
from gym_lsp.compose.secrets import Secrets, masked_text
from gym_lsp.diagnostic import Diagnostic
from gym_lsp.gym.release.profile import Profile
from gym_lsp.memo import query
from gym_lsp.rules.engine.context import Block, Context, Scope
from gym_lsp.rules.engine.engine import Engine, Found
from gym_lsp.rules.engine.outside import without_content
from gym_lsp.workspace.workspace import Workspace


@query
def findings_of_run(workspace: Workspace, engine: Engine, run: Run, scope: Scope) -> tuple[Diagnostic, ...]:
    """Return all findings in one run, including its files and blocks. Raises OverrideError.

    They contain no secret, and nothing of files outside of the workspace.
    """
    found = _found(workspace, engine, run, scope)
    if workspace.compose(run).outside:
        everywhere = replace(run, sees_outside=True)
        judged = _found(workspace, engine, everywhere, scope)
        found = without_content(judged, found, workspace.compose(everywhere), workspace, engine)
    return tuple(without_secrets(found, workspace.secrets(run)))


def without_secrets(found: Iterable[Diagnostic], known: Secrets) -> Iterator[Diagnostic]:
    """Yield findings with secrets masked in all their texts. The edits of fixes stay as they are."""
    for each in found:
        message = masked_text(each.message, known)
        related = tuple(replace(place, message=masked_text(place.message, known)) for place in each.related)
        fixes = tuple(replace(fix, title=masked_text(fix.title, known)) for fix in each.fixes)
        is_plain = (message, related, fixes) == (each.message, each.related, each.fixes)
        yield each if is_plain else replace(each, message=message, related=related, fixes=fixes)


@query
def _found(workspace: Workspace, engine: Engine, run: Run, scope: Scope) -> tuple[Diagnostic, ...]:
    composition = workspace.compose(run)
    context = Context.of(workspace, scope).of_run(composition)
    found = [*engine.about_run(context)]
    for file in composition.files:
        if workspace.is_outside(file.path):
            found.extend(engine.diagnostics(engine.found(context, file), run.roots))
        else:
            found.extend(engine.diagnostics(_in_file(workspace, engine, file.path, scope), run.roots))
    for name, value in _blocks(composition.config, context.profile):
        if workspace.is_as_written(name, value):
            in_block = _in_blocks(workspace, engine, value.origin.path, scope)[name]
        else:
            in_block = engine.found(context, Block.of(name, value, context.profile))
        found.extend(engine.diagnostics(in_block, run.roots))
    return tuple(found)


@query
def _in_file(workspace: Workspace, engine: Engine, path: PurePath, scope: Scope) -> tuple[Found, ...]:
    return tuple(engine.found(Context.of(workspace, scope), workspace.load(path)))


@query
def _in_blocks(workspace: Workspace, engine: Engine, path: PurePath, scope: Scope) -> Mapping[str, tuple[Found, ...]]:
    """Return what is found in each top-level block of a file, as the file has it."""
    found: dict[str, tuple[Found, ...]] = {}
    for name, block in _blocks(workspace.load(path).config, workspace.profile):
        context = Context.of(workspace, scope)
        found[name] = tuple(engine.found(context, Block.of(name, block, workspace.profile)))
    return found


def _blocks(config: Table, profile: Profile) -> Iterator[tuple[str, Table]]:
    for name, value in config.entries.items():
        if isinstance(value, Table) and isinstance(name, str) and name not in profile.reserved_keys:
            yield name, value
