"""The names of the definitions of the JSON Schema."""

from __future__ import annotations

from collections.abc import Iterable

INSTANCE = "instance"
NOT_SERVERS = "no-servers"
DATASET = "dataset"
SANDBOX = "sandbox"
NESTED = "mapping"
"""Any value of which nothing is known but what means the same everywhere."""


def named(name: str) -> dict[str, object]:
    """The schema that a definition is."""
    return {"$ref": f"#/definitions/{name}"}


def server_name(server_type: str) -> str:
    return f"server-of-{server_type}"


def ref_name(server_types: Iterable[str]) -> str:
    return "-or-".join(("ref-to", *server_types))
