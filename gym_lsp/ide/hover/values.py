"""Hovers of values: the final value in the run, resolved, and the values that it overrides. Secrets are masked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
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
from gym_lsp.compose.resolved import scalar
from gym_lsp.compose.run import Composition
from gym_lsp.compose.secrets import MASK, Secrets, is_secret, masked, masked_text, refers_to_secret
from gym_lsp.gym.embedding import RESOLVERS
from gym_lsp.gym.layout import NAME
from gym_lsp.ide.lookup import further_runs, own_run
from gym_lsp.ide.markdown import Block, Line, Link, bullets, code
from gym_lsp.ide.target import dotted
from gym_lsp.syntax import MISSING, KeyPath, Scalar
from gym_lsp.text import Span
from gym_lsp.workspace.unindexed import NotIndexed
from gym_lsp.workspace.workspace import Workspace

_MOST_NAMES = 6
_MOST_RUNS = 3
_FEW = 3
_ONE_LINE = 80
"""Characters."""
_OUTSIDE = {
    Provenance.STAND_IN: "the stand-in for the policy model",
    Provenance.OVERRIDE: "the command line",
    Provenance.GENERATED: "NeMo Gym, which generates this block",
}


class Effective(Struct, frozen=True):
    """A final value of a run, with its key path in the composed configuration: directives may have moved it."""

    config: Config
    path: KeyPath
    run: Composition


def effective(run: Composition, path: KeyPath) -> Effective | None:
    """Return the final value of a run for a key path of one of its files, or None if the run removes it."""
    for final_path in _final_paths(run, path):
        found = at(run.config, final_path)
        if found is not None:
            return Effective(found, final_path, run)
    found = at(run.merged, path)
    return None if found is None else Effective(found, path, run)


def _final_paths(run: Composition, path: KeyPath) -> Iterator[KeyPath]:
    """Yield the key path itself, and those that directives and generated agents have moved it to."""
    yield path
    for transfer in run.transfers:
        if path[: len(transfer.source)] == transfer.source:
            yield (*transfer.target, *path[len(transfer.source) :])
    renamed = run.renames.get(str(path[0])) if path else None
    if renamed is not None:
        yield (renamed, *path[1:])


def about_value(workspace: Workspace, path: PurePath, at_path: KeyPath, written: Span) -> Iterator[Block]:
    """Yield the final value for a key path of a file, in its own run and in the other runs that reach the file.

    `written` is the span of the value in that file. An unindexed workspace leaves the other runs out.
    """
    own = effective(own_run(workspace, path), at_path)
    if own is None:
        return
    chain = tuple(_chain(workspace, own, path, written))
    is_plain = not isinstance(own.config, Leaf) or not (
        own.config.is_interpolation or own.config.is_missing or _is_computed(own.config)
    )
    if chain or not is_plain:
        # A value that is set here and nowhere else is already visible.
        yield _value(workspace, own)
    if own.path != at_path:
        yield f"Moved to {code(dotted(own.path))} in the final config."
    yield bullets(chain)
    with suppress(NotIndexed):
        yield bullets(_in_further_runs(workspace, path, at_path, own))


def _is_computed(leaf: Leaf) -> bool:
    """Whether a value is that of an interpolation in a recipe, which is replaced when the recipe is read."""
    return leaf.origin.is_recipe and "${" in leaf.node.span.of(leaf.origin.text)


def _in_further_runs(workspace: Workspace, path: PurePath, at_path: KeyPath, own: Effective) -> Iterator[Line]:
    """Yield one line for each of the other runs that reach a file and have another value there."""
    others = (effective(run, at_path) for run in further_runs(workspace, path))
    different = [each for each in others if each is not None and _is_other(each, own)]
    yield from (_in_run(workspace, each) for each in different[:_MOST_RUNS])
    if len(different) > _MOST_RUNS:
        more = len(different) - _MOST_RUNS
        yield (f"a different value in {more} more {'run' if more == 1 else 'runs'}",)


def _is_other(value: Effective, own: Effective) -> bool:
    """Whether a run has another value at the same place, and not only another list around it.

    A list replaces another list as a whole, so their first elements have nothing in common.
    """
    if _is_same(value.config, own.config):
        return False
    lists = [_list_around(each) for each in (value, own)]
    return lists[0] is None or lists[1] is None or _is_same(lists[0], lists[1])


def _list_around(value: Effective) -> Config | None:
    """Return the outermost list that contains a value, at any depth, or None."""
    index = next((index for index, step in enumerate(value.path) if isinstance(step, int)), None)
    if index is None:
        return None
    return at(value.run.config, value.path[:index]) or at(value.run.merged, value.path[:index])


def _is_same(left: Config, right: Config) -> bool:
    return left.origin.path == right.origin.path and left.node.span == right.node.span


def _value(workspace: Workspace, value: Effective) -> str:
    config = value.config
    if isinstance(config, Leaf) and config.is_missing:
        return "Not set yet (`???`): another config, `env.yaml` or the command line must set it."
    if isinstance(config, Leaf) and config.is_interpolation:
        return resolved(workspace, value)
    if isinstance(config, Leaf) and config.value is None and any(isinstance(each, Table) for each in history(config)):
        return "Value: `null`, which removes the block from the run."
    return f"Value: {shown(config, value.path, workspace.secrets(value.run.run))}"


def resolved(workspace: Workspace, value: Effective) -> str:
    """Return the value of an interpolation, or the reason why it has none."""
    config = value.config
    assert isinstance(config, Leaf)
    recipe = value.run.recipe
    own = RESOLVERS if recipe is not None and value.run.config is recipe.config else None
    found = Interpolator(value.run.config, frozenset(workspace.environment), own).resolve(config, value.path)
    if isinstance(found, InterpolationProblem):
        return unresolved(found)
    if found.origin.provenance is Provenance.STAND_IN and isinstance(found, Leaf):
        return "Value: set by `env.yaml` or the command line."
    text = str(found.value) if isinstance(found, Leaf) else ""
    if text == FROM_ENVIRONMENT:
        return "Value: the content of the environment variable."
    # Whether a secret is set at all is not a secret.
    is_set = not isinstance(found, Leaf) or (found.value not in (None, "") and not found.is_missing)
    plain = found.value if isinstance(found, Leaf) else None
    if is_set and (is_secret(value.path, plain) or refers_to_secret(str(config.value))):
        return f"Value: {code(MASK)}"
    known = workspace.secrets(value.run.run)
    if FROM_ENVIRONMENT in text:
        return f"Value: {code(masked_text(text, known))}, where {FROM_ENVIRONMENT} comes from the environment."
    return f"Value: {shown(found, value.path, known)}"


def unresolved(problem: InterpolationProblem) -> str:
    """Return the reason why an interpolation has no value, and how to fix it."""
    match problem:
        case InterpolationKeyNotFound():
            key = code(problem.key)
            return f"This run does not define {key}: set it in `env.yaml`, in another config or on the command line."
        case VariableUnset():
            return f"The environment variable {code(problem.variable)} is not set, and has no default here."
        case InterpolationFailed(why=Failing.UNSET):
            return f"{code(problem.detail)} is not set yet (`???`)."
        case InterpolationFailed(why=Failing.CYCLE):
            return "This interpolation refers to itself."
        case _:
            return "This interpolation cannot be resolved."


def shown(config: Config, path: KeyPath, known: Secrets) -> str:
    """Return a value on one line: a scalar or a small mapping as YAML, the contents of another collection in words."""
    if isinstance(config, Table):
        names = [str(key) for key in config.entries]
        if not names:
            return "an empty mapping"
        return _in_braces(config, path, known) or f"a mapping with {listed(names)}"
    if isinstance(config, Array):
        count = len(config.items)
        names = [item.leaf(NAME) if isinstance(item, Table) else None for item in config.items]
        if names and all(isinstance(name, str) for name in names):
            return f"a list with {listed(map(str, names))}"
        return f"a list of {count} {'value' if count == 1 else 'values'}" if count else "an empty list"
    return code(_text(config, path, known))


def _text(leaf: Leaf, path: KeyPath, known: Secrets) -> str:
    if leaf.is_missing:
        # Without the quotes of YAML, which would make `???` look like text.
        return MISSING
    if leaf.is_interpolation:
        return scalar(masked_text(str(leaf.value), known))
    # A directive can have moved the value to another name.
    written = path if not isinstance(leaf.key, Scalar) else (*path[:-1], leaf.key.text)
    text = masked(path, masked(written, leaf.value, known), known)
    return MASK if text == MASK else scalar(text)


def _in_braces(table: Table, path: KeyPath, known: Secrets) -> str | None:
    """Return a small mapping of scalars, such as a server ref, on one line; None for any other."""
    if len(table.entries) > _FEW:
        return None
    parts: list[str] = []
    for key, value in table.entries.items():
        if not isinstance(value, Leaf):
            return None
        parts.append(f"{key}: {_text(value, (*path, str(key)), known)}")
    text = f"{{{', '.join(parts)}}}"
    return code(text) if len(text) <= _ONE_LINE else None


def listed(names: Iterable[str]) -> str:
    """Return names as a list in words; of many, only the first."""
    first = list(names)
    more = f" and {len(first) - _MOST_NAMES} more" if len(first) > _MOST_NAMES else ""
    return ", ".join(map(code, first[:_MOST_NAMES])) + more


def _chain(workspace: Workspace, value: Effective, path: PurePath, written: Span) -> Iterator[Line]:
    """Yield one line for each place that sets the value, the one in effect first; nothing if there is only this one."""
    steps = list(history(value.config))
    if len(steps) == 1 and _is_here(steps[0], path, written):
        return
    known = workspace.secrets(value.run.run)
    for index, step in enumerate(steps):
        above = steps[index - 1] if index else None
        is_merged = isinstance(step, Table) and isinstance(above, Table)
        role = "in effect" if above is None else "merged with" if is_merged else "overridden"
        where: str | Link = "here" if _is_here(step, path, written) else place(workspace, step)
        yield (f"{role}: ", where, f" {shown(step, value.path, known)}")


def _is_here(config: Config, path: PurePath, written: Span) -> bool:
    return config.origin.path == path and (config.node.span == written or key_span(config) == written)


def place(workspace: Workspace, config: Config) -> str | Link:
    """Return a link to the place that sets a value, or the name of the source that is not a file."""
    outside = _OUTSIDE.get(config.origin.provenance)
    if outside is not None:
        return outside
    return Link(workspace.spelled(config.origin.path), config.origin.path, key_span(config).start)


def _in_run(workspace: Workspace, value: Effective) -> Line:
    root = workspace.title_of(value.run.run)
    config = value.config
    known = workspace.secrets(value.run.run)
    return (f"in the run of {code(root)}: {shown(config, value.path, known)}, from ", place(workspace, config))
