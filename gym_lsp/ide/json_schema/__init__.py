"""A JSON Schema of the config language, for editors with a YAML extension and without gym-lsp.

It is draft 7, which yaml-language-server supports best, with its `enumDescriptions` and error messages. It covers
single files; only the language server checks whether names are defined.
"""

from __future__ import annotations

from gym_lsp.gym.meanings import DIRECTIVES
from gym_lsp.ide.json_schema.blocks import block_definitions
from gym_lsp.ide.json_schema.names import INSTANCE, named
from gym_lsp.ide.json_schema.types import Json, Wording, field_schema
from gym_lsp.ide.shape import top_level
from gym_lsp.workspace.workspace import Workspace

__all__ = ["Json", "config_schema"]


def config_schema(workspace: Workspace) -> Json:
    """Return the schema of the configs that the release of a workspace reads."""
    profile = workspace.profile
    wording = Wording(profile, nullable=True)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"NeMo Gym {profile.release or ''}".rstrip(),
        "description": "A config of NVIDIA NeMo Gym.",
        "type": ["object", "null"],
        "properties": {
            **{name: field_schema(field, wording) for name, field in top_level(profile).items()},
            **dict.fromkeys(DIRECTIVES, False),
        },
        "additionalProperties": named(INSTANCE),
        "definitions": dict(block_definitions(workspace)),
    }
