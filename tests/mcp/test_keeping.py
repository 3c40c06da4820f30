"""A kept workspace answers as one that is opened for the question, whatever has changed in between."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from gym_lsp.mcp.calling import call
from gym_lsp.workspace.workspace import Workspace
from tests.cli.conftest import CLEAN, TIDES, write
from tests.mcp.calls import offer_in

QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("find", {"name": "tides"}),
    ("find", {"name": "policy_model"}),
    ("find", {"name": TIDES}),
    ("find", {"name": "waves"}),
    ("find", {"path": TIDES, "line": 11, "column": 57}),
    ("list", {"kind": "environments"}),
    ("list", {"kind": "resources-servers"}),
)
APP = """\
from nemo_gym.base_resources_server import BaseResourcesServerConfig, SimpleResourcesServer


class TidesServer(SimpleResourcesServer):
    config: BaseResourcesServerConfig


TidesServer.run_webserver()
"""
INCLUDER = "environments/whole/config.yaml"
STEPS: tuple[tuple[str, str | None], ...] = (
    (TIDES, CLEAN.replace("tides", "waves")),
    (TIDES, "\n" + CLEAN),
    (INCLUDER, f"config_paths: [{TIDES}]\ntides: {{resources_servers: {{tides: {{limit: 2}}}}}}\n"),
    ("resources_servers/tides/app.py", APP),
    ("resources_servers/tides/app.py", f"\n\n{APP}"),
    ("resources_servers/tides/configs/tides.yaml", CLEAN),
    ("data/rows.jsonl", '{"agent_ref": {"type": "responses_api_agents", "name": "tides_agent"}}\n'),
    ("gym-lsp.toml", 'exclude = ["environments/whole/**"]\n'),
    ("gym-lsp.toml", ""),
    ("gym-lsp.toml", None),
    (INCLUDER, None),
    ("resources_servers", None),
    (TIDES, "tides: ["),
    (TIDES, None),
    (TIDES, CLEAN),
    ("environments", None),
    (TIDES, CLEAN),
)
"""Files that are written, or removed, one after another."""


def test_a_kept_workspace_answers_as_a_fresh_one(tree: Path) -> None:
    offered = offer_in(tree)
    for path, text in STEPS:
        if text is not None:
            write(tree, path, text)
        elif (tree / path).is_dir():
            shutil.rmtree(tree / path)
        else:
            (tree / path).unlink()
        for name, arguments in QUESTIONS:
            assert call(offered, name, arguments) == call(offer_in(tree), name, arguments), (path, name, arguments)


def test_what_is_the_same_is_not_worked_out_again(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = offer_in(tree)
    first = call(offered, "find", {"name": "tides"})

    def fail(*_: object) -> None:
        raise AssertionError("a file is parsed again")

    monkeypatch.setattr("gym_lsp.compose.source.parse", fail)
    monkeypatch.setattr(Workspace, "__init__", fail)
    assert call(offered, "find", {"name": "tides"}) == first
