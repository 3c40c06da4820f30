"""Every feature works on every text, however broken it is."""

from __future__ import annotations

from pathlib import PurePath

from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.ide.moving import will_rename_files
from gym_lsp.ide.workspace_symbols import workspace_symbols
from gym_lsp.workspace.workspace import Workspace
from tests.fixture import DEFAULT_FILE, ROOT
from tests.ide.cursor import ask_everything
from tests.memory import Memory

PIECES = (
    "a", "b", "resources_servers", "responses_api_agents", "config_paths", "_inherit_from", "_copy", "_delete_key",
    "name", "type", "entrypoint", "datasets", "sandbox_provider", "agent_map", "jsonl_fpath", "docker", "???",
    ": ", ":\n", "\n", "\n  ", "\n    ", "- ", ", ", "{", "}", "[", "]", "'", '"', "&a ", "*a", "<<: ", "${", "}",
    "${a.b}", "${.a}", "${..a[0]}", "${oc.env:", "${copy:a.b", "${oc.select:a.b,1}", ".", "#", " # ", "|\n",
    "!x ", "\t", "\r\n", "\N{BYTE ORDER MARK}", "\u2028", "\U0001f600", "a.yaml", "/", "..", "1", "~", "? ",
)  # fmt: skip
OTHER = (
    "a: {resources_servers: {a: {entrypoint: app.py, x: {type: resources_servers, name: a}}}}\nb: {_inherit_from: a}\n"
)
SECOND = ROOT / "a.yaml"
BEGINNINGS = ("", "config_paths: [a.yaml]\n", "a: &a {}\nb:\n  resources_servers:\n    a:\n      ")


@given(st.sampled_from(BEGINNINGS), st.lists(st.sampled_from(PIECES), max_size=20).map("".join), st.integers(0, 150))
def test_every_feature_answers(beginning: str, rest: str, offset: int) -> None:
    path, text = ROOT / DEFAULT_FILE, beginning + rest
    workspace = Workspace(Memory({path: text, SECOND: OTHER}), ROOT)
    ask_everything(workspace, path, min(offset, len(text)))
    ask_everything(workspace, SECOND, OTHER.index("a}"))
    list(workspace_symbols(workspace, "a"))
    will_rename_files(workspace, {SECOND: PurePath("/workspace/c/b.yaml"), path.parent: ROOT / "b"})
