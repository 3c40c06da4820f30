"""The rule `empty-server-type`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gym_lsp.compose.blocks import groups, is_settled
from gym_lsp.compose.config import Config, Leaf, Provenance, Table, history, key_span
from gym_lsp.compose.flaw import FlawKind
from gym_lsp.compose.problem import AlmostServer, GroupInterpolated
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import AlmostServerError
from gym_lsp.gym.layout import ENTRYPOINT
from gym_lsp.rules.analysis.flaws import flaw_severity, rule_for
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.rule import Finding, at_value, rule
from gym_lsp.syntax import Mapping

_TIGHT = re.compile(r"(?:<<|[\w.-]+):\S")


@rule(
    "empty-server-type",
    on=(Block, AlmostServer, GroupInterpolated),
    kind=FlawKind.NO_IMPLEMENTATION,
    severity=Severity.ERROR,
    predicts=AlmostServerError,
)
def empty_server_type(context: Context, subject: Block | AlmostServer | GroupInterpolated) -> Iterator[Finding]:
    """A server type without an implementation under it.

    ## Why

    The key under the server type is the implementation, which is the folder that the server is started from. Its fields
    are under the implementation. Without an implementation, NeMo Gym silently ignores the block: the server does not
    exist, and every reference to it fails.

    ## Example

    ```yaml
    counting:
      resources_servers:
    # ^^^^^^^^^^^^^^^^^ error[empty-server-type]
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
    if isinstance(subject, GroupInterpolated):
        yield _finding(subject.at, Severity.ERROR)
        return
    if isinstance(subject, AlmostServer):
        if rule_for(subject) == empty_server_type.name:
            yield _finding(subject.flaw.at, flaw_severity(subject))
        return
    found = groups(subject.table, context.profile)
    if len(found) == 1 and _is_empty(found[0]) and not subject.table.holds_directives:
        yield _finding(found[0], Severity.ERROR)
    elif len(found) == 1 and isinstance(found[0], Table):
        yield from _without_fields(found[0])


def _without_fields(group: Table) -> Iterator[Finding]:
    """Yield a finding if the only implementation under a server type is text or a list."""
    ((name, value),) = group.entries.items() if len(group.entries) == 1 else ((None, None),)
    # Another rule reports the policy model, because a stand-in replaces it.
    is_stood_in = any(each.origin.provenance is Provenance.STAND_IN for each in history(group))
    if value is None or isinstance(value, Table) or name == ENTRYPOINT or is_stood_in:
        return
    if isinstance(value, Leaf) and (value.value is None or not is_settled(value)):
        return
    message = f"the implementation `{name}` is not a mapping of fields, so this is not a server"
    if isinstance(value, Leaf) and isinstance(value.value, str) and _TIGHT.match(value.value):
        message = f"{message}; add a space after the colon"
    yield at_value(value, message)


def _is_empty(group: Config) -> bool:
    if isinstance(group, Table):
        # If the text has entries, a directive has removed them on purpose.
        return not group.entries and not (isinstance(group.node, Mapping) and group.node.entries)
    # Another rule reports `???`. The value of an interpolation is known only in a run.
    return not (isinstance(group, Leaf) and not is_settled(group))


def _finding(group: Config, severity: Severity) -> Finding:
    if isinstance(group, Table) or (isinstance(group, Leaf) and group.value is None):
        message = "missing implementation under this server type, so this is not a server"
    else:
        message = "the server type is not a mapping with one implementation, so this is not a server"
    return Finding(group.origin, key_span(group), message, severity)
