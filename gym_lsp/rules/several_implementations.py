"""The rule `several-implementations`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Config, Table
from gym_lsp.compose.directives import Transfer
from gym_lsp.compose.problem import AlmostServer
from gym_lsp.compose.run import Composition
from gym_lsp.compose.servers import FlawKind
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import AlmostServerError
from gym_lsp.rules.context import RuleContext
from gym_lsp.rules.flaws import flaw_of, flaw_severity, group_of, key_text, rule_for
from gym_lsp.rules.rule import Finding, at_key, key_related, rule
from gym_lsp.syntax.tree import spell


@rule(
    "several-implementations",
    on=FlawKind.SEVERAL_IMPLEMENTATIONS,
    severity=Severity.ERROR,
    predicts=AlmostServerError,
)
def several_implementations(context: RuleContext, problem: AlmostServer) -> Iterator[Finding]:
    """Two implementations under one server type of one instance.

    ## Why

    An instance is one server, so one implementation stands under its server type. Often the second one comes from
    merging: two files define the same instance, or a block inherits an implementation and names another one. Merging
    adds keys and never takes any away.

    To inherit the fields of an implementation under another name, inherit at the level of its fields.

    ## Example

    ```yaml
    base:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
    counting_agent:
      _inherit_from: base
      responses_api_agents:
        other_agent:
    #   ^^^^^^^^^^^ error[several-implementations]
          max_steps: 3
    ```

    ## Use instead

    ```yaml
    base:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
    counting_agent:
      responses_api_agents:
        other_agent:
          _copy: base.responses_api_agents.simple_agent
          max_steps: 3
    ```
    """
    group = group_of(context, problem)
    if rule_for(context, problem) != several_implementations.name or group is None:
        return
    *others, at = _root_last(context.composition, tuple(group.entries.values()))
    other = others[0]
    inherited = _inherited(context.composition, problem.instance, other)
    if inherited is None:
        message = f"`{problem.instance}` has the implementation `{_name(group, other)}` already; a server has one"
    else:
        source = spell((*inherited.source, *flaw_of(problem).path, _name(group, other)))
        message = f"`{_name(group, other)}` is inherited, so this is a second one; inherit `{source}` in here instead"
    related = (key_related(other, "the other implementation"),)
    yield at_key(at, message, severity=flaw_severity(problem), related=related)


def _root_last(composition: Composition, values: tuple[Config, ...]) -> tuple[Config, ...]:
    """The values with one of the run's root file at the end: merging them is that file's doing."""
    roots = {node.path for node in composition.includes.nodes if node.parent is None}
    own = [value for value in values if value.origin.path in roots]
    last = own[-1] if own else values[-1]
    return (*(value for value in values if value is not last), last)


def _inherited(composition: Composition, instance: str, other: Config) -> Transfer | None:
    """The directive of the instance through which another implementation came in."""
    for transfer in composition.transfers:
        if transfer.target == (instance,) and not transfer.at.origin.text == "" and other is not None:
            return transfer
    return None


def _name(group: Table, value: Config) -> str:
    return next((str(name) for name, each in group.entries.items() if each is value), key_text(value))
