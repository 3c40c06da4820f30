"""`gym-lsp --list`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import PurePath

from gym_lsp.cli.failure import EXIT_CLEAN
from gym_lsp.cli.options import Options
from gym_lsp.cli.output import Output, terminal_width
from gym_lsp.cli.places import working_directory
from gym_lsp.cli.streams import is_a_terminal, print_message
from gym_lsp.cli.workspaces import open_workspace
from gym_lsp.files import Disk
from gym_lsp.gym.layout import AGENTS, RESOURCES
from gym_lsp.ide.components import ComponentKind, components
from gym_lsp.reporters.terminal import width_of, wrap
from gym_lsp.text import visible
from gym_lsp.workspace.implementations import implementation_folders
from gym_lsp.workspace.named import config_with_server
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.root import root_of
from gym_lsp.workspace.workspace import Workspace

Row = Mapping[str, object]
_INDENT = "    "
_SHORTEST_DESCRIPTION = 30
"""The fewest columns of a description that are worth showing in the table."""
_KINDS = {
    "environments": ComponentKind.ENVIRONMENT,
    "agents": ComponentKind.AGENT,
    "models": ComponentKind.MODEL,
    "resources-servers": ComponentKind.RESOURCES_SERVER,
    "benchmarks": ComponentKind.BENCHMARK,
}


def list_components(options: Options) -> int:
    """Print the components in the search roots: as a table on a terminal, else as TSV, or JSON with `--format json`."""
    kind, here = options.list, working_directory()
    assert kind is not None, "the command is `list`"
    workspace = open_workspace(options, root_of(Disk(), here, here))
    found = list(rows(kind, workspace))
    if options.format == "json":
        text = json.dumps(found, indent=2) + "\n"
    elif found:
        room = _room(options)
        text = _tsv(found) if room is None else _text(found, room)
    else:
        text = ""
        print_message(nothing(kind, workspace))
    if not options.quiet:
        for note in notes(kind, workspace, found):
            print_message(note)
    Output(options).write_text(text)
    return EXIT_CLEAN


def nothing(kind: str, workspace: Workspace) -> str:
    """Return the message about a list without components."""
    roots = ", ".join(map(str, workspace.search.roots))
    hint = "search another folder with `--search-dir DIR`"
    if workspace.install is None:
        hint += ", or give the folder of NeMo Gym with `--gym-root DIR`"
    return f"no {kind.replace('-', ' ')} found in {roots}; {hint}"


def notes(kind: str, workspace: Workspace, found: Iterable[Row]) -> Iterable[str]:
    """Yield where the resources servers are that a list does not have: NeMo Gym lists only those with own configs."""
    if kind == "resources-servers":
        listed = {str(row["name"]).partition("/")[0] for row in found}
        for name in implementation_folders(workspace, RESOURCES):
            if name not in listed and (path := config_with_server(workspace, name)) is not None:
                config = workspace.spelled(path)
                own = f"{RESOURCES}/{name}/configs"
                yield f"`{name}` is not listed, because it has no config in {own}; {config} defines it"


def rows(kind: str, workspace: Workspace) -> Iterable[Row]:
    """Yield a row for each component. The variants of an agent share one row, because all else is the same."""
    if kind == "recipes":
        yield from _recipes(workspace)
        return
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


def _recipes(workspace: Workspace) -> Iterable[Row]:
    """Yield a row for each training recipe."""
    for path in workspace.members:
        if workspace.kind(path) is FileKind.RECIPE:
            run = workspace.own_run(path)
            files = () if run.recipe is None else run.recipe.files
            yield {
                "name": workspace.spelled(path),
                "defaults": [workspace.spelled(file.path) for file in files if file.path != path],
                "agents": [server.name for server in run.servers if server.server_type == AGENTS],
            }


def _tsv(rows: Sequence[Row]) -> str:
    """A line for each row, after one with the names of the columns; cells are separated by tabs."""
    lines = ([*rows[0]], *([cell(value) for value in row.values()] for row in rows))
    return "".join("\t".join(line) + "\n" for line in lines)


def _text(rows: Sequence[Row], room: int) -> str:
    """A table, or a paragraph for each row if the terminal is too narrow for a table."""
    names = [name for name in rows[0] if any(cell(row[name]) for row in rows)]
    names.sort(key=lambda name: name == "description")
    cells = [[cell(row[name]) for name in names] for row in rows]
    table = _table([names, *cells])
    if all(width_of(line) <= room for line in table):
        return "".join(f"{line}\n" for line in table)
    if names[-1] == "description" and table[0].index(names[-1]) + _SHORTEST_DESCRIPTION <= room:
        return "".join(f"{_cut(line, room)}\n" for line in table)
    return "".join(_paragraph(names, row, room) for row in cells)


def _room(options: Options) -> int | None:
    """The columns of the terminal; None if the output goes to a file or to another program."""
    goes_to_terminal = options.output_file in (None, "-") and is_a_terminal(sys.stdout)
    return terminal_width() if goes_to_terminal else None


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table whose columns are as wide as their widest cell."""
    widths = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(_padded, row, widths)).rstrip() for row in rows]


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - width_of(cell))


def _cut(line: str, room: int) -> str:
    if width_of(line) <= room:
        return line
    while width_of(line) >= room:
        line = line[:-1]
    return f"{line}\N{HORIZONTAL ELLIPSIS}"


def _paragraph(names: Sequence[str], row: Sequence[str], room: int) -> str:
    """The name on a line of its own, with the other cells below it in full."""
    lines = [row[0]]
    for name, cell in zip(names[1:], row[1:], strict=True):
        if cell:
            first, *rest = wrap(f"{name}: {cell}", room, first=len(_INDENT), indent=_INDENT * 2)
            lines += [_INDENT + first, *rest]
    return "".join(f"{line}\n" for line in lines)


def cell(value: object) -> str:
    """Return a value of a row as one line of text."""
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, list):
        return ", ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType]
    return visible(" ".join(str(value).split()))
