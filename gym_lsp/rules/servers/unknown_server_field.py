"""The rule `unknown-server-field`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Array, Config, Leaf, Table
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.fields import AnyType, DictType, FieldType, ListType, Model, ModelType, UnionType
from gym_lsp.gym.layout import DOMAIN, RESOURCES
from gym_lsp.rules.analysis.dedents import is_dedented
from gym_lsp.rules.analysis.flaws import fields_like
from gym_lsp.rules.analysis.naming import nearest_fields
from gym_lsp.rules.analysis.server_fields import KnownServer, declared, known_server, known_to_gym, unread_keys
from gym_lsp.rules.analysis.type_mismatches import ref_type
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import renames
from gym_lsp.rules.engine.rule import Finding, at_key, rule
from gym_lsp.syntax import Scalar


@rule("unknown-server-field", on=Block, severity=Severity.WARNING, holds_in_parts=True)
def unknown_server_field(context: Context, block: Block) -> Iterator[Finding]:
    """A key of a server that is not a field of its class.

    ## Why

    The mapping under an implementation becomes the config of its server, and most servers silently ignore unknown keys:
    the run starts, but the key has no effect. gym-lsp reads the fields from the class of the server. If that class
    forbids unknown keys, the server fails when it starts, and the finding is an error.

    The same applies to the models inside a server, such as `judge_responses_create_params`. A field of type
    `dict[str, Any]` accepts any key, and gym-lsp reports its keys only if the program of the server shows which keys it
    uses: it passes the mapping to one class, such as `SandboxSpec(**self.config.sandbox_config)`, or reads single keys.

    ## Example

    ```yaml
    # --- resources_servers/counting/requirements.txt
    # --- resources_servers/counting/app.py
    from nemo_gym.base_resources_server import BaseResourcesServerConfig, SimpleResourcesServer


    class CountingConfig(BaseResourcesServerConfig):
        judge_prompt: str = "Are they equal?"


    class CountingServer(SimpleResourcesServer):
        config: CountingConfig


    CountingServer.run_webserver()
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          judge_promt: Do they say the same?
    #     ^^^^^^^^^^^ warning[unknown-server-field]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          judge_prompt: Do they say the same?
    ```
    """
    server = known_server(context, block)
    if server is None:
        return
    model = server.model
    if model.extra != "allow" and not server.config.entries.keys() <= model.fields.keys():
        known = known_to_gym(context, server)
        domain = _misspelt_domain(server)
        for finding, value in _unknown(context, model, server.config, known):
            key = value.key.text if isinstance(value.key, Scalar) else ""
            if value is not domain and not is_dedented(server.config, key, context.profile):
                yield finding
    for name, value in server.config.entries.items():
        field = None if isinstance(value, Leaf) else model.field(name)
        if field is not None:
            yield from _nested(context, field.type, value)


def _misspelt_domain(server: KnownServer) -> Config | None:
    """Return the value that was meant to be the domain of a resources server, which `missing-domain` reports."""
    is_missing = server.server_type == RESOURCES and DOMAIN not in server.config.entries
    return fields_like(server.config, DOMAIN) if is_missing else None


def _unknown(context: Context, model: Model, given: Table, known: frozenset[str]) -> Iterator[tuple[Finding, Config]]:
    """Yield a finding for each key that is not a field of a model, with the value under the key."""
    for key in unread_keys(context, model, given, known):
        value = given.entries[key]
        near = [name for name in nearest_fields(key, {*model.fields, *known}) if _is_free(given, name, value)]
        way_out = f"; did you mean `{near[0]}`?" if near else ""
        finding = at_key(
            value,
            f"unknown field `{key}` of `{model.name}`{way_out}",
            severity=_severity(model, value, near),
            related=declared(context, model, f"`{model.name}` is declared here"),
            fixes=renames(value, near),
        )
        yield finding, value


def _is_free(given: Table, name: str, value: Config) -> bool:
    """Whether a value could be meant for a field: the field is not set, or this value was to override it."""
    other = given.get(name)
    return other is None or other.origin is not value.origin


def _severity(model: Model, value: Config, near: list[str]) -> Severity | None:
    """An error if the server cannot start: the class forbids the key, or the key was meant as a required server ref."""
    field = model.fields.get(near[0]) if near else None
    is_ref = field is not None and ref_type(field.type) is not None and isinstance(value, Table)
    return Severity.ERROR if model.extra == "forbid" or (is_ref and field is not None and field.required) else None


def _nested(context: Context, expected: FieldType, value: Config) -> Iterator[Finding]:
    """Yield findings for the unknown keys of the models inside a value."""
    match expected:
        case ModelType(model) if isinstance(value, Table):
            if model.rewrites:
                return
            if model.extra != "allow":
                yield from (finding for finding, _ in _unknown(context, model, value, frozenset()))
            for name, each in value.entries.items():
                field = model.field(name)
                if field is not None:
                    yield from _nested(context, field.type, each)
        case ListType(item) if isinstance(value, Array):
            for each in value.items:
                yield from _nested(context, item, each)
        case DictType(_, item) if isinstance(value, Table):
            for each in value.entries.values():
                yield from _nested(context, item, each)
        case UnionType(options):
            inner = [option for option in options if isinstance(option, AnyType | DictType | ListType | ModelType)]
            if len(inner) == 1:
                yield from _nested(context, inner[0], value)
        case _:
            return
