"""The rule `wrong-nesting`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import groups, is_implementation, spelled_servers
from gym_lsp.compose.config import Config, Leaf, Table
from gym_lsp.compose.flaw import FlawKind
from gym_lsp.compose.problem import AlmostServer
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import AlmostServerError
from gym_lsp.gym.layout import ENTRYPOINT, NAME
from gym_lsp.rules.analysis.flaws import flaw_severity, group_of, key_text, rule_for, stray_fields
from gym_lsp.rules.analysis.server_fields import known_server
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule(
    "wrong-nesting",
    on=(Block, AlmostServer),
    kind=FlawKind.SEVERAL_IMPLEMENTATIONS,
    severity=Severity.ERROR,
    predicts=AlmostServerError,
)
def wrong_nesting(context: Context, subject: Block | AlmostServer) -> Iterator[Finding]:
    """A server, or a field of it, that is indented one level too little or too much.

    ## Why

    A server has three levels: the instance, its server type, its implementation. Its fields stand below the third. A
    field that stands beside the implementation is not read as a field: NeMo Gym takes it for a second implementation
    and ends the run, or passes over the whole block in silence, depending on where the `entrypoint` is.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
        dictionary: words.txt
    #   ^^^^^^^^^^ error[wrong-nesting]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          dictionary: words.txt
    ```
    """
    if isinstance(subject, AlmostServer):
        group = group_of(subject)
        if rule_for(subject) == wrong_nesting.name and group is not None:
            yield from _beside(group, flaw_severity(subject))
    elif not subject.table.holds_directives:
        yield from _misplaced(subject, context)


def _beside(group: Table, severity: Severity) -> Iterator[Finding]:
    """Fields beside the implementation that has the others."""
    strays = stray_fields(group)
    implementation = next(name for name, value in group.entries.items() if value not in strays)
    for stray in strays:
        message = f"`{key_text(stray)}` stands beside the implementation `{implementation}`, not in it"
        yield at_key(stray, message, severity=severity)


def _misplaced(block: Block, context: Context) -> Iterator[Finding]:
    """What NeMo Gym passes over without a word."""
    found = groups(block.table, context.profile)
    if len(found) == 1:
        if isinstance(found[0], Table):
            yield from _in_group(found[0])
            yield from _beside_group(block, found[0], context)
    elif not found:
        yield from _without_group(block, context)


def _in_group(group: Table) -> Iterator[Finding]:
    entrypoint = group.get(ENTRYPOINT)
    if isinstance(entrypoint, Leaf):
        if any(map(is_implementation, group.entries.values())):
            # An almost-server, of which NeMo Gym speaks itself.
            return
        empty = next((name for name, value in group.entries.items() if _is_null(value)), None)
        if empty is not None:
            yield at_key(entrypoint, f"`{ENTRYPOINT}` stands beside the implementation `{empty}`, not in it")
        else:
            message = f"the implementation is missing between `{key_text(group)}` and its fields, so this is no server"
            yield at_key(entrypoint, message, severity=Severity.WARNING)
        return
    for config in group.entries.values() if len(group.entries) == 1 else ():
        inner = _implementation_in(config)
        if inner is not None and isinstance(config, Table) and ENTRYPOINT not in config.entries:
            message = f"the server is one level too deep, below `{key_text(config)}`, so this is no server"
            yield at_key(inner, message, severity=Severity.WARNING)


def _beside_group(block: Block, group: Table, context: Context) -> Iterator[Finding]:
    """What stands beside the server type of a server and belongs into it, or beside the whole instance."""
    if len(block.table.entries) < 2:
        return
    server = known_server(context, block)
    for position, (key, value) in enumerate(block.table.entries.items()):
        if value is group or not isinstance(key, str):
            continue
        # Of what stands first, another rule says the worse: that the server is never started.
        if position and server is not None and server.model.field(key) is not None and key not in _OF_INSTANCES:
            place = f"{block.name}.{server.server_type}.{server.implementation}"
            message = f"`{key}` stands beside `{server.server_type}`, where no server reads it; put it into `{place}`"
            yield at_key(value, message, severity=Severity.WARNING)
        elif isinstance(value, Table) and any(each.is_server for each in spelled_servers(value, context.profile)):
            message = f"this instance is one level too deep, inside of `{block.name}`, so NeMo Gym does not see it"
            yield at_key(value, message, severity=Severity.WARNING)


_OF_INSTANCES = frozenset({NAME})
"""What an instance itself may have, whatever its server has."""


def _without_group(block: Block, context: Context) -> Iterator[Finding]:
    if is_implementation(block.table):
        message = "the server type and the implementation are missing above these fields, so this is no server"
        yield at_key(block.table.entries[ENTRYPOINT], message, severity=Severity.WARNING)
        return
    for value in block.table.entries.values():
        if is_implementation(value):
            message = f"a server type is missing between `{block.name}` and `{key_text(value)}`, so this is no server"
            yield at_key(value, message, severity=Severity.WARNING)
        elif isinstance(value, Table) and any(each.is_server for each in spelled_servers(value, context.profile)):
            message = f"this instance is one level too deep, below `{block.name}`, so NeMo Gym does not see it"
            yield at_key(value, message, severity=Severity.WARNING)


def _implementation_in(config: Config) -> Config | None:
    inner = config.entries.values() if isinstance(config, Table) else ()
    return next((value for value in inner if is_implementation(value)), None)


def _is_null(config: Config) -> bool:
    return isinstance(config, Leaf) and config.value is None
