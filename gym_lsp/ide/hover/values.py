"""Values: the effective one in the run, what it resolves to, whom it overrode. Secrets are masked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.compose.config import Array, Config, Leaf, Provenance, Table, at, history, key_span
from gym_lsp.compose.interpolate import FROM_ENVIRONMENT, Interpolator
from gym_lsp.compose.problem import (
    Failing,
    InterpolationFailed,
    InterpolationKeyNotFound,
    InterpolationProblem,
    VariableUnset,
)
from gym_lsp.compose.resolved import MASK, looks_secret, scalar, without_credentials
from gym_lsp.compose.run import Composition
from gym_lsp.gym.layout import NAME
from gym_lsp.ide.lookup import further_runs, own_run
from gym_lsp.ide.markdown import Link, Markdown, bullets, code
from gym_lsp.syntax import MISSING, KeyPath, Scalar
from gym_lsp.syntax.interpolation import Reference, parse_template, walk
from gym_lsp.text import Span
from gym_lsp.workspace.workspace import Workspace

_MOST_NAMES = 6
_MOST_RUNS = 3
_FEW = 3
_ONE_LINE = 80
"""Characters."""
_OUTSIDE = {
    Provenance.STAND_IN: "the stand-in for a model",
    Provenance.OVERRIDE: "the command line",
    Provenance.GENERATED: "NeMo Gym, which generates it",
}


class Effective(Struct, frozen=True):
    """What stands at a key path of a run in the end, and where that is: directives may have moved it."""

    config: Config
    path: KeyPath
    run: Composition


def effective(run: Composition, path: KeyPath) -> Effective | None:
    """The value that a run ends up with for what a file writes at a key path; None where nothing is left of it."""
    for place in _places(run, path):
        found = at(run.config, place)
        if found is not None:
            return Effective(found, place, run)
    found = at(run.merged, path)
    return None if found is None else Effective(found, path, run)


def _places(run: Composition, path: KeyPath) -> Iterator[KeyPath]:
    """The key path itself, and where directives and composing have taken it."""
    yield path
    for transfer in run.transfers:
        if path[: len(transfer.source)] == transfer.source:
            yield (*transfer.target, *path[len(transfer.source) :])
    renamed = run.renames.get(str(path[0])) if path else None
    if renamed is not None:
        yield (renamed, *path[1:])


def about_value(workspace: Workspace, path: PurePath, at_path: KeyPath, written: Span) -> Iterator[Markdown | str]:
    """What becomes of the value that a file writes at a key path, in its own run and in those that reach it.

    `written` is the place of the value in that file.
    """
    own = effective(own_run(workspace, path), at_path)
    if own is None:
        return
    chain = tuple(_chain(workspace, own, path, written))
    is_plain = not isinstance(own.config, Leaf) or not (own.config.is_interpolation or own.config.is_missing)
    if chain or not is_plain:
        # A value that stands as it is written, and nowhere else, is in view already.
        yield _value(workspace, own)
    if own.path != at_path:
        yield f"Stands at {code('.'.join(map(str, own.path)))} in the end."
    yield bullets(chain)
    others = (effective(run, at_path) for run in further_runs(workspace, path))
    different = [each for each in others if each is not None and _is_other(each, own)]
    lines = [_in_run(workspace, each) for each in different[:_MOST_RUNS]]
    if len(different) > _MOST_RUNS:
        lines.append((f"and in {len(different) - _MOST_RUNS} more runs something else",))
    yield bullets(lines)


def _is_other(value: Effective, own: Effective) -> bool:
    """Whether a run has another value in the place of one, and not just another list around it.

    Lists replace each other as wholes, so the first element of the one has nothing to do with that of the other.
    """
    if _is_same(value.config, own.config):
        return False
    lists = [_list_around(each) for each in (value, own)]
    return lists[0] is None or lists[1] is None or _is_same(lists[0], lists[1])


def _list_around(value: Effective) -> Config | None:
    """The outermost list that a value is an element of, or lies in one."""
    index = next((index for index, step in enumerate(value.path) if isinstance(step, int)), None)
    if index is None:
        return None
    return at(value.run.config, value.path[:index]) or at(value.run.merged, value.path[:index])


def _is_same(left: Config, right: Config) -> bool:
    return left.origin.path == right.origin.path and left.node.span == right.node.span


def _value(workspace: Workspace, value: Effective) -> str:
    config = value.config
    if isinstance(config, Leaf) and config.is_missing:
        return "Not set yet (`???`): another config, env.yaml or the command line must give it."
    if isinstance(config, Leaf) and config.is_interpolation:
        return resolved(workspace, value)
    if isinstance(config, Leaf) and config.value is None and any(isinstance(each, Table) for each in history(config)):
        return "Value: `null`, which takes the block out of the run."
    return f"Value: {shown(config, value.path)}"


def resolved(workspace: Workspace, value: Effective) -> str:
    """What an interpolation stands for, or who has to give it."""
    config = value.config
    assert isinstance(config, Leaf)
    found = Interpolator(value.run.config, frozenset(workspace.environment)).resolve(config, value.path)
    if isinstance(found, InterpolationProblem):
        return unresolved(found)
    if is_secret(value.path) or refers_to_secret(str(config.value)):
        return f"Value: {code(MASK)}"
    if isinstance(found, Leaf) and FROM_ENVIRONMENT in str(found.value):
        text = str(found.value)
        if text == FROM_ENVIRONMENT:
            return "Value: what the environment variable holds."
        return f"Value: {code(text)}, where {FROM_ENVIRONMENT} comes from the environment."
    if found.origin.provenance is Provenance.STAND_IN and isinstance(found, Leaf):
        return "Value: given by env.yaml or the command line."
    return f"Value: {shown(found, value.path)}"


def unresolved(problem: InterpolationProblem) -> str:
    """Why an interpolation stands for nothing, and what would help."""
    match problem:
        case InterpolationKeyNotFound():
            return f"This run has no {code(problem.key)}: env.yaml, another config or the command line must give it."
        case VariableUnset():
            return f"The environment variable {code(problem.variable)} must be set."
        case InterpolationFailed(why=Failing.UNSET):
            return f"{code(problem.detail)} is not set yet (`???`)."
        case InterpolationFailed(why=Failing.CYCLE):
            return "It leads back to itself."
        case _:
            return "It cannot be resolved."


def is_secret(path: KeyPath) -> bool:
    """Whether what stands at a key path must not be shown."""
    names = [step for step in path if isinstance(step, str)]
    return bool(names) and looks_secret(names[-1])


def refers_to_secret(text: str) -> bool:
    """Whether an interpolation takes in a value that must not be shown."""
    for node in walk(parse_template(text)):
        if isinstance(node, Reference) and node.steps and looks_secret(node.steps[-1].key):
            return True
    return False


def shown(config: Config, path: KeyPath) -> str:
    """A value as a line shows it: a scalar as YAML, of a collection what it holds."""
    if isinstance(config, Table):
        names = [str(key) for key in config.entries]
        if not names:
            return "an empty mapping"
        return _in_braces(config, path) or f"a mapping with {_listed(names)}"
    if isinstance(config, Array):
        count = len(config.items)
        names = [item.leaf(NAME) if isinstance(item, Table) else None for item in config.items]
        if names and all(isinstance(name, str) for name in names):
            return f"a list with {_listed([str(name) for name in names])}"
        return f"a list of {count} {'value' if count == 1 else 'values'}" if count else "an empty list"
    return code(_text(config, path))


def _text(leaf: Leaf, path: KeyPath) -> str:
    secret = is_secret(path) or (isinstance(leaf.key, Scalar) and looks_secret(leaf.key.text))
    if secret and isinstance(leaf.value, str) and leaf.value and not leaf.is_interpolation:
        return MASK
    # As it is written: the quotes that YAML does not need here would make it look like a text.
    return MISSING if leaf.is_missing else scalar(without_credentials(leaf.value))


def _in_braces(table: Table, path: KeyPath) -> str | None:
    """A small mapping of scalars on one line, such as a server ref; None for any other."""
    if len(table.entries) > _FEW:
        return None
    parts: list[str] = []
    for key, value in table.entries.items():
        if not isinstance(value, Leaf):
            return None
        parts.append(f"{key}: {_text(value, (*path, str(key)))}")
    text = f"{{{', '.join(parts)}}}"
    return code(text) if len(text) <= _ONE_LINE else None


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(map(code, names[:_MOST_NAMES])) + more


def _chain(workspace: Workspace, value: Effective, path: PurePath, written: Span) -> Iterator[Markdown]:
    """Every place that sets the value, the one that wins first; nothing where this place is the only one."""
    steps = list(history(value.config))
    if len(steps) == 1 and _is_here(steps[0], path, written):
        return
    for index, step in enumerate(steps):
        above = steps[index - 1] if index else None
        is_merged = isinstance(step, Table) and isinstance(above, Table)
        said = "in effect" if above is None else "merged with" if is_merged else "overridden"
        where: str | Link = "here" if _is_here(step, path, written) else place(workspace, step)
        yield (f"{said}: ", where, f" {shown(step, value.path)}")


def _is_here(config: Config, path: PurePath, written: Span) -> bool:
    return config.origin.path == path and (config.node.span == written or key_span(config) == written)


def place(workspace: Workspace, config: Config) -> str | Link:
    """Where a value is written: a link, or what else it comes from."""
    outside = _OUTSIDE.get(config.origin.provenance)
    if outside is not None:
        return outside
    return Link(workspace.spelled(config.origin.path), config.origin.path, key_span(config).start)


def _in_run(workspace: Workspace, value: Effective) -> Markdown:
    root = next(iter(value.run.run.roots), "")
    config = value.config
    return (f"in the run of {code(root)}: {shown(config, value.path)}, from ", place(workspace, config))
