"""The rule `malformed-ref`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import is_settled
from gym_lsp.compose.config import Config, Leaf, Table
from gym_lsp.diagnostic import Fix, Severity
from gym_lsp.gym.layout import NAME, TYPE
from gym_lsp.rules.analysis.flaws import value_text
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import insert_field, replace_value, unquote_value
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, rule, shortened
from gym_lsp.rules.names.field_refs import RefFields


@rule("malformed-ref", on=Block, severity=Severity.ERROR)
def malformed_ref(context: Context, block: Block) -> Iterator[Finding]:
    """A server ref that is not `{type: <server type>, name: <instance>}`.

    ## Why

    NeMo Gym checks only what has a valid `type` and a `name` that is text; anything else it does not take for a ref,
    and says nothing. The server that reads the field fails when it starts. A ref may give its `name` alone where the
    `type` is merged or inherited from another block.

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
    server = block.server
    if server is None:
        return
    fields = RefFields(context, server)
    for field, value in server.config.entries.items():
        wanted = next(iter(fields.types(field)), None)
        if not isinstance(value, Table):
            if wanted is not None:
                yield from _about_other(value, str(field), wanted)
        elif not value.holds_directives:
            yield from _about_mapping(context, value, wanted)


def _about_mapping(context: Context, ref: Table, wanted: str | None) -> Iterator[Finding]:
    given, name = ref.get(TYPE), ref.get(NAME)
    if given is None:
        if wanted is not None and name is not None:
            yield at_value(ref, "a server ref needs a `type` beside the `name`", fixes=_with_type(ref, wanted))
        return
    if not is_settled(given) or not isinstance(given, Leaf):
        return
    if given.value not in context.profile.server_types:
        near = nearest(str(given.value), context.profile.server_types)
        if isinstance(name, Leaf) and isinstance(given.value, str) and name.value in context.profile.server_types:
            yield _swapped(given, name)
        elif wanted is not None or (near and name is not None):
            yield _wrong_type(given, wanted, near)
    elif name is None:
        if wanted is not None:
            yield at_key(ref, "a server ref needs the `name` of an instance")
    elif not (isinstance(name, Leaf) and isinstance(name.value, str)):
        yield at_value(name, f"the `name` of a server ref must be text: the name of an instance, not {_shown(name)}")


def _shown(name: Config) -> str:
    if not isinstance(name, Leaf):
        return "a mapping" if isinstance(name, Table) else "a list"
    return "empty" if name.value is None else f"`{shortened(value_text(name))}`"


def _wrong_type(given: Leaf, wanted: str | None, near: tuple[str, ...]) -> Finding:
    meant = wanted or near[0]
    message = f"no server type `{shortened(str(given.value))}`; did you mean `{meant}`?"
    return at_value(given, message, fixes=(replace_value(given, meant, f"Change to `{meant}`"),))


def _swapped(given: Leaf, name: Leaf) -> Finding:
    """Each of the two has what the other one should have."""
    edits = (
        *replace_value(given, str(name.value), "").edits,
        *replace_value(name, str(given.value), "").edits,
    )
    message = "`type` and `name` are swapped: a `type` is a server type, and a `name` that of an instance"
    return at_value(given, message, fixes=(Fix("Swap them", edits),))


def _with_type(ref: Table, wanted: str) -> tuple[Fix, ...]:
    edit = insert_field(ref, TYPE, wanted)
    return () if edit is None else (Fix(f"Add `type: {wanted}`", (edit,)),)


def _about_other(value: Config, field: str, wanted: str) -> Iterator[Finding]:
    if isinstance(value, Leaf):
        if value.value is None or not is_settled(value):
            return
        written = f"{{type: {wanted}, name: {value.value}}}"
        fixes = (unquote_value(value, written, f"Change to `{written}`"),) if isinstance(value.value, str) else ()
        yield at_value(value, f"`{field}` is a server ref: write `{shortened(written, 80)}`", fixes=fixes)
    else:
        yield at_key(value, f"`{field}` is a server ref: one mapping with `type` and `name`")
