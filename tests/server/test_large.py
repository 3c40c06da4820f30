"""Large documents do not delay other answers, and one above the limit is not read."""

from __future__ import annotations

import threading
from pathlib import Path, PurePath
from random import Random
from typing import Any

import pytest

from gym_lsp.diagnostic import Diagnostic
from gym_lsp.files import LARGEST_TEXT
from gym_lsp.server import diagnostics, indexing, session
from gym_lsp.server.session import LARGE, Session
from gym_lsp.server.to_lsp import uri_of
from gym_lsp.text import Encoding
from tests.server.client import Message
from tests.server.comparing import observed, questions
from tests.server.editor import PULL, PUSH, Editor, editing
from tests.server.inprocess import Wire

SERVER = "environments/counting/config.yaml"
BAD = "counting: {resources_servers: {counting: {entrypoint: app.py, domain: maths}}}\n"
TOO_LARGE = BAD + "# A line that no one has written.\n" * (LARGEST_TEXT // 34)
LAST = TOO_LARGE.count("\n")
START = {"line": 0, "character": 14}
WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": LAST, "character": 0}}
REST = {"start": {"line": 1, "character": 0}, "end": {"line": LAST, "character": 0}}

AT_A_PLACE = (
    "textDocument/hover",
    "textDocument/completion",
    "textDocument/signatureHelp",
    "textDocument/definition",
    "textDocument/declaration",
    "textDocument/typeDefinition",
    "textDocument/implementation",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/prepareCallHierarchy",
    "textDocument/prepareTypeHierarchy",
)
OF_THE_WHOLE = (
    "textDocument/documentSymbol",
    "textDocument/documentLink",
    "textDocument/foldingRange",
    "textDocument/codeLens",
    "textDocument/semanticTokens/full",
)
ASKED: list[tuple[str, Message]] = [
    *((method, {"position": START}) for method in AT_A_PLACE),
    *((method, {}) for method in OF_THE_WHOLE),
    ("textDocument/references", {"position": START, "context": {"includeDeclaration": True}}),
    ("textDocument/rename", {"position": START, "newName": "other"}),
    ("textDocument/inlayHint", {"range": WHOLE}),
    ("textDocument/semanticTokens/range", {"range": WHOLE}),
    ("textDocument/codeAction", {"range": WHOLE, "context": {"diagnostics": []}}),
]


def assert_answers_are_empty(editor: Editor) -> None:
    for method, params in ASKED:
        answer = editor.client.request(method, {"textDocument": {"uri": editor.uri(SERVER)}} | params)
        assert not answer, f"{method}: {answer}"


def assert_is_too_large(found: list[Message]) -> None:
    ((at, message),) = [(each["range"]["start"], each["message"]) for each in found]
    assert at == {"line": 0, "character": 0}
    assert message.startswith("this file cannot be read: it is 2,097,")


def test_a_document_above_the_limit_has_one_finding_and_empty_answers(tmp_path: Path) -> None:
    with editing(tmp_path, {SERVER: BAD}) as editor:
        editor.start(PUSH)
        editor.open(SERVER)
        editor.published(SERVER, {"unknown-domain"})
        editor.change(SERVER, TOO_LARGE)
        assert_is_too_large(editor.published(SERVER, {"unreadable-file"}))
        assert_answers_are_empty(editor)
        since = editor.received()
        editor.change(SERVER, {"range": REST, "text": ""})
        editor.published(SERVER, {"unknown-domain"}, since=since)


def test_a_client_that_pulls_gets_the_finding_of_a_document_above_the_limit(tmp_path: Path) -> None:
    with editing(tmp_path, {SERVER: BAD}) as editor:
        editor.start(PULL)
        editor.open(SERVER, TOO_LARGE)
        assert_is_too_large(editor.pulled(SERVER)["items"])
        assert_answers_are_empty(editor)
        editor.change(SERVER, {"range": REST, "text": ""})
        assert [each["code"] for each in editor.pulled(SERVER)["items"]] == ["unknown-domain"]


# Below the limit

OTHER = "environments/tallying/config.yaml"
MANY = BAD + "".join(
    f"""\
agent{number}:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {{type: resources_servers, name: countin}}
      model_server: {{type: responses_api_models, name: policy_model}}
      note: ${{counting}} # {"x" * 2000}
"""
    for number in range(LARGE // 2000)
)


def written(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_other_answers_do_not_wait_for_a_large_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, **{SERVER: MANY, OTHER: BAD})
    large, other = PurePath(tmp_path / SERVER), PurePath(tmp_path / OTHER)
    may_go_on = threading.Event()
    find = diagnostics.findings

    def waiting(session: Session, path: PurePath) -> tuple[Diagnostic, ...]:
        assert path != large or may_go_on.wait(60)
        return find(session, path)

    monkeypatch.setattr(diagnostics, "findings", waiting)
    with Wire() as wire:
        wire.start(PUSH, tmp_path)
        wire.open(other, BAD)
        wire.open(large, MANY)
        at = {"textDocument": {"uri": uri_of(other)}, "position": START}
        # The check of the large document cannot end, and so neither can what is asked about it.
        assert wire.request("textDocument/hover", at) is not None
        wire.change(large, 2, {"range": REST, "text": MANY})
        assert wire.request("textDocument/hover", at) is not None
        may_go_on.set()
        wire.wait_until_idle()
        assert len(wire.published[uri_of(large)]) > 1
        assert wire.failures == []


@pytest.mark.parametrize("capabilities", [PUSH, PULL], ids=["push", "pull"])
def test_a_large_document_has_the_answers_of_a_small_one(
    capabilities: Message, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, **{SERVER: MANY, OTHER: BAD})
    texts = {PurePath(tmp_path / SERVER): MANY, PurePath(tmp_path / OTHER): BAD}

    def answers() -> Any:
        asked = questions(texts, Random(0), Encoding.UTF16, 2)
        with Wire() as wire:
            wire.start(capabilities, tmp_path)
            for path, text in texts.items():
                wire.open(path, text)
            wire.wait_until_idle()
            pulled = [
                wire.reply("textDocument/diagnostic", {"textDocument": {"uri": uri_of(path)}}).get("result")
                for path in texts
            ]
            return observed(wire, asked), pulled

    aside = answers()
    for module in (session, indexing):
        monkeypatch.setattr(module, "LARGE", LARGEST_TEXT)
    assert aside == answers()


def test_what_is_left_out_of_the_findings_of_a_file_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, **{SERVER: f"{BAD}note: [{'*a, ' * 10}]\n"})
    monkeypatch.setattr(diagnostics, "MOST_SHOWN", 4)
    with Wire() as wire:
        wire.start(PUSH, tmp_path)
        wire.wait_until_idle()
        found = wire.published[uri_of(tmp_path / SERVER)]
    assert len(found) == 4
    assert found[-1]["message"].endswith("(and 7 more findings in this file)")
