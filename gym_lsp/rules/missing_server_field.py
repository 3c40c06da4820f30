"""The rule `missing-server-field`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Config, How, Leaf, Table
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import RelatedLocation, Severity
from gym_lsp.gym.fields import Field, Model
from gym_lsp.gym.meanings import SUPPLIED
from gym_lsp.rules.context import Block, RuleContext
from gym_lsp.rules.field_misfits import interpolated, is_null, misfits_in
from gym_lsp.rules.instances import ENTRYPOINT
from gym_lsp.rules.naming import nearest
from gym_lsp.rules.rule import Finding, at_key, at_value, listed, rule, shortened
from gym_lsp.rules.server_fields import declared, known_servers


@rule("missing-server-field", on=(Block, Composition), severity=Severity.INFORMATION, completable=True)
def missing_server_field(context: RuleContext, subject: Block | Composition) -> Iterator[Finding]:
    """A field that a server needs and that nothing in the run sets.

    ## Why

    The class of the server has no default for the field, so the server fails when it starts. `env.yaml`, the command
    line or another config may still give it, which is why this is no error.

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
        for model, misfit in interpolated(context, subject):
            if is_null(misfit.value) and isinstance(misfit.written, Leaf):
                message = f"`{misfit.field.name}` needs a value, and `{shortened(str(misfit.written.value))}` is null"
                yield at_value(misfit.written, message, related=_declared(context, model, misfit.field))
        return
    for server in known_servers(context, subject):
        model = server.model
        missing = [*_missing(model, server.config)]
        if missing:
            names = listed((field.name for field in missing), "and")
            message = f"nothing sets {names}, which `{model.name}` needs"
            yield at_key(_described(server.config), message, related=_declared(context, model, missing[0]))
        for misfit in misfits_in(context, model, server.config, ()):
            if misfit.absent is not None and not (
                isinstance(misfit.value, Table) and _is_slip(misfit.value, misfit.absent)
            ):
                message = f"`{misfit.path[-1]}` needs `{misfit.absent}`"
                yield at_key(misfit.written, message, related=_declared(context, model, misfit.field))


def _missing(model: Model, given: Table) -> Iterator[Field]:
    for field in model.fields.values():
        is_absent = field.required and field.name not in given.entries and field.name not in SUPPLIED
        if is_absent and given.entries.keys().isdisjoint(field.aliases) and not _is_slip(given, field.name):
            yield field


def _is_slip(given: Table, name: str) -> bool:
    """Whether another key was meant to be this one, which `unknown-server-field` says already."""
    return bool(nearest(name, (key for key in given.entries if isinstance(key, str))))


def _described(server: Table) -> Config:
    """Its `entrypoint`: that is at the same place in every run, whatever overrides a few other fields."""
    entrypoint = server.get(ENTRYPOINT)
    return entrypoint if entrypoint is not None and entrypoint.origin.how is How.WRITTEN else server


def _declared(context: RuleContext, model: Model, field: Field) -> tuple[RelatedLocation, ...]:
    return declared(context, field, f"`{field.name}` of `{model.name}` is declared here")
