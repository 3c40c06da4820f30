"""Paths: what an entry of `config_paths` brings in and changes, and where other paths lead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.compose.config import Config, Leaf, Table, at, history, leaves
from gym_lsp.compose.run import Composition
from gym_lsp.files import Unreadable
from gym_lsp.gym.layout import CONFIG_PATHS, JSONL_FPATH, ORIGINS, PREPARE_SCRIPT, is_in_config_paths
from gym_lsp.ide.hover.values import place
from gym_lsp.ide.instances import in_run, instances_in
from gym_lsp.ide.markdown import Link, Markdown, bullets, code
from gym_lsp.ide.paths import named_file
from gym_lsp.syntax import KeyPath
from gym_lsp.workspace.includers import include_entries
from gym_lsp.workspace.uses import Use
from gym_lsp.workspace.workspace import Workspace

_MOST_LINES = 6


def about_include(workspace: Workspace, path: PurePath, use: Use) -> Iterator[Markdown | str]:
    """What a file brings into the run of the one that includes it, and what comes out changed."""
    target = named_file(workspace, path, use)
    if target is None:
        yield _not_found(workspace, use)
        return
    yield (Link(workspace.spelled(target), target, 0),)
    try:
        file = workspace.load(target)
    except Unreadable as error:
        yield f"It cannot be read: {error.reason}."
        return
    yield bullets(_brought_in(workspace, target, file.config))
    further = len(include_entries(workspace, target))
    if further:
        yield f"It includes {further} {'file' if further == 1 else 'files'} itself."
    changes = list(dict.fromkeys(_changes(workspace, workspace.own_run(path), file.config)))
    if changes:
        more = len(changes) - _MOST_LINES
        lines = changes[:_MOST_LINES] + ([(f"and {more} more",)] if more > 0 else [])
        yield "Where it meets other files of the run:"
        yield bullets(lines)


def _not_found(workspace: Workspace, use: Use) -> str:
    places = ", ".join(code(str(root)) for root in workspace.search.roots)
    return f"No search root has {code(use.name)}. Looked in {places}."


def _brought_in(workspace: Workspace, target: PurePath, config: Table) -> Iterator[Markdown]:
    known = {instance.name: instance for instance in instances_in(workspace, target)}
    for instance in in_run(workspace.own_run(target), workspace.profile):
        # What is inherited shows only in the run what it is.
        if instance.name in config.entries:
            known.setdefault(instance.name, instance)
    named = [str(key) for key in config.entries if key != CONFIG_PATHS]
    for instance in (known[name] for name in named if name in known):
        said = f": {instance.description}" if instance.description else ""
        yield (f"{code(instance.name)} · {code(f'{instance.server_type}/{instance.implementation}')}{said}",)
    others = [name for name in named if name not in known]
    if others:
        more = f" and {len(others) - _MOST_LINES} more" if len(others) > _MOST_LINES else ""
        yield (", ".join(map(code, others[:_MOST_LINES])) + more,)


def _changes(workspace: Workspace, run: Composition, config: Table) -> Iterator[Markdown]:
    """The values of the file that override others of the run, or are overridden by them."""
    for path, leaf in leaves(config):
        if is_in_config_paths(path) or isinstance(path[-1], int):
            continue
        merged = at(run.merged, path)
        line = _taken_out(workspace, run, path) if merged is None else _change(workspace, path, merged, leaf)
        if line is not None:
            yield line


def _taken_out(workspace: Workspace, run: Composition, path: KeyPath) -> Markdown | None:
    """What takes the place of a block around a value: a `null`, as a rule."""
    for depth in range(1, len(path)):
        found = at(run.merged, path[:depth])
        if isinstance(found, Leaf):
            return (f"{code('.'.join(map(str, path[:depth])))} is overridden by ", place(workspace, found))
    return None


def _change(workspace: Workspace, path: KeyPath, merged: Config, leaf: Config) -> Markdown | None:
    steps = list(history(merged))
    own = next((index for index, step in enumerate(steps) if step.node is leaf.node), None)
    name = code(".".join(map(str, path)))
    if own is None or len(steps) == 1:
        return None
    if own == 0:
        return (f"{name} overrides ", place(workspace, steps[1]))
    return (f"{name} is overridden by ", place(workspace, steps[0]))


def about_file(workspace: Workspace, path: PurePath, use: Use) -> Iterator[Markdown | str]:
    """Where another path leads, or who makes the file that is not there yet."""
    target = named_file(workspace, path, use)
    if target is None:
        yield _still_to_come(workspace, path, use) or _not_found(workspace, use)
        return
    yield (Link(workspace.spelled(target), target, 0),)


def _still_to_come(workspace: Workspace, path: PurePath, use: Use) -> str | None:
    """Where the rows of a dataset come from: most of them are no part of a checkout."""
    dataset = at(workspace.load(path).config, use.at[:-1])
    if use.at[-1] != JSONL_FPATH or not isinstance(dataset, Table):
        return None
    script = dataset.leaf(PREPARE_SCRIPT)
    if isinstance(script, str):
        return f"Not there yet: {code(script)} makes it."
    source = next((key for key in ORIGINS if key in dataset.entries), None)
    return None if source is None else f"Not there yet: it is downloaded from where {code(source)} says."
