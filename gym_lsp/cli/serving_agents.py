"""`gym-lsp --mcp`: the server for coding agents."""

from __future__ import annotations

import gc
import os
import sys
from importlib.util import find_spec

from msgspec.structs import replace

from gym_lsp.cli.failure import EXIT_CLEAN, UsageError
from gym_lsp.cli.options import Options
from gym_lsp.cli.places import working_directory
from gym_lsp.cli.streams import is_a_terminal, print_message
from gym_lsp.files import Disk, Kind, absolute
from gym_lsp.project import PACKAGE


def serve_agent(options: Options) -> int:
    """Serve a coding agent over stdio until it disconnects. Raises UsageError."""
    options = _in_folder(options)
    # The SDK is only for this command, and optional.
    if find_spec("mcp") is None:
        command = 'pip install "mcp>=2,<3"' if PACKAGE is None else f'pip install "{PACKAGE}[mcp]"'
        raise UsageError(f"`--mcp` needs the package mcp, which is not installed; run `{command}`")
    from gym_lsp.cli.tools import offer
    from gym_lsp.cli.tools.site import Site
    from gym_lsp.mcp.serving import serve

    # Each call leaves garbage behind.
    gc.enable()
    if is_a_terminal(sys.stdin):
        print_message("this is the MCP server; it expects a coding agent on standard input")
    serve(offer(Site(working_directory(), options)))
    return EXIT_CLEAN


def _in_folder(options: Options) -> Options:
    """Change to the folder that is served, and return the options as they are there. Raises UsageError."""
    options = replace(
        options,
        gym_root=None if options.gym_root is None else str(absolute(options.gym_root)),
        settings=None if options.settings is None else str(absolute(options.settings)),
        search_dir=tuple(str(absolute(each)) for each in options.search_dir),
    )
    for folder in options.paths:
        if Disk().kind(absolute(folder)) is not Kind.DIRECTORY:
            raise UsageError(f"--mcp {folder}: folder not found")
        os.chdir(folder)
    return replace(options, paths=())
