"""Definitions of the JSON Schema for sandbox blocks."""

from __future__ import annotations

from gym_lsp.gym.fields import AnyType, Field, ModelType
from gym_lsp.gym.meanings import DEFAULT_METADATA_FIELD, SANDBOX_PROVIDERS
from gym_lsp.ide.json_schema.types import Json, Wording, field_schema
from gym_lsp.ide.shape import provider_model
from gym_lsp.workspace.workspace import Workspace


def sandbox_definition(workspace: Workspace) -> Json:
    """Return the schema of a sandbox block: a mapping with one provider and optional metadata."""
    wording = Wording(workspace.profile, nullable=True)
    providers = {name: _provider(workspace, name, wording) for name in sorted(workspace.profile.sandbox_providers)}
    return {"properties": {**providers, DEFAULT_METADATA_FIELD.name: field_schema(DEFAULT_METADATA_FIELD, wording)}}


def _provider(workspace: Workspace, name: str, wording: Wording) -> Json:
    model = provider_model(workspace, name)
    type = AnyType() if model is None else ModelType(model)
    return field_schema(Field(name, type, required=False, description=SANDBOX_PROVIDERS.get(name)), wording)
