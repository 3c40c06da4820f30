"""The VS Code extension's settings are those that the server reads, and are described where it describes them."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from gym_lsp import __version__
from gym_lsp.dev.hosting import Hosting
from gym_lsp.dev.vscode import MANIFEST, editor_settings, manifest
from gym_lsp.project import PACKAGE, REPOSITORY

ROOT = Path(__file__).parent.parent
WRITTEN = (ROOT / MANIFEST).read_text("utf-8")
HOSTING = Hosting(__version__, REPOSITORY, PACKAGE)

CLIENTS_OWN = {"serverPath"}
"""What the extension reads and does not pass on."""

NOT_FOR_PEOPLE = {"suggestsAgain", "otherYamlServer", "statusNotification", "commands"}
"""What the extension says about itself."""


def test_the_manifest_is_up_to_date() -> None:
    assert manifest(WRITTEN, HOSTING) == WRITTEN, "run `make docs`"


def test_only_the_generated_parts_are_written_anew() -> None:
    before: dict[str, Any] = json.loads(WRITTEN)
    spoilt = json.loads(WRITTEN)
    spoilt["contributes"]["configuration"] = {}
    assert json.loads(manifest(json.dumps(spoilt), HOSTING)) == before


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
