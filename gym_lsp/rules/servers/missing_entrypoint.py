"""The rule `missing-entrypoint`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import Spelled, groups, is_implementation
from gym_lsp.compose.config import Leaf, Table
from gym_lsp.compose.problem import DirectiveMisused, InheritTargetNotFound
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import COPY, ENTRYPOINT, INHERIT_FROM
from gym_lsp.rules.analysis.flaws import fields_like
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.directives.misspelt_directive import misspelling_of
from gym_lsp.rules.engine.context import Block, Context, RunContext
from gym_lsp.rules.engine.edits import renames
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule("missing-entrypoint", on=Composition, severity=Severity.WARNING, about_names=True)
def missing_entrypoint(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """A block that looks like a server but does not have an `entrypoint`.

    ## Why

    Only `entrypoint` makes a block a server. NeMo Gym silently ignores a block without one. A block that only overrides
    fields of a server in another file does not need an `entrypoint` of its own, and is not reported when checking a
    workspace. It is reported when checking a run, because the server does not exist in that run.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
    #   ^^^^^^^^ warning[missing-entrypoint]
          domain: math
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
    ```
    """
    if composition.is_incomplete or any(isinstance(problem, _LEFT_OUT) for problem in composition.problems):
        return
    if composition.recipe is not None:
        # `override-without-server` reports a block of a recipe.
        return
    valid = {server.name for server in composition.servers}
    for name, value in composition.config.entries.items():
        if not isinstance(value, Table) or name in valid or value.holds_directives:
            continue
        if any(misspelling_of(str(key)) in (INHERIT_FROM, COPY) for key in value.entries):
            continue
        block = Block.of(str(name), value, context.profile)
        yield from _empty(context, block)
        found = block.servers
        if len(found) == 1 and _lacks_entrypoint(found[0]) and not _is_override(context, block, found[0]):
            message = f"missing `{ENTRYPOINT}`, so `{name}` is not a server and NeMo Gym ignores it"
            near = _meant_to_override(composition, block.name, found[0])
            way_out = f"; did you mean `{near[0]}`?" if near else ""
            yield at_key(found[0].config, f"{message}{way_out}", fixes=renames(value, near))


def _empty(context: RunContext, block: Block) -> Iterator[Finding]:
    """Report an implementation without any field. A `null` over a block of another file removes it on purpose."""
    for group in groups(block.table, context.profile):
        below = list(group.entries.values()) if isinstance(group, Table) else []
        if len(below) == 1 and isinstance(below[0], Leaf) and below[0].value is None and below[0].overridden is None:
            here = below[0].origin.path
            is_known = any(each.path != here for each in context.names.defined(block.name))
            if context.checks_run or not is_known:
                message = f"this implementation is empty, so `{block.name}` is not a server and NeMo Gym ignores it"
                yield at_key(below[0], message)


def _meant_to_override(composition: Composition, name: str, server: Spelled) -> tuple[str, ...]:
    """Return the names of the servers that the block was probably meant to override, if its own name is misspelt."""
    alike = (
        each.name
        for each in composition.servers
        if (each.server_type, each.implementation) == (server.server_type, server.implementation)
    )
    return nearest(name, alike)


_LEFT_OUT = (InheritTargetNotFound, DirectiveMisused)
"""Problems that leave a file or an inherited block out of the run. What it would have supplied is unknown."""


def _lacks_entrypoint(server: Spelled) -> bool:
    config = server.config
    if ENTRYPOINT in config.entries:
        return False
    # Two other rules report the cause: a misspelt `entrypoint`, and an implementation that is one level too deep.
    return fields_like(config, ENTRYPOINT) is None and not any(map(is_implementation, config.entries.values()))


def _is_override(context: Context, block: Block, server: Spelled) -> bool:
    """Whether another file defines the instance, so that a run with both files contains the complete server."""
    if context.checks_run:
        return False
    if context.names.is_open(block.name):
        return True
    here = server.config.origin.path
    return any(each.path != here for each in context.names.defined(block.name))
