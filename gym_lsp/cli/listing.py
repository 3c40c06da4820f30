"""`gym-lsp --list`."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import PurePath

from gym_lsp.cli.arguments import Options
from gym_lsp.cli.failure import EXIT_CLEAN, UsageError
from gym_lsp.cli.output import WIDTH, Output
from gym_lsp.cli.places import open_workspace, working_directory
from gym_lsp.ide.components import ComponentKind, components
from gym_lsp.workspace.workspace import Workspace

Row = Mapping[str, object]
_KINDS = {
    "environments": ComponentKind.ENVIRONMENT,
    "agents": ComponentKind.AGENT,
    "models": ComponentKind.MODEL,
    "resources-servers": ComponentKind.RESOURCES_SERVER,
    "benchmarks": ComponentKind.BENCHMARK,
}


def list_components(options: Options) -> int:
    """Print what the search roots hold: a table, or JSON with `--format json`."""
    arguments = options.arguments
    if arguments.format not in (None, "full", "json"):
        raise UsageError(f"--list gives a table or json, not {arguments.format}")
    workspace = open_workspace(options, working_directory())
    rows = list(_rows(arguments.list, workspace))
    text = json.dumps(rows, indent=2) + "\n" if arguments.format == "json" else _table(rows, arguments.list)
    Output(options).write_text(text)
    return EXIT_CLEAN


def _rows(kind: str, workspace: Workspace) -> Iterable[Row]:
    """A row for each component; the variants of an agent, which share all else, are one row."""
    found = components(workspace, (_KINDS[kind],))
    match kind:
        case "environments" | "benchmarks":
            for entry in found:
                yield {
                    "name": entry.name,
                    "domain": entry.domain,
                    "description": entry.description,
                    "status": entry.status,
                    "config": entry.config,
                }
        case "agents":
            for name, variants in groupby(found, lambda agent: agent.name):
                agents = list(variants)
                yield {
                    "name": name,
                    "self_contained": agents[0].self_contained,
                    "variants": [PurePath(each.config).stem for each in agents if each.config is not None],
                    "description": agents[0].description,
                }
        case "models":
            for model in found:
                yield {"name": model.selector, "config": model.config}
        case _:
            for server in found:
                yield {
                    "name": server.selector,
                    "domain": server.domain,
                    "description": server.description,
                    "config": server.config,
                }


def _table(rows: Sequence[Row], kind: str) -> str:
    """Columns as wide as they need to be, the last one cut to the terminal; empty columns left out."""
    if not rows:
        return f"There are no {kind.replace('-', ' ')} in the search roots.\n"
    names = [name for name in rows[0] if any(_cell(row[name]) for row in rows)]
    names.sort(key=lambda name: name == "description")
    widths = [max(len(name), *(len(_cell(row[name])) for row in rows)) for name in names]
    total = shutil.get_terminal_size((WIDTH, 24)).columns if sys.stdout.isatty() else 10_000
    lines = [_line(names, widths, total)]
    lines.extend(_line([_cell(row[name]) for name in names], widths, total) for row in rows)
    return "".join(f"{line}\n" for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int], total: int) -> str:
    line = "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()
    return line if len(line) <= total else f"{line[: total - 1]}\N{HORIZONTAL ELLIPSIS}"


def _cell(value: object) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, list):
        return ", ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType]
    return " ".join(str(value).split())
