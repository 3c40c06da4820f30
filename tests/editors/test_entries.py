"""The entries for the lists of servers that editors read, in these editors."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.editors.editor import Editor
from tests.editors.helix import Helix
from tests.editors.neovim import Neovim
from tests.editors.programs import NEW_NEOVIM
from tests.editors.waiting import until
from tests.tools.entries import entries

TIDES = "environments/tide_tables/config.yaml"
ENTRIES = entries("https://example.com/gym-lsp")


def in_neovim(home: Path, workspace: Path) -> Neovim:
    """Neovim with the entry where nvim-lspconfig would have it, in a folder on its runtime path."""
    name = "nvim-lspconfig/lsp/gym_lsp.lua"
    path = home / name
    path.parent.mkdir(parents=True)
    path.write_text(ENTRIES[name])
    init = f"vim.opt.runtimepath:append('{path.parents[1]}')\nvim.lsp.enable('gym_lsp')\n"
    return Neovim(NEW_NEOVIM, home, workspace, init)


@pytest.mark.parametrize("name", ["neovim", "helix"])
def test_an_entry_alone_starts_the_server(name: str, home: Path, workspace: Path) -> None:
    config = workspace / TIDES
    config.write_text(config.read_text().replace("domain: knowledge", "domain: knowlege"))
    editor: Editor
    if name == "neovim":
        editor = in_neovim(home, workspace)
    else:
        editor = Helix(home, workspace, ENTRIES["helix/languages.toml"])
    try:
        editor.open(config)
        until(editor.findings, lambda found: len(found) == 1 and "`knowledge`" in found[0], "the finding")
    finally:
        editor.close()


def test_yaml_without_a_marker_is_left_alone(home: Path, workspace: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "config.yaml"
    other.parent.mkdir()
    other.write_text("a: 1\n")
    editor = in_neovim(home, workspace)
    try:
        editor.open(workspace / TIDES)
        editor.lua("vim.cmd.edit(...)", str(other))
        assert editor.clients() == []
    finally:
        editor.close()
