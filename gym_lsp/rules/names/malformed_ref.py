"""The rule `malformed-ref`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import is_settled
from gym_lsp.compose.config import Config, Leaf, Marks, Table
from gym_lsp.compose.interpolate import FROM_ENVIRONMENT, Interpolator
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Fix, Severity
from gym_lsp.gym.layout import NAME, TYPE, is_top_level
from gym_lsp.rules.analysis.dedents import ref_above
from gym_lsp.rules.analysis.flaws import key_text, value_text
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import column_of, indent_entries, insert_field, replace_value, unquote_value
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, rule, shortened
from gym_lsp.rules.names.field_refs import RefFields

_INDENTATION = 2
"""Columns."""


@rule("malformed-ref", on=(Block, Composition), severity=Severity.ERROR, holds_in_parts=True)
def malformed_ref(context: Context, subject: Block | Composition) -> Iterator[Finding]:
    """A server ref that is not `{type: <server type>, name: <instance>}`.

    ## Why

    NeMo Gym checks a ref only if it has a valid `type` and a `name` that is text. It silently ignores anything else,
    and the server that reads the field fails when it starts. A ref may have only a `name` if its `type` is merged or
    inherited from another block.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resource_servers, name: counting}
    #                              ^^^^^^^^^^^^^^^^ error[malformed-ref]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
    ```
    """
    if isinstance(subject, Composition):
        yield from _interpolated(context, subject)
        return
    server = subject.server
    if server is None:
        return
    fields = RefFields(context, server)
    yield from _dedented(context, server.config)
    for field, value in server.config.entries.items():
        expected = next(iter(fields.types(field)), None)
        if not isinstance(value, Table):
            if expected is not None:
                yield from _about_other(value, str(field), expected)
        elif not value.holds_directives:
            yield from _about_mapping(context, value, expected)


def _interpolated(context: Context, composition: Composition) -> Iterator[Finding]:
    """Report the interpolation of a whole block, or of its name, in the place of a ref."""
    for server in composition.servers:
        if not server.config.marks & Marks.INTERPOLATION:
            continue
        fields = RefFields(context, server)
        for field, value in server.config.entries.items():
            if not isinstance(value, Leaf) or not value.is_interpolation:
                continue
            expected = next(iter(fields.types(field)), None)
            interpolator = Interpolator(composition.config, context.environment)
            found = None if expected is None else interpolator.find(value, (*server.path, str(field)))
            if found is None or _may_be_ref(found.config):
                continue
            name = found.path[0] if is_top_level(found.path) and isinstance(found.config, Table) else None
            ref = "" if name is None else f"{{type: {expected}, name: {name}}}"
            fixes = () if name is None else (unquote_value(value, ref, f"Change to `{ref}`"),)
            way_out = f"; write `{ref}`" if ref else ": one mapping with `type` and `name`"
            yield at_value(value, f"`{field}` must be a server ref{way_out}", fixes=fixes)


def _may_be_ref(value: Config) -> bool:
    """Return whether a value is null, comes from the environment, or has a key of a ref: other rules judge it."""
    if isinstance(value, Table):
        return not {TYPE, NAME}.isdisjoint(value.entries)
    return isinstance(value, Leaf) and (value.value is None or FROM_ENVIRONMENT in str(value.value))


def _dedented(context: Context, server: Table) -> Iterator[Finding]:
    """Report a ref whose `type` and `name` are beside its field and not below it."""
    field = ref_above(server, context.profile)
    if field is None or field.key is None:
        return
    column = column_of(field.origin, field.key.span.start) + _INDENTATION
    edits = indent_entries((server.entries[TYPE], server.entries[NAME]), column)
    fixes = (Fix(f"Indent them below `{key_text(field)}`", edits),) if edits else ()
    yield at_key(field, f"`{TYPE}` and `{NAME}` of this server ref must be indented below it", fixes=fixes)


def _about_mapping(context: Context, ref: Table, expected: str | None) -> Iterator[Finding]:
    given, name = ref.get(TYPE), ref.get(NAME)
    if given is None:
        if expected is not None and name is not None:
            yield at_value(ref, "missing `type` in server ref", fixes=_with_type(ref, expected))
        return
    if not is_settled(given) or not isinstance(given, Leaf):
        return
    if given.value not in context.profile.server_types:
        near = nearest(str(given.value), context.profile.server_types)
        if isinstance(name, Leaf) and isinstance(given.value, str) and name.value in context.profile.server_types:
            yield _swapped(given, name)
        elif expected is not None or (near and name is not None):
            yield _wrong_type(given, expected, near)
    elif name is None:
        if expected is not None:
            yield at_key(ref, "missing `name` in server ref; set it to the name of an instance")
    elif not (isinstance(name, Leaf) and isinstance(name.value, str)):
        message = f"invalid `name` in server ref: expected the name of an instance as text, found {_shown(name)}"
        yield at_value(name, message)


def _shown(name: Config) -> str:
    if not isinstance(name, Leaf):
        return "a mapping" if isinstance(name, Table) else "a list"
    return "an empty value" if name.value is None else f"`{shortened(value_text(name))}`"


def _wrong_type(given: Leaf, expected: str | None, near: tuple[str, ...]) -> Finding:
    suggestion = expected or near[0]
    message = f"unknown server type `{shortened(str(given.value))}`; did you mean `{suggestion}`?"
    return at_value(given, message, fixes=(replace_value(given, suggestion, f"Change to `{suggestion}`"),))


def _swapped(given: Leaf, name: Leaf) -> Finding:
    """Return the finding about a ref whose `type` and `name` are each in the place of the other."""
    edits = (
        *replace_value(given, str(name.value), "").edits,
        *replace_value(name, str(given.value), "").edits,
    )
    message = "`type` and `name` are swapped: `type` must be a server type, and `name` the name of an instance"
    return at_value(given, message, fixes=(Fix("Swap `type` and `name`", edits),))


def _with_type(ref: Table, server_type: str) -> tuple[Fix, ...]:
    edit = insert_field(ref, TYPE, server_type)
    return () if edit is None else (Fix(f"Add `type: {server_type}`", (edit,)),)


def _about_other(value: Config, field: str, server_type: str) -> Iterator[Finding]:
    if isinstance(value, Leaf):
        if value.value is None or not is_settled(value):
            return
        ref = f"{{type: {server_type}, name: {value.value}}}"
        fixes = (unquote_value(value, ref, f"Change to `{ref}`"),) if isinstance(value.value, str) else ()
        yield at_value(value, f"`{field}` must be a server ref; write `{shortened(ref, 80)}`", fixes=fixes)
    else:
        yield at_key(value, f"`{field}` must be a server ref: one mapping with `type` and `name`")
