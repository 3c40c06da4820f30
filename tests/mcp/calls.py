"""Calls of every tool in a hostile workspace."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Any

from gym_lsp.cli.arguments import parse_arguments
from gym_lsp.cli.tools import offer
from gym_lsp.cli.tools.site import Site
from gym_lsp.mcp.offer import Offer
from tests.hostile.planting import INCLUDER, MAIN

CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("check", {"severity": "hint", "limit": 100}),
    ("check", {"severity": "hint", "limit": 100, "standalone": True}),
    ("check", {"severity": "hint", "rows": True}),
    ("check", {"severity": "hint", "docs": True}),
    ("check", {"severity": "hint", "config": [MAIN]}),
    ("check", {"severity": "hint", "config": [INCLUDER], "overrides": ["++api_key=@T", "absent.token=@T"]}),
    ("check", {"paths": ["environments/linked/config.yaml"]}),
    ("fix", {"unsafe": True}),
    ("fix", {"unsafe": True, "config": [MAIN]}),
    ("resolve", {"config": [MAIN], "limit": 500}),
    ("resolve", {"config": [MAIN], "limit": 500, "offset": 100}),
    ("resolve", {"config": [INCLUDER], "limit": 500, "overrides": ["++plain=@K"]}),
    ("resolve", {"config": [MAIN], "key": "api_key.x"}),
    *(("find", {"name": name}) for name in ("math", "api_key", "overridden_key", "plain", "ABSENT_KEY", MAIN)),
    *(("find", {"path": MAIN, "line": line, "column": 1}) for line in range(1, 100, 7)),
    *(("list", {"kind": kind}) for kind in ("environments", "agents", "models", "resources-servers", "benchmarks")),
    ("explain", {"rule": "literal-secret"}),
)
URIS = ("gym-lsp:/schema", "gym-lsp:/schema/definitions", "gym-lsp:/rules/literal-secret.md")


def offer_in(folder: Path) -> Offer:
    """Return what the server offers in a folder, which has to be the working directory."""
    return offer(Site(PurePath(folder), parse_arguments(["--mcp"])))
