"""The names of the definitions of the JSON Schema, which refer to each other by them."""

from __future__ import annotations

from collections.abc import Iterable

INSTANCE = "instance"
NOT_SERVERS = "no-servers"
DATASET = "dataset"
SANDBOX = "sandbox"
NESTED = "mapping"
"""Any value; only keys that have the same meaning everywhere are known."""


def named(name: str) -> dict[str, object]:
    """Return a reference to a definition."""
    return {"$ref": f"#/definitions/{name}"}


def server_name(server_type: str) -> str:
    return f"server-of-{server_type}"


def ref_name(server_types: Iterable[str]) -> str:
    return "-or-".join(("ref-to", *server_types))
