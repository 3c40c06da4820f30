"""The resolved configuration as a document that the client requests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.server.content import document_uri
from gym_lsp.server.runs import RunArguments
from tests.server.client import Message, RpcError
from tests.server.editor import PULL, Editor, editing

MATH = "environments/math/config.yaml"
OTHER = "environments/other/config.yaml"
TEXT = "limit: 5\nmath: {resources_servers: {mcqa: {entrypoint: app.py, domain: math, api_key: hunter2}}}\n"
SUPPORTING: Message = PULL | {"workspace": PULL["workspace"] | {"textDocumentContent": {"dynamicRegistration": True}}}
REFRESH = "workspace/textDocumentContent/refresh"


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Editor]:
    with editing(tmp_path, {MATH: TEXT, OTHER: "other: 1\nresponses_api_agents: {}\nconfig_paths: []\n"}) as editor:
        editor.start(SUPPORTING)
        yield editor


def content(editor: Editor, query: str) -> str:
    uri = f"gym-lsp:/resolved/config.yaml?{query}"
    return editor.client.request("workspace/textDocumentContent", {"uri": uri})["text"]


def own(editor: Editor) -> str:
    return f"uri={quote(editor.uri(MATH), safe='')}"


def test_the_scheme_is_offered_to_clients_that_request_documents(tmp_path: Path, editor: Editor) -> None:
    assert editor.capabilities["workspace"]["textDocumentContent"] == {"schemes": ["gym-lsp"]}
    with editing(tmp_path, {}) as other:
        other.start(PULL)
        assert "textDocumentContent" not in other.capabilities.get("workspace", {})


def test_the_text(editor: Editor) -> None:
    text = content(editor, own(editor))
    assert text.startswith("limit: 5\nmath:\n")
    assert "#" not in text
    assert "hunter2" not in text
    with_places = content(editor, f"{own(editor)}&provenance=1")
    assert with_places.splitlines()[0].split() == ["limit:", "5", "#", f"{MATH}:1"]
    assert "hunter2" not in with_places


def test_a_run_of_configs_and_overrides(editor: Editor) -> None:
    text = content(editor, f"config={quote(MATH)}&config={quote(OTHER)}&override={quote('limit=a b')}")
    assert "limit: a b\n" in text
    assert "other: 1\n" in text


def test_vs_code_escapes_the_whole_query(editor: Editor) -> None:
    assert content(editor, quote(f"{own(editor)}&provenance=1", safe="")) == content(
        editor, f"{own(editor)}&provenance=1"
    )


def test_it_follows_edits(editor: Editor) -> None:
    query = own(editor)
    content(editor, query)
    content(editor, f"config={quote(OTHER)}")
    editor.open(MATH)
    since = editor.received()
    editor.change(MATH, TEXT.replace("limit: 5", "limit: 6"))
    message = editor.client.wait_for(lambda message: message.get("method") == REFRESH, start=since)
    assert message["params"]["uri"].endswith(query)
    assert content(editor, query).startswith("limit: 6\n")
    # The other document has not changed, and a comment changes neither.
    since = editor.received()
    editor.change(MATH, TEXT.replace("limit: 5", "limit: 6 # more"))
    editor.client.wait_for(lambda message: message.get("method") == "workspace/diagnostic/refresh", start=since)
    editor.client.request("workspace/executeCommand", {"command": "gymLsp.status", "arguments": []})
    assert len(editor.client.sent(REFRESH)) == 1


def test_a_document_without_its_file_is_refreshed(editor: Editor) -> None:
    content(editor, own(editor))
    since = editor.received()
    editor.path(MATH).unlink()
    editor.report_changes(deleted=MATH)
    editor.client.wait_for(lambda message: message.get("method") == REFRESH, start=since)
    with pytest.raises(RpcError, match="cannot read"):
        content(editor, own(editor))


@pytest.mark.parametrize("uri", ["gym-lsp:/other/a.yaml?uri=x", "file:///a.yaml", "gym-lsp:/resolved/a.yaml"])
def test_an_unknown_document_is_an_error(editor: Editor, uri: str) -> None:
    with pytest.raises(RpcError) as caught:
        editor.client.request("workspace/textDocumentContent", {"uri": uri})
    assert caught.value.code == -32803


_texts = st.lists(st.text(min_size=1).filter(lambda text: text.isprintable()), max_size=3).map(tuple)


@given(_texts.filter(bool), _texts, st.booleans())
def test_the_uri_of_a_run_has_no_special_characters(
    configs: tuple[str, ...], overrides: tuple[str, ...], provenance: bool
) -> None:
    uri = document_uri(RunArguments(None, configs, overrides), provenance=provenance)
    assert uri.isascii()
    assert not any(each.isspace() or each in '#"<>' for each in uri)
