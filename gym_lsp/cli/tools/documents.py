"""The documents that a coding agent can read: the pages of rules, and the config language as a JSON Schema.

The schema of a release has half a million characters, so it comes in parts: what is too large is replaced by the
address to read it from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote, unquote

from gym_lsp.cli.explaining import rule_named
from gym_lsp.cli.tools.paging import MOST_CHARACTERS, page
from gym_lsp.cli.tools.site import Site
from gym_lsp.ide.json_schema import config_schema
from gym_lsp.mcp.calling import quoted
from gym_lsp.mcp.offer import Resource, ToolError
from gym_lsp.project import NAME

_RULES, _SCHEMA = f"{NAME}:/rules/", f"{NAME}:/schema"
_DEEPEST = 8
"""Levels of the schema that are shown at once, if there is room."""
_SMALL = 160
"""Characters of a part that is shown rather than its address."""
_MARKDOWN, _JSON = "text/markdown", "application/schema+json"

RESOURCES = (
    Resource(_SCHEMA, "schema", "the top level of a config as a JSON Schema, and the names of its definitions", _JSON),
)
TEMPLATES = (
    Resource(f"{_RULES}{{rule}}.md", "rule", "the page of a rule: what it reports, why, and an example", _MARKDOWN),
    Resource(
        f"{_SCHEMA}/{{+path}}",
        "schema part",
        "a part of the schema by the keys that lead to it, such as `definitions/dataset`",
        _JSON,
    ),
)


def read(site: Site, uri: str) -> str:
    """Return the text of a document. Raises ToolError and UsageError."""
    if uri.startswith(_RULES):
        return rule_named(unquote(uri.removeprefix(_RULES)).removesuffix(".md")).document
    if uri == _SCHEMA or uri.startswith(f"{_SCHEMA}/"):
        steps = [unquote(step) for step in uri.removeprefix(_SCHEMA).split("/") if step]
        return _part(config_schema(site.workspace()), steps)
    raise ToolError(f"unknown document {quoted(uri)}; there are `{_RULES}RULE.md`, `{_SCHEMA}` and `{_SCHEMA}/PATH`")


def _part(schema: Mapping[str, Any], steps: list[str]) -> str:
    found: Any = schema
    for number, step in enumerate(steps):
        children = _children(found)
        if step not in children:
            raise ToolError(f"{quoted(step)} is not in the schema at {quoted('/'.join(steps[:number]) or '/')}")
        found = children[step]
    uri = "/".join((_SCHEMA, *(quote(step, safe="") for step in steps)))
    for depth in range(_DEEPEST, 0, -1):
        text = json.dumps(_pruned(found, depth, uri), indent=1)
        if len(text) <= MOST_CHARACTERS:
            return text
    keys = list(_children(found))
    listed = page(keys, 0, len(keys), len)
    return json.dumps({"$comment": f"read a key below {uri}", "keys": listed.shown, "keys left out": listed.left})


def _children(value: Any) -> dict[str, Any]:
    """Return the parts of a value by the steps that lead to them."""
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    if isinstance(value, list):
        return {str(number): each for number, each in enumerate(cast("list[Any]", value))}
    return {}


def _pruned(value: Any, depth: int, uri: str) -> Any:
    """Return a value in which everything large below a depth is replaced by the address to read it from."""
    children = _children(value)
    if not children:
        return value
    if depth == 0:
        size = len(json.dumps(value))
        return {"$comment": f"{size} characters; read {uri}"} if size > _SMALL else value
    parts = {key: _pruned(each, depth - 1, f"{uri}/{quote(key, safe='')}") for key, each in children.items()}
    return list(parts.values()) if isinstance(value, list) else parts
