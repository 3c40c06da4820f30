"""The results of the commands as JSON; docs/protocol.md is the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from gym_lsp.ide.resolved import ResolvedDocument, ResolvedLine
from gym_lsp.ide.target import Location
from gym_lsp.server import diagnostics
from gym_lsp.server.runs import RequestedRun
from gym_lsp.server.session import FolderSnapshot
from gym_lsp.server.to_lsp import Converter, uri_of
from gym_lsp.workspace.workspace import Workspace

if TYPE_CHECKING:
    from gym_lsp.ide.components import Component
    from gym_lsp.ide.wiring import Edge, Node, Wiring
    from gym_lsp.reporters.graph import Key

Json = dict[str, Any]
_START = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))


def folder_result(folder: FolderSnapshot) -> Json:
    """Return a folder of the workspace and the NeMo Gym that it uses."""
    install = folder.workspace.install
    return {
        "uri": uri_of(folder.root),
        "release": None if install is None else install.release,
        "installRoot": None if install is None else uri_of(install.path),
    }


def component_results(converter: Converter, workspace: Workspace, found: Iterable[Component]) -> Iterator[Json]:
    """Yield the components of a folder."""
    from gym_lsp.ide.components import is_installed

    for component in found:
        yield {
            "kind": component.kind.value,
            "name": component.name,
            "variant": component.variant,
            "description": component.description,
            "domain": component.domain,
            **_place(converter, component.place),
            "origin": "install" if is_installed(workspace, component.place.path) else "workspace",
            "config": component.config,
            "commandLine": component.command_line,
        }


def resolved_result(converter: Converter, run: RequestedRun, document: ResolvedDocument, text: str) -> Json:
    """Return a resolved document with an entry for each of its lines."""
    return {
        "title": run.title,
        "text": text,
        "lines": [_line(converter, line) for line in document.lines],
    }


def _line(converter: Converter, line: ResolvedLine) -> Json | None:
    if line.how is None:
        return None
    return {**_place(converter, line.place), "how": line.how.value}


def wiring_result(converter: Converter, graph: Wiring) -> Json:
    """Return the graph of a run."""
    return {
        "title": graph.title,
        "nodes": [_node(converter, node) for node in graph.nodes],
        "edges": [_edge(converter, edge) for edge in graph.edges],
    }


def key_result(key: Key) -> Json:
    """Return an entry of the legend of a picture."""
    return {"text": key.text, "color": key.colour, "dashed": key.dashed}


def _node(converter: Converter, node: Node) -> Json:
    return {
        "id": node.id,
        "label": node.label,
        "type": node.type,
        "implementation": node.implementation or None,
        **_place(converter, node.place),
        "status": node.status.value,
        "domain": node.domain,
        "started": node.started,
        "datasets": list(node.datasets),
    }


def _edge(converter: Converter, edge: Edge) -> Json:
    return {
        "source": edge.source,
        "target": edge.target,
        "kind": edge.kind.value,
        "label": edge.label,
        **_place(converter, edge.place),
        "status": edge.status.value,
    }


def check_result(converter: Converter, run: RequestedRun) -> Json:
    """Return the diagnostics of a run, file by file, and its command line.

    A finding outside all files, such as one in an override, is reported at the start of the first config.
    """
    from gym_lsp.ide.components import check_command, start_command

    roots, overrides, recipe = run.composition.run.roots, run.composition.run.overrides, run.composition.run.recipe
    search_dirs = tuple(map(str, run.arguments.search_dirs))
    if recipe is None:
        command = start_command(roots, overrides, search_dirs)
    else:
        # Another program starts the run of a recipe.
        root = run.workspace.root
        name = recipe.relative_to(root) if recipe.is_relative_to(root) else recipe
        command = check_command(name.as_posix(), overrides, search_dirs, run.arguments.gym_root)
    first = run.composition.includes.nodes[0].path if run.composition.includes.nodes else None
    by_uri: dict[str, list[lsp.Diagnostic]] = {}
    for found in run.checker.check_run(run.composition.run).diagnostics:
        (diagnostic,) = diagnostics.to_lsp_diagnostics([found], converter)
        path = found.path
        if not path.is_absolute():
            diagnostic.range = _START
            path = first or run.workspace.root
        by_uri.setdefault(converter.uri(path), []).append(diagnostic)
    return {
        "commandLine": command,
        "diagnostics": [{"uri": uri, "diagnostics": items} for uri, items in by_uri.items()],
    }


def _place(converter: Converter, place: Location | None) -> Json:
    """Return `uri` and `range` of a place; both are null if there is none."""
    if place is None:
        return {"uri": None, "range": None}
    # The start of a file needs no conversion, so the file need not be read.
    range_ = converter.range(place.path, place.selection) if place.selection.end else _START
    return {"uri": converter.uri(place.path), "range": _range(range_)}


def _range(range_: lsp.Range) -> Json:
    """Return a range as JSON, which saves pygls a conversion for each of a thousand places."""
    start, end = range_.start, range_.end
    return {
        "start": {"line": start.line, "character": start.character},
        "end": {"line": end.line, "character": end.character},
    }
