"""Code lenses over the wire: their counts, their commands, and the effect of a click in each kind of client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.server.client import Message
from tests.server.editor import PULL, Editor, editing, recorded

MATH = "environments/math/config.yaml"
HEIR = "environments/heir/config.yaml"
FILES = {
    MATH: """\
math: {resources_servers: {mcqa: {entrypoint: app.py, domain: math}}}
agent: {responses_api_agents: {simple: {entrypoint: app.py, resources_server: {type: resources_servers, name: math}}}}
""",
    HEIR: f"config_paths: [{MATH}]\nheir: {{_inherit_from: math}}\n",
}
CLAIMED: Message = {"commands": ["gymLsp.showReferences", "gymLsp.showResolved"]}
SHOWING: Message = {"window": {"showDocument": {"support": True}}}


def resolved(editor: Editor, name: str) -> list[Message]:
    lenses = editor.client.request("textDocument/codeLens", {"textDocument": {"uri": editor.uri(name)}})
    return [editor.client.request("codeLens/resolve", lens) for lens in lenses]


def titles(editor: Editor, name: str) -> list[tuple[int, str]]:
    return [(lens["range"]["start"]["line"], lens["command"]["title"]) for lens in resolved(editor, name)]


def click(editor: Editor, lens: Message) -> Any:
    """Click a lens in a client that does not carry out the command itself."""
    command = lens["command"]
    assert command["command"] in editor.capabilities["executeCommandProvider"]["commands"]
    asked = {name: command[name] for name in ("command", "arguments")}
    return editor.client.request("workspace/executeCommand", asked)


def test_counts(tmp_path: Path) -> None:
    with editing(tmp_path, FILES) as editor:
        editor.start(PULL)
        assert titles(editor, MATH) == [
            (0, "show resolved"),
            (0, "used by 1"),
            (0, "inherited by 1"),
            (1, "used by 0"),
        ]


def test_the_arguments_for_a_client_that_carries_out_the_commands(tmp_path: Path) -> None:
    with editing(tmp_path, FILES) as editor:
        editor.start(PULL, initializationOptions=CLAIMED)
        show, used, *_ = resolved(editor, MATH)
        uri = editor.uri(MATH)
        assert show["command"] == {
            "title": "show resolved",
            "command": "gymLsp.showResolved",
            "arguments": [{"uri": uri}],
        }
        position = {"line": 0, "character": 0}
        column = FILES[MATH].splitlines()[1].index("math")
        place = {"start": {"line": 1, "character": column}, "end": {"line": 1, "character": column + 4}}
        assert used["command"]["arguments"] == [uri, position, [{"uri": uri, "range": place}]]


@pytest.mark.parametrize(
    ("switches", "shown"),
    [
        ({"references": False}, ["show resolved"]),
        ({"resolved": False}, ["used by 1", "inherited by 1", "used by 0"]),
        ({"references": False, "resolved": False}, []),
    ],
)
def test_switches(tmp_path: Path, switches: Message, shown: list[str]) -> None:
    with editing(tmp_path, FILES) as editor:
        editor.start(PULL, initializationOptions={"codeLens": switches})
        assert [title for _, title in titles(editor, MATH)] == shown


def test_counts_follow_an_edit_of_another_file(tmp_path: Path) -> None:
    with editing(tmp_path, FILES) as editor:
        refreshing = PULL | {"workspace": PULL["workspace"] | {"codeLens": {"refreshSupport": True}}}
        editor.start(refreshing)
        lenses = resolved(editor, MATH)
        editor.open(HEIR)
        since = editor.received()
        editor.change(HEIR, FILES[HEIR] + "second: {_copy: math}\n")
        editor.client.wait_for(lambda message: message.get("method") == "workspace/codeLens/refresh", start=since)
        assert titles(editor, MATH)[2] == (0, "inherited by 2")
        # A lens from before the edit is counted in the current texts.
        assert editor.client.request("codeLens/resolve", lenses[2])["command"]["title"] == "inherited by 2"
        editor.change(HEIR, f"config_paths: [{MATH}]\n")
        assert [title for _, title in titles(editor, MATH)] == ["show resolved", "used by 1", "used by 0"]
        assert editor.client.request("codeLens/resolve", lenses[2])["command"]["title"] == "inherited by 0"


def test_a_lens_of_a_deleted_file_has_an_empty_command(tmp_path: Path) -> None:
    with editing(tmp_path, FILES) as editor:
        editor.start(PULL)
        _, used, *_ = resolved(editor, MATH)
        editor.path(MATH).unlink()
        editor.report_changes(deleted=MATH)
        assert editor.client.request("codeLens/resolve", used)["command"] == {"title": "", "command": ""}


@pytest.mark.parametrize("name", ["neovim-0.12.4", "neovim-0.10.4", "helix-25.07.1", "eglot-1.17.30"])
def test_a_click_in_a_client_without_our_commands_is_no_error(tmp_path: Path, name: str) -> None:
    params = recorded(name)
    params |= {"processId": None, "rootUri": tmp_path.as_uri(), "rootPath": str(tmp_path), "workspaceFolders": None}
    with editing(tmp_path, FILES) as editor:
        editor.start_as(params)
        show, used, inherited, unused = resolved(editor, MATH)
        answer = click(editor, show)
        # These clients do not support documents of the server, so the result is the text.
        assert answer["text"].startswith("math:")
        opened = [click(editor, lens) for lens in (used, inherited, unused)]
        assert [len(each) for each in opened] == [1, 1, 0]
        shown = [message["params"] for message in editor.client.sent("window/showDocument")]
        assert [each["uri"] for each in shown] == [editor.uri(MATH), editor.uri(HEIR)]
        assert shown[1]["selection"]["start"] == {"line": 1, "character": len("heir: {_inherit_from: ")}


def test_show_resolved_opens_the_document_if_the_client_supports_it(tmp_path: Path) -> None:
    capabilities = PULL | SHOWING | {"workspace": PULL["workspace"] | {"textDocumentContent": {}}}
    with editing(tmp_path, FILES) as editor:
        editor.start(capabilities)
        show, *_ = resolved(editor, MATH)
        assert click(editor, show) is None
        (message,) = editor.client.sent("window/showDocument")
        assert message["params"]["uri"].startswith("gym-lsp:/resolved/config.yaml?uri=file%3A%2F%2F%2F")
        text = editor.client.request("workspace/textDocumentContent", {"uri": message["params"]["uri"]})["text"]
        assert f"# {MATH}:1" in text
