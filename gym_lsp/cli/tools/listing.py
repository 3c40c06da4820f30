"""The tool `list`: the components that runs can be made of."""

from __future__ import annotations

import json

from gym_lsp.cli.listing import cell, nothing, rows
from gym_lsp.cli.tools.arguments import List
from gym_lsp.cli.tools.paging import cut, joined, page
from gym_lsp.cli.tools.site import Site
from gym_lsp.mcp.calling import quoted
from gym_lsp.mcp.offer import Answer


def list_components(site: Site, given: List) -> Answer:
    """Return the components of one kind, each with its config and description."""
    workspace = site.workspace()
    kind, contains = given.kind.replace("-", " "), given.contains.casefold()
    everything = [{key: _short(value) for key, value in row.items()} for row in rows(given.kind, workspace)]
    found = [row for row in everything if contains in " ".join(map(cell, row.values())).casefold()]
    part = page(found, given.offset, given.limit, lambda row: len(json.dumps(row)))
    if not everything:
        opening = nothing(given.kind, workspace)
    elif not found:
        opening = f"none of {len(everything)} {kind} contains {quoted(given.contains)}"
    else:
        opening = f"{len(found)} {kind}"
    lines = ("  ".join(filter(None, map(cell, row.values()))) for row in part.shown)
    text = joined(opening.rstrip("\n"), *map(cut, lines), *part.rest(kind, "narrow with `contains`"))
    return Answer(text, {"kind": given.kind, "components": list(part.shown), **part.data})


def _short(value: object) -> object:
    return cut(value) if isinstance(value, str) else value
