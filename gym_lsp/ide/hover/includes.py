"""Hovers of paths: the blocks and overrides that an entry of `config_paths` adds, and the targets of other paths."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.compose.config import Config, Leaf, Table, at, history, leaves
from gym_lsp.compose.run import Composition
from gym_lsp.files import Unreadable
from gym_lsp.gym.layout import CONFIG_PATHS, JSONL_FPATH, ORIGINS, PREPARE_SCRIPT, is_in_config_paths
from gym_lsp.ide.hover.rows import about_rows
from gym_lsp.ide.hover.values import listed, place
from gym_lsp.ide.instances import in_run, instances_in
from gym_lsp.ide.markdown import Block, Line, Link, bullets, code
from gym_lsp.ide.paths import named_file
from gym_lsp.ide.target import dotted
from gym_lsp.syntax import KeyPath
from gym_lsp.workspace.includers import include_entries
from gym_lsp.workspace.uses import Use
from gym_lsp.workspace.workspace import Workspace

_MOST_LINES = 6


def about_include(workspace: Workspace, path: PurePath, use: Use) -> Iterator[Block]:
    """Yield the paragraphs about an included file: its blocks, and the values that other files of the run set too."""
    target = named_file(workspace, path, use)
    if target is None:
        yield not_found(workspace, use.name)
        return
    yield from about_config(workspace, target)
    config = workspace.config(target)
    changes = [] if config is None else list(dict.fromkeys(_changes(workspace, workspace.own_run(path), config)))
    if changes:
        more = len(changes) - _MOST_LINES
        lines = changes[:_MOST_LINES] + ([(f"and {more} more",)] if more > 0 else [])
        yield "Values that other files of the run set too:"
        yield bullets(lines)


def about_config(workspace: Workspace, target: PurePath) -> Iterator[Block]:
    """Yield the paragraphs about a config, whatever it is named by: its blocks, and how many files it includes."""
    yield (Link(workspace.spelled(target), target),)
    try:
        file = workspace.load(target)
    except Unreadable as error:
        yield f"The file cannot be read: {error.reason}."
        return
    yield bullets(_brought_in(workspace, target, file.config))
    further = len(include_entries(workspace, target))
    if further:
        yield f"Includes {further} other {'file' if further == 1 else 'files'}."


def not_found(workspace: Workspace, entry: str) -> str:
    """Return the sentence about a path that is in no search root."""
    roots = ", ".join(code(str(root)) for root in workspace.search.roots)
    return f"{code(entry)} not found in any search root: {roots}."


def _brought_in(workspace: Workspace, target: PurePath, config: Table) -> Iterator[Line]:
    known = {instance.name: instance for instance in instances_in(workspace, target)}
    for instance in in_run(workspace.own_run(target), workspace.profile):
        # The server of a block that inherits is only known in the run.
        if instance.name in config.entries:
            known.setdefault(instance.name, instance)
    named = [str(key) for key in config.entries if key != CONFIG_PATHS]
    for instance in (known[name] for name in named if name in known):
        description = f": {instance.description}" if instance.description else ""
        yield (f"{code(instance.name)} · {code(f'{instance.server_type}/{instance.implementation}')}", description)
    others = [name for name in named if name not in known]
    if others:
        yield (listed(others),)


def _changes(workspace: Workspace, run: Composition, config: Table) -> Iterator[Line]:
    """Yield one line for each value of the file that overrides another one of the run, or is overridden by one."""
    for path, leaf in leaves(config):
        if is_in_config_paths(path) or isinstance(path[-1], int):
            continue
        merged = at(run.merged, path)
        line = _replaced_block(workspace, run, path) if merged is None else _change(workspace, path, merged, leaf)
        if line is not None:
            yield line


def _replaced_block(workspace: Workspace, run: Composition, path: KeyPath) -> Line | None:
    """Return the line about the scalar, usually `null`, that replaces a block around a value."""
    for depth in range(1, len(path)):
        found = at(run.merged, path[:depth])
        if isinstance(found, Leaf):
            return (f"{code(dotted(path[:depth]))} is overridden by ", place(workspace, found))
    return None


def _change(workspace: Workspace, path: KeyPath, merged: Config, leaf: Config) -> Line | None:
    steps = list(history(merged))
    own = next((index for index, step in enumerate(steps) if step.node is leaf.node), None)
    name = code(dotted(path))
    if own is None or len(steps) == 1:
        return None
    if own == 0:
        return (f"{name} overrides ", place(workspace, steps[1]))
    return (f"{name} is overridden by ", place(workspace, steps[0]))


def about_file(workspace: Workspace, path: PurePath, use: Use) -> Iterator[Block]:
    """Yield the target of a path that is not in `config_paths`, or what creates the file if it does not exist."""
    target = named_file(workspace, path, use)
    if target is None:
        yield _created_later(workspace, path, use) or not_found(workspace, use.name)
        return
    yield (Link(workspace.spelled(target), target),)
    if use.at[-1] == JSONL_FPATH:
        yield from about_rows(workspace, path, target)


def _created_later(workspace: Workspace, path: PurePath, use: Use) -> str | None:
    """Return what creates the rows of a dataset, most of which are not part of a checkout."""
    dataset = at(workspace.gym_part(path).config, use.at[:-1])
    if use.at[-1] != JSONL_FPATH or not isinstance(dataset, Table):
        return None
    script = dataset.leaf(PREPARE_SCRIPT)
    if isinstance(script, str):
        return f"The file does not exist yet; {code(script)} creates it."
    source = next((key for key in ORIGINS if key in dataset.entries), None)
    return (
        None if source is None else f"The file does not exist yet; NeMo Gym downloads it, as {code(source)} specifies."
    )
