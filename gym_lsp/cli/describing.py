"""`gym-lsp --json-schema`."""

from __future__ import annotations

import json

from gym_lsp.cli.failure import EXIT_CLEAN
from gym_lsp.cli.options import Options
from gym_lsp.cli.output import Output
from gym_lsp.cli.places import working_directory
from gym_lsp.cli.workspaces import open_workspace
from gym_lsp.files import Disk
from gym_lsp.ide.json_schema import config_schema
from gym_lsp.workspace.root import root_of


def describe(options: Options) -> int:
    """Print the JSON Schema of configs for the NeMo Gym release of this workspace."""
    here = working_directory()
    schema = config_schema(open_workspace(options, root_of(Disk(), here, here)))
    Output(options).write_text(json.dumps(schema, indent=2) + "\n")
    return EXIT_CLEAN
