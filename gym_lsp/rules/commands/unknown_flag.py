"""The rule `unknown-flag`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.commands.problem import UnknownFlag
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.commands.findings import changed, in_command
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, listed, rule, shortened


@rule("unknown-flag", on=UnknownFlag, severity=Severity.ERROR)
def unknown_flag(context: Context, problem: UnknownFlag) -> Iterator[Finding]:
    """A flag that its command does not have.

    ## Why

    The flags of each command are read from the source of the release. NeMo Gym ends with an error if it is given
    another one. If the flags cannot be read, nothing is reported.

    ## Example

    ```yaml
    # --- README.md
    ~~~bash
    gym env start --modle large
    #             ^^^^^^^ error[unknown-flag]
    ~~~
    # --- /gym/nemo_gym/cli/main.py
    MODEL = Flag(register=lambda p: p.add_argument("--model"))
    COMMANDS = {"env start": Command(flags=(MODEL,))}
    ```
    """
    if problem.flag.startswith("--"):
        near = nearest(problem.flag, problem.flags)
    else:
        near = tuple(flag for flag in problem.flags if flag.startswith(f"-{problem.flag}"))
    hint = f"; did you mean {listed(near)}?" if near else ""
    yield in_command(
        problem, f"`{problem.command}` has no flag `{shortened(problem.flag, 60)}`{hint}", changed(problem, near)
    )
