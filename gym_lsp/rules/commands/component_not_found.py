"""The rule `component-not-found`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.commands.problem import UnknownComponent
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.commands.findings import changed, in_command
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule, shortened


@rule("component-not-found", on=UnknownComponent, severity=Severity.ERROR)
def component_not_found(context: Context, problem: UnknownComponent) -> Iterator[Finding]:
    """A name in a command that selects no config.

    ## Why

    `--environment NAME` and similar flags select the config of a component by its name, or by `NAME/VARIANT`. NeMo Gym
    ends with an error if there is none. Documents explain with components that do not exist, so an unknown component is
    only a warning if there is one with a similar name, and information otherwise. An unknown variant is an error.

    ## Example

    ```yaml
    # --- README.md
    ~~~bash
    gym env start --environment countin
    #                           ^^^^^^^ warning[component-not-found]
    ~~~
    # --- environments/counting/config.yaml
    policy_model_name: small
    # --- /gym/nemo_gym/cli/main.py
    ENVIRONMENT = Flag(register=lambda p: p.add_argument("--environment"))
    COMMANDS = {"env start": Command(flags=(ENVIRONMENT,))}
    ```
    """
    near = nearest(problem.name, problem.known)
    hint = f"; did you mean `{near[0]}`?" if near else ""
    message = f"`--{problem.option} {shortened(problem.name, 60)}` selects nothing: no `{problem.wanted}`{hint}"
    severity = Severity.WARNING if near else Severity.INFORMATION
    yield in_command(problem, message, changed(problem, near), None if problem.is_variant else severity)
