"""`gym-lsp --resolve`."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import isfinite
from pathlib import PurePath
from shlex import quote
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.cli.failure import EXIT_CLEAN, EXIT_FINDINGS
from gym_lsp.cli.options import Options
from gym_lsp.cli.output import Output
from gym_lsp.cli.streams import print_message
from gym_lsp.cli.workspaces import composed, workspace_of_run
from gym_lsp.compose.overrides import command_line
from gym_lsp.compose.problem import raised_by
from gym_lsp.compose.resolved import scalar
from gym_lsp.compose.run import Composition
from gym_lsp.compose.secrets import Secrets, masked_text, secrets_in
from gym_lsp.ide.resolved import ResolvedDocument, ResolvedLine, origin, resolved_run, source_of
from gym_lsp.syntax import Atom, KeyPath, parse, plain
from gym_lsp.text import LineIndex
from gym_lsp.workspace.workspace import Workspace

VERSION = 1
"""Increases if a field of the JSON changes its meaning or is removed, but not if a field is added."""


class Resolved(Struct, frozen=True):
    """The configuration of a run as a document. `line_number` returns the line of an offset in a file, from 1."""

    workspace: Workspace
    composition: Composition
    document: ResolvedDocument
    line_number: Callable[[PurePath, int], int]

    def origin(self, line: ResolvedLine) -> str:
        """Return the source of the value of a line."""
        return origin(self.workspace, line, self.line_number)


def resolve(options: Options) -> int:
    """Print the configuration of a run as YAML or JSON; with `--provenance`, also the file and line of each value."""
    found = resolved_of(options)
    if options.format == "json":
        number = found.line_number if options.provenance else None
        text = as_json(found.workspace, found.document, found.composition, number)
    else:
        text = found.document.text(found.origin if options.provenance else None)
    Output(options).write_text(text)
    return _exit_code(found, options)


def resolved_of(options: Options) -> Resolved:
    """Return the configuration of the run that the command line names. Raises UsageError."""
    workspace, run = workspace_of_run(options)
    composition = composed(workspace, run)
    return Resolved(workspace, composition, resolved_run(workspace, composition.run), _Lines(workspace).number)


def errors_of(found: Resolved) -> int:
    """Return how many errors NeMo Gym would raise for the run, if it did not stop at the first."""
    composition = found.composition
    if composition.outside:
        composition = found.workspace.compose(replace(composition.run, sees_outside=True))
    return sum(raised_by(problem) is not None for problem in composition.problems)


def as_json(
    workspace: Workspace,
    document: ResolvedDocument,
    composition: Composition,
    line_number: Callable[[PurePath, int], int] | None,
) -> str:
    """Return the document as JSON. Given `line_number`, it also contains the source of each value."""
    contents: dict[str, object] = {
        "version": VERSION,
        "release": None if workspace.install is None else workspace.profile.release,
        "config": _json_value(plain(parse(document.text()).root)),
        "not_shown": [path.as_posix() for path in composition.outside],
    }
    if line_number is not None:
        secrets = workspace.secrets(composition.run).union([secrets_in(composition.config)])
        sourced = ((line, source_of(workspace, line, line_number)) for line in document.lines)
        contents["sources"] = [
            {"path": _masked(line.path, secrets), "source": source.name, "line": source.line, "how": line.how.value}
            for line, source in sourced
            if source is not None and line.how is not None
        ]
    return json.dumps(contents, indent=2) + "\n"


def _masked(path: KeyPath, secrets: Secrets) -> list[str | int]:
    """Return a key path as the document has it: a key can be a secret that is also a value."""
    return [masked_text(step, secrets) if isinstance(step, str) else step for step in path]


def _json_value(value: object) -> object:
    """Return a value of YAML as JSON has it: keys are text, and so are the numbers that JSON does not have."""
    if isinstance(value, dict):
        entries = cast("dict[Atom, object]", value)
        return {key if isinstance(key, str) else scalar(key): _json_value(each) for key, each in entries.items()}
    if isinstance(value, list):
        return [_json_value(each) for each in cast("list[object]", value)]
    if isinstance(value, float) and not isfinite(value):
        return scalar(value)
    return value


def _exit_code(found: Resolved, options: Options) -> int:
    fatal = errors_of(found)
    if not fatal:
        return EXIT_CLEAN
    if not options.quiet:
        errors, them = ("1 error", "it") if fatal == 1 else (f"{fatal} errors", "them")
        arguments = _arguments(options, found.composition)
        shown = masked_text(arguments, found.workspace.secrets(found.composition.run))
        print_message(f"this run has {errors}; show {them} with `gym-lsp --check {shown}`")
    return EXIT_FINDINGS


def _arguments(options: Options, composition: Composition) -> str:
    """Return the arguments that name a run, as a shell reads them."""
    overrides = map(quote, composition.run.overrides)
    if options.recipe is not None:
        return " ".join(("--recipe", quote(options.recipe), *overrides))
    return command_line(map(quote, composition.run.roots), overrides)


class _Lines:
    """The line numbers of offsets, counted from 1."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lines: dict[PurePath, LineIndex] = {}

    def number(self, path: PurePath, offset: int) -> int:
        index = self._lines.get(path)
        if index is None:
            index = self._lines[path] = LineIndex(self._workspace.text(path) or "")
        return index.line_of(offset) + 1
