"""`gym-lsp --list`."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath

from gym_lsp.cli.arguments import Options
from gym_lsp.cli.failure import EXIT_CLEAN, UsageError
from gym_lsp.cli.output import WIDTH, Output
from gym_lsp.cli.places import open_workspace, working_directory
from gym_lsp.compose.config import to_plain
from gym_lsp.gym.agent_registry import discover_agents
from gym_lsp.gym.catalog import discover_catalog
from gym_lsp.gym.discovery import Compose, across_roots
from gym_lsp.gym.model_registry import discover_models
from gym_lsp.gym.resources_server_registry import discover_resources_servers
from gym_lsp.workspace.workspace import Workspace

Row = Mapping[str, object]


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
    roots, files = workspace.search.roots, workspace.files
    match kind:
        case "environments" | "benchmarks":
            catalog = discover_catalog(
                roots, files=files, compose=_composed(workspace), with_manifests=workspace.profile.has_manifests
            )
            for entry in catalog.entries:
                if entry.kind == kind.removesuffix("s"):
                    yield {
                        "name": entry.name,
                        "domain": entry.domain,
                        "description": entry.description,
                        "status": entry.status,
                        "config": _shown(workspace, entry.config_path),
                    }
        case "agents":
            found = across_roots(roots, "responses_api_agents", lambda path: discover_agents(path, files=files))
            for agent in found.values():
                yield {
                    "name": agent.name,
                    "self_contained": agent.self_contained,
                    "variants": list(agent.variants),
                    "description": agent.description,
                }
        case "models":
            for model in discover_models(roots, files=files).values():
                yield {"name": model.name, "config": _shown(workspace, model.config_path)}
        case _:
            for server in discover_resources_servers(roots, files=files, compose=_composed(workspace)).values():
                yield {
                    "name": server.name,
                    "domain": server.domain,
                    "description": server.description,
                    "config": _shown(workspace, server.config_path),
                }


def _composed(workspace: Workspace) -> Compose:
    """What a config amounts to as a run of its own, for those that do not themselves say what they are."""
    return lambda path: to_plain(workspace.own_run(path).config)


def _shown(workspace: Workspace, path: Path) -> str:
    return workspace.spelled(PurePath(path))


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
