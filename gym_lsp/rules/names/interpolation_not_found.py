"""The rule `interpolation-not-found`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.compose.blocks import is_stand_in
from gym_lsp.compose.config import Config, Table, at
from gym_lsp.compose.interpolate import RESOLVERS
from gym_lsp.compose.problem import InterpolationKeyNotFound
from gym_lsp.compose.recipe import Recipe
from gym_lsp.diagnostic import FileEdit, Fix, Severity
from gym_lsp.gym.errors import ConfigInterpolationError
from gym_lsp.gym.layout import is_in_config_paths
from gym_lsp.rules.analysis.includes import not_included
from gym_lsp.rules.analysis.naming import Standing, Verdict, fixes_of, hint, nearest
from gym_lsp.rules.engine.context import Context, RunContext
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.text import Edit, Span
from gym_lsp.workspace.names import SANDBOX, Definition

_ENVIRONMENT = re.compile(r"(?:os\.)?(?:env|ENV|environ)\.(?P<name>[A-Z_][A-Z0-9_]*)")
_VALUES = (None, SANDBOX)
"""The kinds of definition that a key path of one step can refer to: whole servers are not interpolated."""


@rule(
    "interpolation-not-found",
    on=InterpolationKeyNotFound,
    severity=Severity.ERROR,
    predicts=ConfigInterpolationError,
    about_names=True,
)
def interpolation_not_found(context: RunContext, problem: InterpolationKeyNotFound) -> Iterator[Finding]:
    """An interpolation `${key}` whose key does not exist in the run.

    ## Why

    NeMo Gym resolves the top-level values, the fields of servers and the elements of lists while it parses. It ends the
    run at the first key that does not exist. It does not resolve deeper values: the server that reads them fails when
    it starts, so these are warnings.

    When checking a workspace, a key that env.yaml, the command line or another file can set is only information. A
    misspelling of an existing key, and a key that is missing from an existing block, are errors in both cases.

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
    """A missing key. `is_closed` means that neither another file nor env.yaml could add it."""

    message: str
    span: Span
    verdict: Verdict
    is_closed: bool
    is_exact: bool
    """Whether the span is exactly the missing key."""


def _severity(context: Context, problem: InterpolationKeyNotFound, found: _Found) -> Severity:
    certain = found.is_closed or found.verdict.standing is Standing.MISSPELT
    if not certain and not context.checks_run:
        return Severity.INFORMATION
    return Severity.WARNING if problem.late else Severity.ERROR


def _found(context: RunContext, problem: InterpolationKeyNotFound) -> _Found | None:
    span, is_exact = _missing_span(problem)
    name = problem.steps[problem.found_up_to] if problem.found_up_to < len(problem.steps) else problem.key
    recipe = context.composition.recipe
    if recipe is not None and problem.at.origin.is_recipe:
        return _in_recipe(recipe, problem, name, span, is_exact)
    if is_in_config_paths(problem.path):
        verdict = Verdict(Standing.NOWHERE)
        message = f"key `{name}` not found in this file; `config_paths` can refer only to keys of its own file"
        return _Found(message, span, verdict, True, is_exact)
    if not problem.found_up_to and not _is_relative(problem):
        return _top_level(context, problem, name, span, is_exact)
    return _within(context, problem, name, span, is_exact)


def _in_recipe(recipe: Recipe, problem: InterpolationKeyNotFound, name: str, span: Span, is_exact: bool) -> _Found:
    """Return the finding about a key that a recipe, which is known as a whole, does not have."""
    above = problem.steps[: problem.found_up_to]
    block = at(recipe.config, above)
    near = nearest(name, (key for key in block.entries if isinstance(key, str))) if isinstance(block, Table) else ()
    place = f"`{'.'.join(above)}`" if above else "this recipe"
    call = None if above or near else _with_dot(problem.key) or _variable(problem.key)
    if call is not None:
        exact = problem.span.of(problem.at.origin.text) == problem.key
        message = f"key `{problem.key}` not found in this recipe"
        return _Found(message, problem.span, Verdict(Standing.MISSPELT, (), (call,)), True, exact)
    verdict = Verdict(Standing.MISSPELT if near else Standing.NOWHERE, (), near)
    return _Found(f"key `{name}` not found in {place}", span, verdict, True, is_exact)


