"""Each real client gets what it said that it can take, and nothing else."""

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


def said(client: Message, *steps: str) -> Any:
    """What the client said under these keys; None where it said nothing."""
    found: Any = client["capabilities"]
    for step in steps:
        found = cast("Message", found).get(step) if isinstance(found, dict) else None
    return found


def findings(wire: Wire, client: Message, path: PurePath) -> list[Message]:
    """The findings of a file, as they are told to this client."""
    if said(client, "workspace", "diagnostics", "refreshSupport"):
        params = {"textDocument": {"uri": uri_of(path)}}
        return wire.request("textDocument/diagnostic", params)["items"]
    wire.settle()
    return wire.published[uri_of(path)]


def test_findings_have_the_parts_that_the_client_shows(client: Message, tmp_path: Path) -> None:
    path = PurePath(tmp_path / CONFIG)
    with Wire() as wire:
        start(wire, client, tmp_path)
        wire.open(PurePath(tmp_path / INCLUDED), TEXT.replace("      domain: math\n", "", 1))
        wire.open(path, TWICE)
        [found] = findings(wire, client, path)
    published = ("textDocument", "publishDiagnostics")
    assert ("relatedInformation" in found) == bool(said(client, *published, "relatedInformation"))
    assert ("codeDescription" in found) == bool(said(client, *published, "codeDescriptionSupport"))
    assert ("data" in found) == bool(said(client, *published, "dataSupport"))
    assert found.get("tags") == ([1] if said(client, *published, "tagSupport") else None)


def test_published_findings_name_a_version_where_the_client_reads_it(client: Message, tmp_path: Path) -> None:
    with Wire() as wire:
        start(wire, client, tmp_path)
        wire.open(PurePath(tmp_path / CONFIG), TEXT, version=7)
        wire.settle()
        published = [each for each in wire.messages if each["method"] == "textDocument/publishDiagnostics"]
    versions = {each["params"].get("version") for each in published}
    if said(client, "workspace", "diagnostics", "refreshSupport"):
        assert versions == set()
    else:
        assert versions == {7 if said(client, "textDocument", "publishDiagnostics", "versionSupport") else None}


def test_fixes_are_edits_as_the_client_applies_them(client: Message, tmp_path: Path) -> None:
    path = PurePath(tmp_path / CONFIG)
    with Wire() as wire:
        start(wire, client, tmp_path)
        wire.open(path, TEXT)
        [found] = findings(wire, client, path)
        params: Message = {"textDocument": {"uri": uri_of(path)}, "range": found["range"]}
        params["context"] = {"diagnostics": []}
        [action, *_] = wire.request("textDocument/codeAction", params)
    versioned = said(client, "workspace", "workspaceEdit", "documentChanges")
    assert list(action["edit"]) == ["documentChanges" if versioned else "changes"]
    assert ("isPreferred" in action) == bool(said(client, "textDocument", "codeAction", "isPreferredSupport"))


def test_the_outline_is_a_tree_where_the_client_draws_one(client: Message, tmp_path: Path) -> None:
    path = PurePath(tmp_path / CONFIG)
    with Wire() as wire:
        start(wire, client, tmp_path)
        wire.open(path, TEXT)
        [symbol, *more] = wire.request("textDocument/documentSymbol", {"textDocument": {"uri": uri_of(path)}})
    nested = bool(said(client, "textDocument", "documentSymbol", "hierarchicalDocumentSymbolSupport"))
    assert ("children" in symbol, "location" in symbol) == (nested, not nested)
    assert bool(more) != nested


def test_completions_and_hovers_are_in_the_forms_that_the_client_knows(client: Message, tmp_path: Path) -> None:
    path = PurePath(tmp_path / CONFIG)
    text = TEXT + "agent:\n  responses_api_agents:\n    simple_agent:\n      "
    with Wire() as wire:
        start(wire, client, tmp_path)
        wire.open(path, text)
        document = {"uri": uri_of(path)}
        # All that is before the places is ASCII, so the encodings agree.
        params = {"textDocument": document, "position": position(text, len(text), Encoding.UTF8)}
        items = wire.request("textDocument/completion", params)["items"]
        params = {"textDocument": document, "position": position(text, text.index("domain"), Encoding.UTF8)}
        hover = wire.request("textDocument/hover", params)
    assert items
    item = ("textDocument", "completion", "completionItem")
    formats = said(client, *item, "documentationFormat") or ["plaintext"]
    kinds = {each["documentation"]["kind"] for each in items if "documentation" in each}
    assert kinds <= {"markdown" if "markdown" in formats else "plaintext"}
    modes: list[int] = said(client, *item, "insertTextModeSupport", "valueSet") or []
    assert {each.get("insertTextMode") for each in items} == ({1} if 1 in modes else {None})
    if not said(client, *item, "snippetSupport"):
        assert {each.get("insertTextFormat", 1) for each in items} == {1}
    formats = said(client, "textDocument", "hover", "contentFormat")
    assert hover["contents"]["kind"] == ("markdown" if "markdown" in formats else "plaintext")
    assert hover["contents"]["value"].startswith("**") == ("markdown" in formats)


def test_the_server_asks_only_for_what_the_client_grants(client: Message, tmp_path: Path) -> None:
    with Wire() as wire:
        start(wire, client, tmp_path)
        wire.settle()
        asked = set(wire.asked)
    grants = {
        "workspace/configuration": said(client, "workspace", "configuration"),
        "workspace/diagnostic/refresh": said(client, "workspace", "diagnostics", "refreshSupport"),
        "workspace/inlayHint/refresh": said(client, "workspace", "inlayHint", "refreshSupport"),
        "workspace/codeLens/refresh": said(client, "workspace", "codeLens", "refreshSupport"),
        "workspace/semanticTokens/refresh": said(client, "workspace", "semanticTokens", "refreshSupport"),
        "client/registerCapability": said(client, "workspace", "didChangeWatchedFiles", "dynamicRegistration")
        or said(client, "workspace", "didChangeConfiguration", "dynamicRegistration"),
    }
    assert asked == {method for method, is_granted in grants.items() if is_granted}
