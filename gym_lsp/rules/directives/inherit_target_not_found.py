"""The rule `inherit-target-not-found`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from msgspec.structs import replace

from gym_lsp.compose.blocks import is_stand_in
from gym_lsp.compose.config import Config, Leaf, Table, at
from gym_lsp.compose.problem import InheritTargetNotFound
from gym_lsp.diagnostic import FileEdit, Fix, Severity
from gym_lsp.gym.errors import InheritPathNotFoundError
from gym_lsp.rules.analysis.includes import not_included
from gym_lsp.rules.analysis.naming import fixes_of, hint, judge_name, nearest, severity_of
from gym_lsp.rules.analysis.paths import SUFFIXES
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, rule
from gym_lsp.syntax import Scalar
from gym_lsp.text import Edit, Span


@rule(
    "inherit-target-not-found",
    on=InheritTargetNotFound,
    severity=Severity.ERROR,
    predicts=InheritPathNotFoundError,
    about_names=True,
)
def inherit_target_not_found(context: RunContext, problem: InheritTargetNotFound) -> Iterator[Finding]:
    """`_inherit_from` or `_copy` with a target that is not in the run.

    ## Why

    The name must be a key of the merged configuration, or a path such as `counting.resources_servers`, after all files
    are merged and before any directive is followed. Otherwise the run fails. When checking a workspace, a name
    that another file defines is only information: `config_paths` or the command line can include that file.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_twice:
      _copy: couting
    #        ^^^^^^^ error[inherit-target-not-found] did you mean `counting`?
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_twice:
      _copy: counting
    ```
    """
    if problem.found_up_to:
        yield _within(context, problem)
        return
    if problem.target.endswith(SUFFIXES):
        yield _of_a_file(context, problem)
        return
    several = [part for part in re.split(r"[,\s]+", problem.target) if part]
    if len(several) > 1:
        message = f"`{problem.directive}` can name only one block, not {len(several)}"
        fixes = tuple(replace_value(problem.at, part, f"Change to `{part}`") for part in several)
        yield at_value(problem.at, message, fixes=fixes)
        return
    name = problem.target.partition(".")[0]
    blocks = context.composition.merged.entries.items()
    # A block cannot inherit itself.
    in_run = [key for key, block in blocks if isinstance(key, str) and not _has(block, problem.at)]
    verdict = judge_name(context, name, in_run)
    severity = severity_of(context, verdict, nowhere=Severity.ERROR)
    if severity is None:
        return
    fixes = (
        *_renamed(problem, 0, verdict.suggestions),
        *fixes_of(context, problem.at, replace(verdict, suggestions=())),
    )
    message = f"`{name}` not found in this run{hint(context, verdict)}"
    absent = not_included(context, problem.at.origin.path)
    yield at_value(problem.at, message, severity=severity, related=absent, fixes=fixes)


def _has(block: Config, directive: Config) -> bool:
    return isinstance(block, Table) and any(value is directive for value in block.entries.values())


def _of_a_file(context: RunContext, problem: InheritTargetNotFound) -> Finding:
    """Report the path of a file, where the block of that name was probably intended."""
    name = PurePath(problem.target).stem
    is_there = isinstance(context.composition.merged.get(name), Table)
    message = f"`{problem.directive}` expects the name of a block, not the path of a file"
    way_out = f"; did you mean `{name}`?" if is_there else "; add the file to `config_paths` and name one of its blocks"
    is_whole = isinstance(problem.at, Leaf) and problem.at.value == problem.target
    fixes = (replace_value(problem.at, name, f"Change to `{name}`"),) if is_there and is_whole else ()
    return at_value(problem.at, f"{message}{way_out}", fixes=fixes)


def _within(context: RunContext, problem: InheritTargetNotFound) -> Finding:
    """Report a path whose beginning exists."""
    steps = problem.target.split(".")
    above, step = steps[: problem.found_up_to], steps[problem.found_up_to]
    block = at(context.composition.merged, tuple(above))
    keys = [key for key in block.entries if isinstance(key, str)] if isinstance(block, Table) else []
    near = nearest(step, keys)
    severity = Severity.ERROR
    if is_stand_in(block) and not near and not context.checks_run:
        # The real model, which a run includes, may have the key.
        severity = Severity.INFORMATION
    end = f"; did you mean `{near[0]}`?" if near else ""
    message = f"key `{step}` not found in `{'.'.join(above)}`{end}"
    return at_value(problem.at, message, severity=severity, fixes=_renamed(problem, problem.found_up_to, near))


def _renamed(problem: InheritTargetNotFound, index: int, names: tuple[str, ...]) -> tuple[Fix, ...]:
    """Return the fixes that rename one step of the path; none if the path is not written literally."""
    node, origin = problem.at.node, problem.at.origin
    if not isinstance(node, Scalar):
        return ()
    start = node.span.of(origin.text).find(problem.target)
    if start == -1:
        return ()
    steps = problem.target.split(".")
    start += node.span.start + sum(len(step) + 1 for step in steps[:index])
    span = Span(start, start + len(steps[index]))
    return tuple(Fix(f"Change to `{name}`", (FileEdit(origin.path, Edit(span, name)),)) for name in names)
