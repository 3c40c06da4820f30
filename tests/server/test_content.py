"""The documents that the client requests: resolved configurations and the pages of rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.rules import ALL_RULES, RULE_NAMES
from gym_lsp.rules.engine import rule
from gym_lsp.server import diagnostics
from gym_lsp.server.content import document_uri
from gym_lsp.server.runs import RunArguments
from tests.server.client import Message, RpcError
from tests.server.editor import PULL, Editor, editing

MATH = "environments/math/config.yaml"
OTHER = "environments/other/config.yaml"
TEXT = "limit: 5\nmath: {resources_servers: {mcqa: {entrypoint: app.py, domain: math, api_key: hunter2}}}\n"
SUPPORTING: Message = PULL | {"workspace": PULL["workspace"] | {"textDocumentContent": {"dynamicRegistration": True}}}
PAGES = Path(__file__).parents[2] / "docs" / "rules"
REFRESH = "workspace/textDocumentContent/refresh"


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Editor]:
    with editing(tmp_path, {MATH: TEXT, OTHER: "other: 1\nresponses_api_agents: {}\nconfig_paths: []\n"}) as editor:
        editor.start(SUPPORTING)
        yield editor


def content(editor: Editor, query: str) -> str:
    return document(editor, f"gym-lsp:/resolved/config.yaml?{query}")


def document(editor: Editor, uri: str) -> str:
    return editor.client.request("workspace/textDocumentContent", {"uri": uri})["text"]


def link_of_a_finding(editor: Editor) -> str:
    """The link on the code of a finding."""
    editor.write(MATH, TEXT.replace("domain: math", "domain: maths"))
    editor.open(MATH)
    [found] = [each for each in editor.pulled(MATH)["items"] if each["code"] == "unknown-domain"]
    return found["codeDescription"]["href"]


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


@pytest.mark.parametrize(
    "uri",
    [
        "gym-lsp:/other/a.yaml?uri=x",
        "file:///a.yaml",
        "gym-lsp:/resolved/a.yaml",
        "file:/rules/duplicate-key.md",
        "gym-lsp:/rules/no-such-rule.md",
        "gym-lsp:/rules/",
    ],
)
def test_an_unknown_document_is_an_error(editor: Editor, uri: str) -> None:
    with pytest.raises(RpcError) as caught:
        editor.client.request("workspace/textDocumentContent", {"uri": uri})
    assert caught.value.code == -32803


def test_the_page_of_each_rule(editor: Editor) -> None:
    for each in ALL_RULES:
        text = document(editor, f"gym-lsp:/rules/{each.name}.md")
        assert text.startswith(f"# {each.name}\n\n{each.page.partition('.')[0]}")
        page = (PAGES / f"{each.name}.md").read_text("utf-8")
        assert page.endswith(f"\n\n{text}\n[All rules](README.md)\n")


def test_a_finding_links_to_the_page_that_the_server_serves(editor: Editor) -> None:
    assert document(editor, link_of_a_finding(editor)).startswith("# unknown-domain\n")


def test_a_finding_links_to_a_file_where_the_client_cannot_request_documents(tmp_path: Path) -> None:
    with editing(tmp_path, {MATH: TEXT}) as editor:
        editor.start(PULL)
        assert link_of_a_finding(editor) == (PAGES / "unknown-domain.md").as_uri()


@pytest.fixture
def without_page_files(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(diagnostics, "_PAGES", ())
    diagnostics.page_uris.cache_clear()
    yield
    diagnostics.page_uris.cache_clear()


@pytest.mark.usefixtures("without_page_files")
def test_without_any_page_a_finding_has_no_link() -> None:
    assert diagnostics.page_uris(opens_documents=False) == {}
    assert set(diagnostics.page_uris(opens_documents=True)) == RULE_NAMES


@pytest.mark.usefixtures("without_page_files")
def test_a_public_address_is_the_link_where_the_page_is_not_local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule, "DOCUMENTATION", "https://example.org/docs")
    found = diagnostics.page_uris(opens_documents=False)["duplicate-key"]
    assert found == "https://example.org/docs/rules/duplicate-key.md"
    assert diagnostics.page_uris(opens_documents=True)["duplicate-key"] == "gym-lsp:/rules/duplicate-key.md"


_texts = st.lists(st.text(min_size=1).filter(lambda text: text.isprintable()), max_size=3).map(tuple)


@given(_texts.filter(bool), _texts, st.booleans())
def test_the_uri_of_a_run_has_no_special_characters(
    configs: tuple[str, ...], overrides: tuple[str, ...], provenance: bool
) -> None:
    uri = document_uri(RunArguments(None, configs, overrides), provenance=provenance)
    assert uri.isascii()
    assert not any(each.isspace() or each in '#"<>' for each in uri)
