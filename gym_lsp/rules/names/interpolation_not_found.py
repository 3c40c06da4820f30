"""The rule `interpolation-not-found`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.compose.blocks import is_stand_in
from gym_lsp.compose.config import Config, Table, at
from gym_lsp.compose.interpolate import RESOLVERS
from gym_lsp.compose.problem import InterpolationKeyNotFound
from gym_lsp.diagnostic import FileEdit, Fix, Severity
from gym_lsp.gym.errors import ConfigInterpolationError
from gym_lsp.gym.layout import is_in_config_paths
from gym_lsp.rules.analysis.includes import not_included
from gym_lsp.rules.analysis.naming import Standing, Verdict, fixes_of, hint, nearest
from gym_lsp.rules.engine.context import Context, RunContext
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.text import Edit, Span
from gym_lsp.workspace.names import SANDBOX, Definition

_VALUES = (None, SANDBOX)
"""What a name of one step may be defined as: nobody interpolates a whole server."""


@rule(
    "interpolation-not-found",
    on=InterpolationKeyNotFound,
    severity=Severity.ERROR,
    predicts=ConfigInterpolationError,
    about_names=True,
)
def interpolation_not_found(context: RunContext, problem: InterpolationKeyNotFound) -> Iterator[Finding]:
    """An interpolation `${key}` whose key the run does not have.

    ## Why

    NeMo Gym resolves the top-level values, the fields of servers and the elements of lists while it parses, and ends
    the run at the first key that is not there. It leaves deeper values alone; the server that reads them fails when it
    starts, which is a warning.

    In the view on a workspace, a key that env.yaml, the command line or another file can give is only information. A
    slip of a key that is there, and a key that is missing from a block that is there, are errors in both.

    ## Example

    ```yaml
    counting_limit: 5
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          limit: ${counting_limt}
    #              ^^^^^^^^^^^^^ error[interpolation-not-found] did you mean `counting_limit`?
    ```

    ## Use instead

    ```yaml
    counting_limit: 5
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          limit: ${counting_limit}
    ```
    """
    found = _found(context, problem)
    if found is None:
        return
    origin = problem.at.origin
    fixes = tuple(
        Fix(f"Change to `{name}`", (FileEdit(origin.path, Edit(found.span, name)),))
        for name in found.verdict.suggestions
        if found.is_exact
    )
    fixes += fixes_of(context, problem.at, replace(found.verdict, suggestions=()))
    message = f"{found.message}{hint(context, found.verdict)}"
    severity = _severity(context, problem, found)
    absent = () if found.is_closed else not_included(context, origin.path)
    yield Finding(origin, problem.span, message, severity=severity, related=absent, fixes=fixes)


class _Found(Struct, frozen=True):
    """What is known of a missing key. `is_closed` says that no other file and no env.yaml could add it."""

    message: str
    span: Span
    verdict: Verdict
    is_closed: bool
    is_exact: bool
    """Whether the span holds the missing key and nothing else."""


def _severity(context: Context, problem: InterpolationKeyNotFound, found: _Found) -> Severity:
    certain = found.is_closed or found.verdict.standing is Standing.SLIP
    if not certain and not context.asked_about_run:
        return Severity.INFORMATION
    return Severity.WARNING if problem.late else Severity.ERROR


def _found(context: RunContext, problem: InterpolationKeyNotFound) -> _Found | None:
    span, is_exact = _missing_span(problem)
    name = problem.steps[problem.found_up_to] if problem.found_up_to < len(problem.steps) else problem.key
    if is_in_config_paths(problem.path):
        verdict = Verdict(Standing.NOWHERE)
        message = f"`config_paths` can refer to keys of this file only, and `{name}` is none"
        return _Found(message, span, verdict, True, is_exact)
    if not problem.found_up_to and not _is_relative(problem):
        return _top_level(context, problem, name, span, is_exact)
    return _within(context, problem, name, span, is_exact)


def _top_level(
    context: RunContext, problem: InterpolationKeyNotFound, name: str, span: Span, is_exact: bool
) -> _Found | None:
    """A key path whose first step is not there."""
    if context.names.is_open(name):
        return None
    composition = context.composition
    for transfer in composition.transfers:
        if transfer.moved and transfer.source[0] == name:
            target = ".".join(map(str, transfer.target))
            message = f"`{name}` is no longer there, because `{target}` inherits it; refer to `{target}` instead"
            return _Found(message, span, Verdict(Standing.NOWHERE), True, is_exact)
    call = _with_dot(problem.key)
    if call is not None:
        message, exact = f"no key `{problem.key}` in this run", problem.span.of(problem.at.origin.text) == problem.key
        return _Found(message, problem.span, Verdict(Standing.SLIP, (), (call,)), True, exact)
    verdict = _judge(context, name, is_path=len(problem.steps) > 1)
    message = f"no key `{name}` in this run"
    if verdict.standing is Standing.NOWHERE:
        message += "; env.yaml or the command line can give it"
    return _Found(message, span, verdict, False, is_exact)


def _with_dot(key: str) -> str | None:
    """The call of a resolver that a key is, but for a dot in the place of the colon."""
    resolver = next((each for each in RESOLVERS if "." in each and key.startswith(f"{each}.")), None)
    return None if resolver is None else f"{resolver}:{key.removeprefix(f'{resolver}.')}"


def _judge(context: RunContext, name: str, *, is_path: bool) -> Verdict:
    definitions = tuple(each for each in context.names.defined(name) if is_path or each.server_type in _VALUES)
    if definitions:
        return Verdict(Standing.ELSEWHERE, definitions)
    # Only names of the run itself count as what was meant: names of other files are too many for that.
    near = nearest(name, (key for key in context.composition.config.entries if isinstance(key, str)))
    # A name in capital letters is as likely a variable that env.yaml gives under that very name.
    is_slip = bool(near) and near[0].lower() != name.lower()
    return Verdict(Standing.SLIP if is_slip else Standing.NOWHERE, (), near)


def _within(context: RunContext, problem: InterpolationKeyNotFound, name: str, span: Span, is_exact: bool) -> _Found:
    """A key that is missing from a block that is there."""
    above = problem.steps[: problem.found_up_to]
    block = at(context.composition.config, above)
    keys = [key for key in block.entries if isinstance(key, str)] if isinstance(block, Table) else []
    near = nearest(name, keys)
    place = f"`{'.'.join(above)}`" if above else "the top level"
    message = f"no key `{name}` in {place}"
    if near:
        return _Found(message, span, Verdict(Standing.SLIP, (), near), True, is_exact)
    elsewhere = () if _is_whole(context, problem, block) else _other_definitions(context, problem)
    standing = Standing.ELSEWHERE if elsewhere else Standing.NOWHERE
    is_closed = not elsewhere and not is_stand_in(block)
    return _Found(message, span, Verdict(standing, elsewhere), is_closed, is_exact)


def _is_whole(context: RunContext, problem: InterpolationKeyNotFound, block: Config | None) -> bool:
    """Whether the block is part of a valid server, to which no other file has to add anything."""
    if _is_relative(problem):
        return True
    return not is_stand_in(block) and any(server.name == problem.steps[0] for server in context.composition.servers)


def _other_definitions(context: RunContext, problem: InterpolationKeyNotFound) -> tuple[Definition, ...]:
    own = {file.path for file in context.composition.files}
    return tuple(each for each in context.names.defined(problem.steps[0]) if each.path not in own)


def _is_relative(problem: InterpolationKeyNotFound) -> bool:
    return problem.span.of(problem.at.origin.text).startswith(".")


def _missing_span(problem: InterpolationKeyNotFound) -> tuple[Span, bool]:
    """The place of the step that is missing, if the key is written plainly; else that of the whole key."""
    written = problem.span.of(problem.at.origin.text)
    dots = len(written) - len(written.lstrip("."))
    steps = written[dots:].split(".")
    index = problem.found_up_to - (len(problem.steps) - len(steps))
    if written[dots:] != problem.key or "[" in written or not 0 <= index < len(steps):
        return problem.span, False
    start = problem.span.start + dots + sum(len(step) + 1 for step in steps[:index])
    return Span(start, start + len(steps[index])), True
