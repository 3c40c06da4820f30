"""The findings of all rules in a run. Files and blocks that several runs share are checked once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.compose.config import Origin, Provenance, Table
from gym_lsp.compose.run import Run
from gym_lsp.compose.secrets import Secrets, masked_text
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Diagnostic, FileEdit
from gym_lsp.gym.release.profile import Profile
from gym_lsp.memo import large, query
from gym_lsp.rules.engine.context import Block, Context, Scope
from gym_lsp.rules.engine.engine import Engine, Found
from gym_lsp.rules.engine.outside import without_content
from gym_lsp.text import Edit
from gym_lsp.workspace.recognise import FileKind
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
@large
def _found(workspace: Workspace, engine: Engine, run: Run, scope: Scope) -> tuple[Diagnostic, ...]:
    composition = workspace.compose(run)
    context = Context.of(workspace, scope).of_run(composition)
    found = [*engine.about_run(context)]
    for file in composition.files:
        if run.sees_outside and workspace.is_outside(file.path):
            found.extend(engine.diagnostics(engine.found(context, file), run.roots))
        else:
            found.extend(engine.diagnostics(_in_file(workspace, engine, file.path, scope), run.roots))
    for file in () if composition.recipe is None else composition.recipe.files:
        if not workspace.is_outside(file.path) and workspace.kind(file.path) is FileKind.RECIPE:
            found.extend(engine.diagnostics(in_recipe(workspace, engine, file.path), run.roots))
    in_blocks: dict[PurePath, Mapping[str, tuple[Found, ...]]] = {}
    for name, value in _blocks(composition.config, context.profile):
        path = value.origin.path
        if workspace.is_as_written(name, value):
            if path not in in_blocks:
                in_blocks[path] = _in_blocks(workspace, engine, path, scope)
            in_block = in_blocks[path][name]
        elif value.origin.provenance is Provenance.GENERATED:
            continue
        else:
            in_block = engine.found(context, Block.of(name, value, context.profile))
        found.extend(engine.diagnostics(in_block, run.roots))
    return tuple(found)


@query
@large
def _in_file(workspace: Workspace, engine: Engine, path: PurePath, scope: Scope) -> tuple[Found, ...]:
    """Return what is found in a file apart from its blocks."""
    file, context = workspace.load(path), Context.of(workspace, scope)
    if not file.document.stretches:
        return tuple(engine.found(context, file))
    found = [*engine.found(context, file, entrywise=False)]
    for start, in_stretch in _in_stretches(workspace, engine, file, scope):
        found.extend(_moved(in_stretch.in_entries, file.origin, start))
    return tuple(found)


@query
@large
def in_recipe(workspace: Workspace, engine: Engine, path: PurePath) -> tuple[Found, ...]:
    """Return what is found in the part of a training recipe that is a config, apart from its blocks."""
    return tuple(engine.found(Context.of(workspace, Scope.RUN), workspace.gym_part(path)))


@query
@large
def _in_blocks(workspace: Workspace, engine: Engine, path: PurePath, scope: Scope) -> Mapping[str, tuple[Found, ...]]:
    """Return what is found in each top-level block of a file, as the file has it."""
    file = workspace.load(path)
    if not file.document.stretches:
        return _in_blocks_of(workspace, engine, file, scope)
    found: dict[str, tuple[Found, ...]] = {}
    for start, in_stretch in _in_stretches(workspace, engine, file, scope):
        for name, in_block in in_stretch.in_blocks.items():
            found[name] = tuple(_moved(in_block, file.origin, start))
    return found


def _in_blocks_of(
    workspace: Workspace, engine: Engine, file: ConfigFile, scope: Scope
) -> Mapping[str, tuple[Found, ...]]:
    found: dict[str, tuple[Found, ...]] = {}
    for name, block in _blocks(file.config, workspace.profile):
        context = Context.of(workspace, scope)
        found[name] = tuple(engine.found(context, Block.of(name, block, workspace.profile)))
    return found


class _InStretch(Struct, frozen=True):
    """What is found in a stretch of a file: by the rules that check each entry of a file alone, and in its blocks."""

    in_entries: tuple[Found, ...]
    in_blocks: Mapping[str, tuple[Found, ...]]


@query
def _in_stretch(workspace: Workspace, engine: Engine, path: PurePath, name: str, scope: Scope) -> _InStretch:
    """Return what is found in the stretch of a file that begins with a key, with offsets in the stretch.

    An edit elsewhere in the file moves the stretch, but the answer holds.
    """
    alone = workspace.stretch_alone(path, name)
    in_entries = tuple(engine.found(Context.of(workspace, scope), alone, entrywise=True))
    return _InStretch(in_entries, _in_blocks_of(workspace, engine, alone, scope))


def _in_stretches(
    workspace: Workspace, engine: Engine, file: ConfigFile, scope: Scope
) -> Iterator[tuple[int, _InStretch]]:
    """Yield the offset of each stretch of a file, and what is found in it."""
    for start, stretch in file.document.placed_stretches():
        yield start, _in_stretch(workspace, engine, file.path, stretch.name, scope)


def _moved(found: Iterable[Found], origin: Origin, by: int) -> Iterator[Found]:
    """Yield what was found in a stretch of a file, placed in the file."""
    for rule, finding in found:
        related = tuple(
            replace(each, span=each.span.moved(by)) if each.path == origin.path else each for each in finding.related
        )
        fixes = tuple(
            replace(fix, edits=tuple(_moved_edit(each, by) if each.path == origin.path else each for each in fix.edits))
            for fix in finding.fixes
        )
        yield rule, replace(finding, origin=origin, span=finding.span.moved(by), related=related, fixes=fixes)


def _moved_edit(edit: FileEdit, by: int) -> FileEdit:
    return FileEdit(edit.path, Edit(edit.edit.span.moved(by), edit.edit.text))


def _blocks(config: Table, profile: Profile) -> Iterator[tuple[str, Table]]:
    for name, value in config.entries.items():
        if isinstance(value, Table) and isinstance(name, str) and name not in profile.reserved_keys:
            yield name, value
