"""What the commands answer, as JSON: see docs/protocol.md for the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from lsprotocol import types as lsp

from gym_lsp.ide.components import Component, is_installed, start_command
from gym_lsp.ide.resolved import ResolvedDocument, ResolvedLine
from gym_lsp.ide.target import Location
from gym_lsp.ide.wiring import Edge, Node, Wiring
from gym_lsp.server import diagnostics
from gym_lsp.server.runs import AskedRun
from gym_lsp.server.session import View
from gym_lsp.server.to_lsp import Converter, uri_of
from gym_lsp.workspace.workspace import Workspace

Json = dict[str, Any]
_START = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))


def folder_answer(view: View) -> Json:
    """A folder of the workspace, and the NeMo Gym that it works with."""
    install = view.workspace.install
    return {
        "uri": uri_of(view.root),
        "release": None if install is None else install.release,
        "installRoot": None if install is None else uri_of(install.path),
    }


def component_answers(converter: Converter, workspace: Workspace, found: Iterable[Component]) -> Iterator[Json]:
    """The components of a folder."""
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


def resolved_answer(converter: Converter, asked: AskedRun, document: ResolvedDocument, text: str) -> Json:
    """A resolved document, with an entry for each of its lines."""
    return {
        "title": asked.title,
        "text": text,
        "lines": [_line(converter, line) for line in document.lines],
    }


def _line(converter: Converter, line: ResolvedLine) -> Json | None:
    if line.how is None:
        return None
    return {**_place(converter, line.place), "how": line.how.value}


def wiring_answer(converter: Converter, graph: Wiring) -> Json:
    """The graph of a run."""
    return {
        "title": graph.title,
        "nodes": [_node(converter, node) for node in graph.nodes],
        "edges": [_edge(converter, edge) for edge in graph.edges],
    }


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


def check_answer(converter: Converter, asked: AskedRun) -> Json:
    """What is wrong with a run, file by file, and the command line that starts it.

    What lies in no file, such as an override, is told at the start of the first config.
    """
    run = asked.composition.run
    first = asked.composition.includes.nodes[0].path if asked.composition.includes.nodes else None
    by_uri: dict[str, list[lsp.Diagnostic]] = {}
    for found in asked.checker.check_run(run).diagnostics:
        (told,) = diagnostics.to_lsp_diagnostics([found], converter)
        path = found.path
        if not path.is_absolute():
            told.range = _START
            path = first or asked.workspace.root
        by_uri.setdefault(converter.uri(path), []).append(told)
    return {
        "commandLine": start_command(run.roots, run.overrides, map(str, asked.arguments.search_dirs)),
        "diagnostics": [{"uri": uri, "diagnostics": told} for uri, told in by_uri.items()],
    }


def _place(converter: Converter, place: Location | None) -> Json:
    """`uri` and `range` of a place; both null where there is none."""
    if place is None:
        return {"uri": None, "range": None}
    # The start of a file is where it is, whatever the file holds.
    range_ = converter.range(place.path, place.selection) if place.selection.end else _START
    return {"uri": converter.uri(place.path), "range": _range(range_)}


def _range(range_: lsp.Range) -> Json:
    """A range as JSON: what is converted here need not be looked through again for each of a thousand places."""
    start, end = range_.start, range_.end
    return {
        "start": {"line": start.line, "character": start.character},
        "end": {"line": end.line, "character": end.character},
    }
