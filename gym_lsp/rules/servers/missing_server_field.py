"""The rule `missing-server-field`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gym_lsp.compose.blocks import is_stand_in
from gym_lsp.compose.config import Config, Leaf, Provenance, Table
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Fix, RelatedLocation, Severity
from gym_lsp.gym.fields import Field, Model, RefType
from gym_lsp.gym.layout import ENTRYPOINT
from gym_lsp.gym.meanings import SUPPLIED
from gym_lsp.rules.analysis.naming import nearest, nearest_fields
from gym_lsp.rules.analysis.server_fields import KnownServer, declared, known_server, known_to_gym, unread_keys
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import append_fields
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, listed, rule, shortened
from gym_lsp.rules.servers.server_field_mismatches import is_null, server_field_mismatches
from gym_lsp.syntax import MISSING


@rule(
    "missing-server-field",
    on=(Block, Composition),
    severity=Severity.INFORMATION,
    completable=True,
    closed_in_runs=True,
)
def missing_server_field(context: Context, subject: Block | Composition) -> Iterator[Finding]:
    """A required field of a server that the run does not set.

    ## Why

    The class of the server does not declare a default for the field, so the server fails when it starts. In a
    workspace, `env.yaml`, the command line or another config may still set the field, so this is only information. When
    checking a run, or in a run that the settings declare, it is an error, unless the value comes from an interpolation
    or from the stand-in model.

    ## Example

    ```yaml
    # --- resources_servers/counting/requirements.txt
    # --- resources_servers/counting/app.py
    from nemo_gym.base_resources_server import BaseResourcesServerConfig, SimpleResourcesServer


    class CountingConfig(BaseResourcesServerConfig):
        judge_prompt: str


    class CountingServer(SimpleResourcesServer):
        config: CountingConfig


    CountingServer.run_webserver()
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
    #     ^^^^^^^^^^ information[missing-server-field]
          domain: math
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          judge_prompt: Are they equal?
    ```
    """
    if isinstance(subject, Composition):
        for mismatch in server_field_mismatches(context, subject):
            written = mismatch.written
            if is_null(mismatch.value) and isinstance(written, Leaf):
                message = f"missing value for `{mismatch.field.name}`: `{shortened(str(written.value))}` is null"
                yield at_value(written, message, related=_declared(context, mismatch.model, mismatch.field))
        return
    server = known_server(context, subject)
    missing = [] if server is None else [*_missing(context, server)]
    if server is not None and missing:
        noun, names = "field" if len(missing) == 1 else "fields", listed((field.name for field in missing), "and")
        message = f"missing required {noun} {names} of `{server.model.name}`"
        place = _described(server.config)
        yield at_key(
            place,
            message,
            severity=_severity(context, server.config.get(ENTRYPOINT)),
            related=_declared(context, server.model, missing[0]),
            fixes=_added(server.config, place, missing),
        )
    for mismatch in server_field_mismatches(context, subject):
        if mismatch.absent is not None and not _is_misspelt(mismatch.value, mismatch.absent):
            message = f"missing required field `{mismatch.absent}` in {mismatch.whose}"
            severity = _severity(context, mismatch.written)
            at = _declared(context, mismatch.model, mismatch.field)
            yield at_key(mismatch.written, message, severity=severity, related=at)


def _severity(context: Context, value: Config | None) -> Severity | None:
    """Return an error if a value is final, because it is written in a config of a run."""
    is_open = is_stand_in(value) or (isinstance(value, Leaf) and value.is_interpolation)
    return Severity.ERROR if context.checks_run and not is_open else None


def _missing(context: Context, server: KnownServer) -> Iterator[Field]:
    model, given = server.model, server.config
    absent = [
        field
        for field in model.fields.values()
        if field.required and field.name not in given.entries and field.name not in SUPPLIED
    ]
    if absent:
        # `unknown-server-field` reports a key that was probably meant to be the field.
        is_reported = model.extra != "allow"
        unread = unread_keys(context, model, given, known_to_gym(context, server)) if is_reported else ()
        yield from (
            field
            for field in absent
            if given.entries.keys().isdisjoint(field.aliases)
            and not any(nearest_fields(key, (field.name,)) for key in unread)
        )


def _added(server: Table, place: Config, missing: Iterable[Field]) -> tuple[Fix, ...]:
    """Return a fix that adds the fields without values, if it changes only the file of the finding."""
    edit = append_fields(server, {field.name: _placeholder(field) for field in missing})
    if edit is None or server.origin.path != place.origin.path:
        return ()
    return (Fix("Add the missing fields", (edit,)),)


def _placeholder(field: Field) -> str:
    if isinstance(field.type, RefType):
        return f"{{type: {field.type.server_types[0]}, name: {MISSING}}}"
    return MISSING


def _is_misspelt(given: Config, name: str) -> bool:
    """Whether another key was probably meant to be this field. `unknown-server-field` reports that key."""
    keys = given.entries if isinstance(given, Table) else ()
    return bool(nearest(name, (key for key in keys if isinstance(key, str))))


def _described(server: Table) -> Config:
    """Return the `entrypoint`, which is at the same place in every run, even if a run overrides other fields."""
    entrypoint = server.get(ENTRYPOINT)
    return entrypoint if entrypoint is not None and entrypoint.origin.provenance is Provenance.WRITTEN else server


def _declared(context: Context, model: Model, field: Field) -> tuple[RelatedLocation, ...]:
    return declared(context, field, f"`{field.name}` of `{model.name}` is declared here")
