"""`gym-lsp --print-completion`: a script with which a shell completes the arguments of `gym-lsp`.

shtab makes it of the same parser that reads the arguments.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

from gym_lsp.cli.failure import EXIT_CLEAN, UsageError
from gym_lsp.cli.options import Options
from gym_lsp.cli.output import Output
from gym_lsp.cli.parser import make_parser
from gym_lsp.project import PACKAGE
from gym_lsp.rules import ALL_RULES

_FOLDERS = frozenset({"search_dir", "gym_root", "cache"})
_RULES = frozenset({"explain", "select", "ignore"})
_FILES = frozenset(
    {"paths", "config", "recipe", "stdin_filename", "settings", "baseline", "write_baseline", "output_file"}
)


def print_completion(options: Options) -> int:
    """Print the script for a shell."""
    try:
        shtab: Any = import_module("shtab")
    except ImportError:
        command = "pip install shtab" if PACKAGE is None else f'pip install "{PACKAGE}[completion]"'
        raise UsageError(f"`--print-completion` needs shtab, which is not installed; run `{command}`") from None
    parser = make_parser()
    for action in _actions(parser):
        if action.dest in _FILES | _FOLDERS:
            completed: Mapping[str, str] = shtab.FILE if action.dest in _FILES else shtab.DIRECTORY
            vars(action)["complete"] = completed
        elif action.dest in _RULES:
            action.choices = [rule.name for rule in ALL_RULES]
    script: str = shtab.complete(parser, shell=options.print_completion)
    Output(options).write_text(script if script.endswith("\n") else f"{script}\n")
    return EXIT_CLEAN


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return cast("list[argparse.Action]", vars(parser)["_actions"])
