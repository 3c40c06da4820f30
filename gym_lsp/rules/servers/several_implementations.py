"""The rule `several-implementations`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import Spelled
from gym_lsp.compose.config import Config, Provenance, Table, at
from gym_lsp.compose.flaw import FlawKind
from gym_lsp.compose.problem import AlmostServer
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import AlmostServerError
from gym_lsp.rules.analysis.components import component_of
from gym_lsp.rules.analysis.flaws import flaw_severity, group_of, rule_for
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import Context, RunContext
from gym_lsp.rules.engine.edits import renames
from gym_lsp.rules.engine.rule import Finding, at_key, key_related, rule
from gym_lsp.syntax import Atom


@rule(
    "several-implementations",
    on=AlmostServer,
    kind=FlawKind.SEVERAL_IMPLEMENTATIONS,
    severity=Severity.ERROR,
    predicts=AlmostServerError,
    holds_in_parts=True,
)
def several_implementations(context: RunContext, problem: AlmostServer) -> Iterator[Finding]:
    """Two implementations under one server type of one instance.

    ## Why

    An instance is one server, so there is only one implementation under its server type. A second one is often the
    result of a merge: two files define the same instance, or a block inherits an implementation and defines another
    one. A merge adds keys and never removes any.

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
    group = group_of(problem)
    if rule_for(problem) != several_implementations.name or group is None:
        return
    *others, last = _newest_last(context.composition, tuple(group.entries.items()))
    name, other = others[0]
    related = (key_related(other, "the other implementation"),)
    server_type = str(problem.flaw.path[0])
    source = _inherited_from(context.composition, problem.instance, server_type, name)
    suggestions = (str(name),) if _is_misspelt(context, server_type, str(last[0]), last[1], name) else ()
    if suggestions:
        message = f"second implementation in addition to `{name}`; did you mean to override `{name}`?"
    elif source is None:
        message = f"`{problem.instance}` already has the implementation `{name}`; expected only one"
    else:
        message = f"second implementation in addition to the inherited `{name}`; use `_copy: {source}` in it instead"
    severity, fixes = flaw_severity(problem), renames(last[1], suggestions)
    yield at_key(last[1], message, severity=severity, related=related, fixes=fixes)


def _newest_last(composition: Composition, entries: tuple[tuple[Atom, Config], ...]) -> tuple[tuple[Atom, Config], ...]:
    """Return the entries so that the one that the merge added last is at the end. Its file causes the conflict."""
    roots = {node.path for node in composition.includes.nodes if node.includer is None}
    env_yaml = None if composition.env_yaml is None else composition.env_yaml.path

    def rank(entry: tuple[Atom, Config]) -> int:
        origin = entry[1].origin
        if origin.provenance is Provenance.OVERRIDE or origin.is_recipe:
            return 3
        return 2 if origin.path == env_yaml else int(origin.path in roots)

    last = max(reversed(entries), key=rank)
    return (*(entry for entry in entries if entry is not last), last)


def _is_misspelt(context: Context, server_type: str, name: str, config: Config, other: Atom) -> bool:
    """Whether an implementation was meant to be the other one: the names are similar, and its own folder is missing."""
    is_near = bool(nearest(name, (str(other),)))
    return is_near and isinstance(config, Table) and component_of(context, Spelled(server_type, name, config)) is None


def _inherited_from(composition: Composition, instance: str, server_type: str, name: Atom) -> str | None:
    """Return the dotted path that a directive copied an implementation from, or `None` if it was not copied."""
    before = at(composition.merged, (instance, server_type))
    if isinstance(before, Table) and name in before.entries:
        return None
    for transfer in composition.transfers:
        below = (instance, server_type)[len(transfer.target) :]
        if transfer.target == (instance, server_type)[: len(transfer.target)]:
            return ".".join(map(str, (*transfer.source, *below, name)))
    return None
