"""`gym-lsp --json-schema`."""

from __future__ import annotations

import json

from gym_lsp.cli.failure import EXIT_CLEAN
from gym_lsp.cli.options import Options
from gym_lsp.cli.output import Output
from gym_lsp.cli.workspaces import open_workspace, working_directory
from gym_lsp.ide.json_schema import config_schema


def describe(options: Options) -> int:
    """Print the JSON Schema of configs for the NeMo Gym release of this workspace."""
    schema = config_schema(open_workspace(options, working_directory()))
    Output(options).write_text(json.dumps(schema, indent=2) + "\n")
    return EXIT_CLEAN
