"""Each real client gets only the forms and requests that it supports."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Any, cast

import pytest

from gym_lsp.server.to_lsp import uri_of
from gym_lsp.text import Encoding
from tests.server.comparing import position
from tests.server.editor import CLIENTS, recorded
from tests.server.inprocess import Message, Wire

CONFIG = "environments/counting/config.yaml"
NAMES = sorted(path.stem for path in CLIENTS.glob("*.json"))
INCLUDED = "environments/counting/model.yaml"
TWICE = f"config_paths:\n  - {INCLUDED}\n  - {INCLUDED}\n"
TEXT = """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math
      domain: math
"""


@pytest.fixture(params=NAMES)
def client(request: pytest.FixtureRequest) -> Message:
    return recorded(request.param)


def start(wire: Wire, client: Message, root: Path) -> None:
    folder = {"uri": root.as_uri(), "name": "here"}
    here = {"rootPath": str(root), "rootUri": root.as_uri(), "workspaceFolders": [folder]}
    wire.request("initialize", client | here)
    wire.notify("initialized", {})


def declared(client: Message, *steps: str) -> Any:
    """Return the capability under these keys, or None if the client does not declare it."""
    found: Any = client["capabilities"]
    for step in steps:
        found = cast("Message", found).get(step) if isinstance(found, dict) else None
    return found


def findings(wire: Wire, client: Message, path: PurePath) -> list[Message]:
    """Return the diagnostics of a file, pulled or published depending on the client."""
    if declared(client, "workspace", "diagnostics", "refreshSupport"):
        params = {"textDocument": {"uri": uri_of(path)}}
        return wire.request("textDocument/diagnostic", params)["items"]
    wire.wait_until_idle()
    return wire.published[uri_of(path)]


def test_findings_have_the_parts_that_the_client_shows(client: Message, tmp_path: Path) -> None:
    path = PurePath(tmp_path / CONFIG)
    with Wire() as wire:
        start(wire, client, tmp_path)
        wire.open(PurePath(tmp_path / INCLUDED), TEXT.replace("      domain: math\n", "", 1))
        wire.open(path, TWICE)
        [found] = findings(wire, client, path)
    published = ("textDocument", "publishDiagnostics")
    assert ("relatedInformation" in found) == bool(declared(client, *published, "relatedInformation"))
    assert ("codeDescription" in found) == bool(declared(client, *published, "codeDescriptionSupport"))
    assert ("data" in found) == bool(declared(client, *published, "dataSupport"))
    assert found.get("tags") == ([1] if declared(client, *published, "tagSupport") else None)


def test_published_findings_have_a_version_if_the_client_supports_it(client: Message, tmp_path: Path) -> None:
    with Wire() as wire:
        start(wire, client, tmp_path)
        wire.open(PurePath(tmp_path / CONFIG), TEXT, version=7)
        wire.wait_until_idle()
        published = [each for each in wire.messages if each["method"] == "textDocument/publishDiagnostics"]
    versions = {each["params"].get("version") for each in published}
    if declared(client, "workspace", "diagnostics", "refreshSupport"):
        assert versions == set()
    else:
        assert versions == {7 if declared(client, "textDocument", "publishDiagnostics", "versionSupport") else None}


def test_fixes_are_edits_as_the_client_applies_them(client: Message, tmp_path: Path) -> None:
    path = PurePath(tmp_path / CONFIG)
    with Wire() as wire:
        start(wire, client, tmp_path)
        wire.open(path, TEXT)
        [found] = findings(wire, client, path)
        params: Message = {"textDocument": {"uri": uri_of(path)}, "range": found["range"]}
        params["context"] = {"diagnostics": []}
        [action, *_] = wire.request("textDocument/codeAction", params)
    versioned = declared(client, "workspace", "workspaceEdit", "documentChanges")
    assert list(action["edit"]) == ["documentChanges" if versioned else "changes"]
    assert ("isPreferred" in action) == bool(declared(client, "textDocument", "codeAction", "isPreferredSupport"))


def test_the_outline_is_a_tree_if_the_client_supports_it(client: Message, tmp_path: Path) -> None:
    path = PurePath(tmp_path / CONFIG)
    with Wire() as wire:
        start(wire, client, tmp_path)
        wire.open(path, TEXT)
        [symbol, *more] = wire.request("textDocument/documentSymbol", {"textDocument": {"uri": uri_of(path)}})
    nested = bool(declared(client, "textDocument", "documentSymbol", "hierarchicalDocumentSymbolSupport"))
    assert ("children" in symbol, "location" in symbol) == (nested, not nested)
    assert bool(more) != nested


def test_completions_and_hovers_are_in_the_forms_that_the_client_supports(client: Message, tmp_path: Path) -> None:
    path = PurePath(tmp_path / CONFIG)
    text = TEXT + "agent:\n  responses_api_agents:\n    simple_agent:\n      "
    with Wire() as wire:
        start(wire, client, tmp_path)
        wire.open(path, text)
        document = {"uri": uri_of(path)}
        # The text before the positions is ASCII, so the encodings agree.
        params = {"textDocument": document, "position": position(text, len(text), Encoding.UTF8)}
        items = wire.request("textDocument/completion", params)["items"]
        params = {"textDocument": document, "position": position(text, text.index("domain"), Encoding.UTF8)}
        hover = wire.request("textDocument/hover", params)
    assert items
    item = ("textDocument", "completion", "completionItem")
    formats = declared(client, *item, "documentationFormat") or ["plaintext"]
    kinds = {each["documentation"]["kind"] for each in items if "documentation" in each}
    assert kinds <= {"markdown" if "markdown" in formats else "plaintext"}
    modes: list[int] = declared(client, *item, "insertTextModeSupport", "valueSet") or []
    assert {each.get("insertTextMode") for each in items} == ({1} if 1 in modes else {None})
    if not declared(client, *item, "snippetSupport"):
        assert {each.get("insertTextFormat", 1) for each in items} == {1}
    formats = declared(client, "textDocument", "hover", "contentFormat")
    assert hover["contents"]["kind"] == ("markdown" if "markdown" in formats else "plaintext")
    assert hover["contents"]["value"].startswith("**") == ("markdown" in formats)


def test_the_server_asks_only_for_what_the_client_grants(client: Message, tmp_path: Path) -> None:
    with Wire() as wire:
        start(wire, client, tmp_path)
        wire.wait_until_idle()
        asked = set(wire.asked)
    grants = {
        "workspace/configuration": declared(client, "workspace", "configuration"),
        "workspace/diagnostic/refresh": declared(client, "workspace", "diagnostics", "refreshSupport"),
        "workspace/inlayHint/refresh": declared(client, "workspace", "inlayHint", "refreshSupport"),
        "workspace/codeLens/refresh": declared(client, "workspace", "codeLens", "refreshSupport"),
        "workspace/semanticTokens/refresh": declared(client, "workspace", "semanticTokens", "refreshSupport"),
        "client/registerCapability": declared(client, "workspace", "didChangeWatchedFiles", "dynamicRegistration")
        or declared(client, "workspace", "didChangeConfiguration", "dynamicRegistration"),
    }
    assert asked == {method for method, is_granted in grants.items() if is_granted}
