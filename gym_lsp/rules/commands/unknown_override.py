"""The rule `unknown-override`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.commands.problem import OverrideOfOther, UnknownOverride
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.commands.findings import changed, in_command
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, listed, rule, shortened

_MOST_LISTED = 5


@rule("unknown-override", on=(UnknownOverride, OverrideOfOther), severity=Severity.WARNING)
def unknown_override(context: Context, problem: UnknownOverride | OverrideOfOther) -> Iterator[Finding]:
    """An override of a server that the run of its command does not have.

    ## Why

    `++counting.resources_servers.counting.limit=5` changes a field of the instance `counting`. If the configs of the
    command do not have that instance, or have another implementation in it, the override makes a block that is not a
    server, and the field has no effect. NeMo Gym does not report this. Commands with configs that are not known, for
    example because a variable or a placeholder stands for them, are not checked.

    ## Example

    ```yaml
    # --- README.md
    ~~~bash
    gym env start --config environments/counting/config.yaml ++cuonting.resources_servers.counting.limit=5
    #                                                          ^^^^^^^^ warning[unknown-override]
    ~~~
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math, limit: 3}
    ```
    """
    if context.names.is_open(problem.name):
        return
    if isinstance(problem, OverrideOfOther):
        message = (
            f"`{shortened(problem.name, 60)}` of this run is a `{problem.found}`, not a "
            f"`{shortened(problem.implementation, 60)}`"
        )
        yield in_command(problem, message, changed(problem, (problem.found,)))
        return
    near = nearest(problem.name, problem.instances)
    if near:
        hint = f"; did you mean `{near[0]}`?"
    elif 0 < len(problem.instances) <= _MOST_LISTED:
        hint = f"; it has {listed(problem.instances, 'and')}"
    else:
        hint = ""
    message = f"the configs of this command have no instance `{shortened(problem.name, 60)}`{hint}"
    yield in_command(problem, message, changed(problem, near))
