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
    holds_in_parts=True,
)
def wrong_nesting(context: Context, subject: Block | AlmostServer) -> Iterator[Finding]:
    """A server, or one of its fields, that is indented one level too little or too much.

    ## Why

    A server has three levels: the instance, its server type and its implementation. Its fields are under the
    implementation. NeMo Gym does not read a field that is next to the implementation as a field. Depending on where the
    `entrypoint` is, it either reads the field as a second implementation and ends the run, or silently ignores the
    whole block.

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
            yield from _stray_fields(group, flaw_severity(subject))
    elif not subject.table.holds_directives:
        yield from _ignored(subject, context)


def _stray_fields(group: Table, severity: Severity) -> Iterator[Finding]:
    """Yield a finding for each field next to the implementation that contains the other fields."""
    strays = stray_fields(group)
    implementation = next(name for name, value in group.entries.items() if value not in strays)
    for stray in strays:
        message = f"`{key_text(stray)}` is next to the implementation `{implementation}`, not in it"
        yield at_key(stray, message, severity=severity)


def _ignored(block: Block, context: Context) -> Iterator[Finding]:
    """Yield findings for the servers and fields that NeMo Gym silently ignores."""
    found = groups(block.table, context.profile)
    if len(found) == 1:
        if isinstance(found[0], Table):
            yield from _in_group(found[0])
            yield from _next_to_group(block, found[0], context)
    elif not found:
        yield from _without_group(block, context)


def _in_group(group: Table) -> Iterator[Finding]:
    entrypoint = group.get(ENTRYPOINT)
    if isinstance(entrypoint, Leaf):
        if any(map(is_implementation, group.entries.values())):
            # NeMo Gym itself reports this block as an almost-server.
            return
        empty = next((name for name, value in group.entries.items() if _is_null(value)), None)
        if empty is not None:
            yield at_key(entrypoint, f"`{ENTRYPOINT}` is next to the implementation `{empty}`, not in it")
        else:
            message = f"missing implementation between `{key_text(group)}` and its fields, so this is not a server"
            yield at_key(entrypoint, message, severity=Severity.WARNING)
        return
    for config in group.entries.values() if len(group.entries) == 1 else ():
        inner = _implementation_in(config)
        if inner is not None and isinstance(config, Table) and ENTRYPOINT not in config.entries:
            message = f"this implementation is one level too deep, under `{key_text(config)}`, so it is not a server"
            yield at_key(inner, message, severity=Severity.WARNING)


def _next_to_group(block: Block, group: Table, context: Context) -> Iterator[Finding]:
    """Yield findings for keys next to the server type that are a field of the server or another instance."""
    if len(block.table.entries) < 2:
        return
    server = known_server(context, block)
    for position, (key, value) in enumerate(block.table.entries.items()):
        if value is group or not isinstance(key, str):
            continue
        # `server-type-not-first` reports the first key, because the server is never started.
        if position and server is not None and server.model.field(key) is not None and key not in _OF_INSTANCES:
            place = f"{block.name}.{server.server_type}.{server.implementation}"
            message = f"`{key}` is next to `{server.server_type}`, where NeMo Gym ignores it; move it into `{place}`"
            yield at_key(value, message, severity=Severity.WARNING)
        elif isinstance(value, Table) and any(each.is_server for each in spelled_servers(value, context.profile)):
            message = f"this instance is one level too deep, under `{block.name}`, so NeMo Gym ignores it"
            yield at_key(value, message, severity=Severity.WARNING)


_OF_INSTANCES = frozenset({NAME})
"""The fields of an instance itself, whatever the fields of its server are."""


def _without_group(block: Block, context: Context) -> Iterator[Finding]:
    if is_implementation(block.table):
        message = "missing server type and implementation above these fields, so this is not a server"
        yield at_key(block.table.entries[ENTRYPOINT], message, severity=Severity.WARNING)
        return
    for value in block.table.entries.values():
        if is_implementation(value) and block.name in context.profile.server_types:
            # `misplaced-server-field` reports that the name of the instance is missing.
            continue
        if is_implementation(value):
            message = f"missing server type between `{block.name}` and `{key_text(value)}`, so this is not a server"
            yield at_key(value, message, severity=Severity.WARNING)
        elif isinstance(value, Table) and any(each.is_server for each in spelled_servers(value, context.profile)):
            message = f"this instance is one level too deep, under `{block.name}`, so NeMo Gym ignores it"
            yield at_key(value, message, severity=Severity.WARNING)


def _implementation_in(config: Config) -> Config | None:
    inner = config.entries.values() if isinstance(config, Table) else ()
    return next((value for value in inner if is_implementation(value)), None)


def _is_null(config: Config) -> bool:
    return isinstance(config, Leaf) and config.value is None