def _top_level(
    context: RunContext, problem: InterpolationKeyNotFound, name: str, span: Span, is_exact: bool
) -> _Found | None:
    """Return the finding about a key path whose first step does not exist; `None` for a name that settings declare."""
    if context.names.is_open(name):
        return None
    composition = context.composition
    for transfer in composition.transfers:
        if transfer.moved and transfer.source[0] == name:
            target = ".".join(map(str, transfer.target))
            message = f"`{name}` no longer exists, because `{target}` inherits it; refer to `{target}` instead"
            return _Found(message, span, Verdict(Standing.NOWHERE), True, is_exact)
    call = _with_dot(problem.key) or (_variable(problem.key) if not context.names.defined(name) else None)
    if call is not None:
        message = f"key `{problem.key}` not found in this run"
        exact = problem.span.of(problem.at.origin.text) == problem.key
        return _Found(message, problem.span, Verdict(Standing.MISSPELT, (), (call,)), True, exact)
    verdict = _judge(context, name, is_path=len(problem.steps) > 1)
    message = f"key `{name}` not found in this run"
    if verdict.standing is Standing.NOWHERE:
        message += "; set it in env.yaml or on the command line"
    return _Found(message, span, verdict, False, is_exact)


def _with_dot(key: str) -> str | None:
    """Return the resolver call that a key was meant to be, if it has a dot in place of the colon."""
    resolver = next((each for each in RESOLVERS if "." in each and key.startswith(f"{each}.")), None)
    return None if resolver is None else f"{resolver}:{key.removeprefix(f'{resolver}.')}"


def _variable(key: str) -> str | None:
    """Return the resolver call for a key such as `env.HOME`, which other tools read as an environment variable."""
    match = _ENVIRONMENT.fullmatch(key)
    return None if match is None else f"oc.env:{match['name']}"


def _judge(context: RunContext, name: str, *, is_path: bool) -> Verdict:
    definitions = tuple(each for each in context.names.defined(name) if is_path or each.server_type in _VALUES)
    if definitions:
        return Verdict(Standing.ELSEWHERE, definitions)
    # Only names of the run itself are suggested, because other files define too many names.
    near = nearest(name, (key for key in context.composition.config.entries if isinstance(key, str)))
    # A name in capital letters may as well be a variable that env.yaml sets under exactly this name.
    is_slip = bool(near) and near[0].lower() != name.lower()
    return Verdict(Standing.MISSPELT if is_slip else Standing.NOWHERE, (), near)


def _within(context: RunContext, problem: InterpolationKeyNotFound, name: str, span: Span, is_exact: bool) -> _Found:
    """Return the finding about a key that is missing from an existing block."""
    above = problem.steps[: problem.found_up_to]
    block = at(context.composition.config, above)
    keys = [key for key in block.entries if isinstance(key, str)] if isinstance(block, Table) else []
    near = nearest(name, keys)
    place = f"`{'.'.join(above)}`" if above else "the top-level mapping"
    message = f"key `{name}` not found in {place}"
    if near:
        return _Found(message, span, Verdict(Standing.MISSPELT, (), near), True, is_exact)
    elsewhere = () if _is_whole(context, problem, block) else _other_definitions(context, problem)
    standing = Standing.ELSEWHERE if elsewhere else Standing.NOWHERE
    is_closed = not elsewhere and not is_stand_in(block)
    return _Found(message, span, Verdict(standing, elsewhere), is_closed, is_exact)


def _is_whole(context: RunContext, problem: InterpolationKeyNotFound, block: Config | None) -> bool:
    """Return whether the block is part of a valid server, which does not need additions from another file."""
    if _is_relative(problem):
        return True
    return not is_stand_in(block) and any(server.name == problem.steps[0] for server in context.composition.servers)


def _other_definitions(context: RunContext, problem: InterpolationKeyNotFound) -> tuple[Definition, ...]:
    own = {file.path for file in context.composition.files}
    return tuple(each for each in context.names.defined(problem.steps[0]) if each.path not in own)


def _is_relative(problem: InterpolationKeyNotFound) -> bool:
    return problem.span.of(problem.at.origin.text).startswith(".")


def _missing_span(problem: InterpolationKeyNotFound) -> tuple[Span, bool]:
    """Return the span of the missing step and `True`, or that of the key and `False` if it is not written plainly."""
    written = problem.span.of(problem.at.origin.text)
    dots = len(written) - len(written.lstrip("."))
    steps = written[dots:].split(".")
    index = problem.found_up_to - (len(problem.steps) - len(steps))
    if written[dots:] != problem.key or "[" in written or not 0 <= index < len(steps):
        return problem.span, False
    start = problem.span.start + dots + sum(len(step) + 1 for step in steps[:index])
    return Span(start, start + len(steps[index])), True
