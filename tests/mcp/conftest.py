"""The tools for a small workspace, without a client."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gym_lsp.mcp.calling import call
from gym_lsp.mcp.offer import Answer
from tests.cli.conftest import CLEAN, TIDES, write
from tests.mcp.calls import offer_in

Call = Callable[..., Answer]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a workspace with one clean config, in a folder with other files."""
    root = tmp_path / "workspace"
    root.mkdir()
    monkeypatch.chdir(root)
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "NEMO_GYM_EXTRA_ROOTS"):
        monkeypatch.delenv(name, raising=False)
    write(root, TIDES, CLEAN)
    write(tmp_path, "outside.yaml", CLEAN)
    return root


@pytest.fixture
def ask(tree: Path) -> Call:
    """Calls a tool in the workspace with some arguments."""
    offered = offer_in(tree)

    def ask(tool: str, /, **given: object) -> Answer:
        return call(offered, tool, given)

    return ask
