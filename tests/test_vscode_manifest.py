"""The VS Code extension's settings are those that the server reads, and are described where it describes them."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

from gym_lsp.dev.vscode import MANIFEST, editor_settings, manifest

ROOT = Path(__file__).parent.parent
WRITTEN = (ROOT / MANIFEST).read_text("utf-8")

CLIENTS_OWN = {"serverPath"}
"""What the extension reads and does not pass on."""

NOT_FOR_PEOPLE = {"suggestsAgain", "otherYamlServer", "statusNotification", "commands"}
"""What the extension says about itself."""


def test_no_client_names_a_package_while_none_is_published() -> None:
    constants = {
        "gym_lsp/reporters/drawing.py": "PACKAGE: str | None = None",
        "nvim-client/lua/gym_lsp/server.lua": "M.package = nil",
        "vscode-client/src/installation.ts": "PACKAGE: string | undefined = undefined",
    }
    for file, constant in constants.items():
        assert constant in (ROOT / file).read_text("utf-8"), "change all three, and the pages below"
    pages = ("README.md", "docs/editors.md", "nvim-client/README.md", "nvim-client/doc/gym-lsp.txt")
    clients = ("vscode-client/README.md", "vscode-client/media/walkthrough/install.md", MANIFEST)
    for page in (*pages, *clients):
        assert not re.search(r"install (--\S+ )*gym-lsp(?![\w-])", (ROOT / page).read_text("utf-8")), page


def test_the_manifest_is_up_to_date() -> None:
    assert manifest(WRITTEN) == WRITTEN, "run `make docs`"


def test_only_the_generated_parts_are_written_anew() -> None:
    before: dict[str, Any] = json.loads(WRITTEN)
    spoilt = json.loads(WRITTEN)
    spoilt["contributes"]["configuration"] = {}
    assert json.loads(manifest(json.dumps(spoilt))) == before


def test_each_setting_that_the_server_reads_is_offered() -> None:
    source = (ROOT / "gym_lsp" / "server" / "preferences.py").read_text("utf-8")
    read = {
        call.args[0].value
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "get"
        and isinstance(call.args[0], ast.Constant)
    }
    offered = {setting.name.partition(".")[0] for setting in editor_settings()}
    assert offered - CLIENTS_OWN == read - NOT_FOR_PEOPLE
