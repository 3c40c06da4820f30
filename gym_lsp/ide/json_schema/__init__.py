"""A JSON Schema of the config language, for editors that know YAML and nothing of NeMo Gym.

Draft 7, which yaml-language-server reads best, with the `enumDescriptions` and error messages that it shows. It says
what can be said about one file: whether the names in it lead anywhere is the language server's business.
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
    """The schema of the configs that the release of a workspace reads."""
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
