"""The composition of a run, step by step: the changes of each merged file, then directives and servers."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Config, Leaf, Table, leaves, value_span
from gym_lsp.compose.interpolate import Interpolator
from gym_lsp.compose.merge import merge
from gym_lsp.compose.problem import raised_by
from gym_lsp.compose.resolved import scalar
from gym_lsp.compose.run import Composition, Run
from gym_lsp.compose.secrets import masked, masked_text
from gym_lsp.syntax import KeyPath, spell
from gym_lsp.text import LineIndex
from gym_lsp.workspace.workspace import Workspace


def merge_lines(workspace: Workspace, roots: tuple[str, ...]) -> Iterator[str]:
    """Yield the composition of the run of `roots`, with the stand-in model. Values under secret keys are masked."""
    composition = workspace.compose(Run(roots))
    yield f"The run of {' + '.join(roots)}, as NeMo Gym {workspace.profile.release} composes it"
    yield from _discovered(workspace, composition)
    yield from _merged(workspace, composition)
    yield from _directed(composition)
    for server in composition.servers:
        yield f"server {server.name}: {server.server_type}/{server.implementation}"
    for problem in composition.problems:
        raised = raised_by(problem)
        place = _place(workspace, problem.at)
        yield f"problem {type(problem).__name__} at {place}{f', raises {raised}' if raised else ''}"


def _discovered(workspace: Workspace, composition: Composition) -> Iterator[str]:
    """The include tree, in the order of discovery."""
    for index, node in enumerate(composition.includes.nodes):
        depth = len(composition.includes.chain(index)) - 1
        found = "" if node.file is not None else "  (not loaded)"
        where = "" if node.path is None or workspace.spelled(node.path) == node.entry else f" -> {node.path}"
        yield f"{'  ' * depth}found {node.entry}{where}{found}"


def _merged(workspace: Workspace, composition: Composition) -> Iterator[str]:
    variables = frozenset(workspace.environment)

    def dereference(root: Table, leaf: Leaf, path: KeyPath) -> Config | None:
        return Interpolator(root, variables).dereference(leaf, path)

    so_far: Table | None = None
    for number, file in enumerate(composition.files, 1):
        before = {} if so_far is None else dict(leaves(so_far))
        so_far = file.config if so_far is None else merge(so_far, file.config, dereference).config
        yield ""
        yield f"{number}. {workspace.spelled(file.path)}"
        yield from _changes(before, dict(leaves(so_far)))
    yield ""


def _changes(before: dict[KeyPath, Leaf], after: dict[KeyPath, Leaf]) -> Iterator[str]:
    """`+` for a new value, `~` for a changed one, `=` for an equal one, `-` for one that went away with its parent."""
    for path, leaf in after.items():
        old = before.get(path)
        if old is None:
            yield f"   + {spell(path)}: {_shown(path, leaf)}"
        elif old is not leaf and old.value != leaf.value:
            yield f"   ~ {spell(path)}: {_shown(path, old)} -> {_shown(path, leaf)}"
        elif old is not leaf:
            yield f"   = {spell(path)}: {_shown(path, leaf)}, repeated"
    for path, leaf in before.items():
        if path not in after:
            yield f"   - {spell(path)}: {_shown(path, leaf)}"


def _directed(composition: Composition) -> Iterator[str]:
    for transfer in composition.transfers:
        how = "moved" if transfer.moved else "copied"
        yield f"{how} {spell(transfer.source)} under {spell(transfer.target)}"
    for old, new in composition.renames.items():
        yield f"renamed {old} to {new}"


def _shown(path: KeyPath, leaf: Leaf) -> str:
    return scalar(masked_text(str(leaf.value)) if leaf.is_interpolation else masked(path, leaf.value))


def _place(workspace: Workspace, config: Config) -> str:
    line = LineIndex(config.origin.text).line_of(value_span(config).start) + 1
    return f"{workspace.spelled(config.origin.path)}:{line}"
