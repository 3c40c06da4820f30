"""A document above the limit has one finding and empty answers, costs little to edit, and recovers when it shrinks."""

from __future__ import annotations

from pathlib import Path

from gym_lsp.files import LARGEST_TEXT
from tests.server.client import Message
from tests.server.editor import PULL, PUSH, Editor, editing

SERVER = "environments/counting/config.yaml"
BAD = "counting: {resources_servers: {counting: {entrypoint: app.py, domain: maths}}}\n"
TOO_LARGE = BAD + "# A line that nobody has written.\n" * (LARGEST_TEXT // 34)
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
