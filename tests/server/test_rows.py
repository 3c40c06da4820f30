"""Rows in the server: diagnostics of an open dataset, and the requests about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.server.client import RpcError
from tests.server.editor import PULL, PUSH, Editor, editing
from tests.server.features import started

CONFIG = "resources_servers/letters/configs/letters.yaml"
ROWS = "resources_servers/letters/data/rows.jsonl"
OTHER = "outputs/other.jsonl"
LISTING = """\
letters:
  resources_servers:
    letters: {entrypoint: app.py, domain: math}
letters_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: letters}
      datasets:
        - {name: letters, type: example, jsonl_fpath: resources_servers/letters/data/rows.jsonl}
"""
ROW = '{"responses_create_params": {"input": "?"}, "agent_ref": {"name": "letters_agent"}, "number": %d}\n'
GOOD = "".join(ROW % number for number in range(5))
BAD = f"{GOOD}not JSON\n"
FILES = {CONFIG: LISTING, ROWS: GOOD, OTHER: BAD}


def test_an_open_dataset_is_checked_while_it_is_edited(tmp_path: Path) -> None:
    with editing(tmp_path, FILES) as editor:
        editor.start(PUSH, tmp_path)
        editor.open(ROWS, BAD)
        (found,) = editor.published(ROWS, {"invalid-row"})
        assert found["range"]["start"] == {"line": 5, "character": 0}
        since = editor.received()
        editor.change(ROWS, GOOD)
        editor.published(ROWS, set(), since=since)
        since = editor.received()
        editor.change(ROWS, GOOD.replace("letters_agent", "letters_agnet", 1))
        editor.published(ROWS, {"row-agent-not-found"}, since=since)
        since = editor.received()
        editor.open(CONFIG, LISTING.replace("letters_agent", "letters_agnet"))
        (found,) = editor.published(ROWS, {"row-agent-not-found"}, since=since)
        assert "`letters_agent`" in found["message"]
        since = editor.received()
        editor.close(ROWS)
        editor.published(ROWS, set(), since=since)


def test_a_quick_fix_renames_the_agent_of_a_row(tmp_path: Path) -> None:
    with editing(tmp_path, FILES) as editor:
        started(editor)
        editor.open(ROWS, GOOD.replace("letters_agent", "letters_agnet", 1))
        (found,) = editor.pulled(ROWS)["items"]
        context: dict[str, list[object]] = {"diagnostics": []}
        params = {"textDocument": {"uri": editor.uri(ROWS)}, "range": found["range"], "context": context}
        actions = editor.client.request("textDocument/codeAction", params)
        assert [each["title"] for each in actions] == ["Change to `letters_agent`"]


def test_pulled(tmp_path: Path) -> None:
    with editing(tmp_path, FILES) as editor:
        editor.start(PULL, tmp_path)
        editor.open(ROWS, BAD)
        assert [each["code"] for each in editor.pulled(ROWS)["items"]] == ["invalid-row"]
        # No config names this file.
        editor.open(OTHER)
        assert editor.pulled(OTHER)["items"] == []


@pytest.mark.parametrize(("rows", "codes"), [(6, ["invalid-row"]), (3, ["unreadable-rows"]), (0, [])])
def test_the_number_of_checked_rows_is_a_setting(tmp_path: Path, rows: int, codes: list[str]) -> None:
    with editing(tmp_path, FILES) as editor:
        editor.start(PULL, tmp_path, initializationOptions={"rows": rows})
        editor.open(ROWS, BAD)
        assert [each["code"] for each in editor.pulled(ROWS)["items"]] == codes


def test_a_long_dataset_is_checked_aside(tmp_path: Path) -> None:
    long = "".join(ROW % number for number in range(900))
    with editing(tmp_path, FILES) as editor:
        editor.start(PUSH, tmp_path)
        editor.open(ROWS, f"{long}not JSON\n")
        (found,) = editor.published(ROWS, {"invalid-row"})
        assert found["range"]["start"]["line"] == 900


def test_a_dataset_that_is_too_long_for_a_config(tmp_path: Path) -> None:
    row = ROW.replace("?", "?" * 1_000)
    last = row % 2_999
    long = f"{row[:-1].replace('letters_agent', 'letters_agnet') % 0}\n" + "".join(
        row % each for each in range(1, 3_000)
    )
    with editing(tmp_path, {**FILES, ROWS: long}) as editor:
        editor.start(PUSH, tmp_path)
        editor.open(ROWS)
        found = editor.published(ROWS, {"row-agent-not-found", "unreadable-rows"})
        assert [each["range"]["start"]["line"] for each in found] == [0, 0]
        assert found[0]["message"] == "this file is long, so only its first 1,000 rows are checked"
        at = {"line": 2_999, "character": last.index("letters_agent")}
        for method in ("hover", "definition"):
            assert editor.client.request(
                f"textDocument/{method}", {"textDocument": {"uri": editor.uri(ROWS)}, "position": at}
            )
        since = editor.received()
        start = {"line": 0, "character": 0}
        editor.change(ROWS, {"range": {"start": start, "end": {"line": 1, "character": 0}}, "text": ""})
        editor.published(ROWS, {"unreadable-rows"}, since=since)


def test_requests_about_rows(tmp_path: Path) -> None:
    def at(editor: Editor, character: int) -> dict[str, object]:
        return {"textDocument": {"uri": editor.uri(ROWS)}, "position": {"line": 0, "character": character}}

    with editing(tmp_path, FILES) as editor:
        editor.start(PULL, tmp_path)
        editor.open(ROWS)
        name = at(editor, ROW.index("letters_agent") + 2)
        places = editor.client.request("textDocument/definition", name)
        assert [place.get("targetUri", place.get("uri")) for place in places] == [editor.uri(CONFIG)]
        assert "letters_agent" in str(editor.client.request("textDocument/hover", name))
        asked = {**name, "context": {"includeDeclaration": False}}
        assert len(editor.client.request("textDocument/references", asked)) == 5
        for method in ("documentHighlight", "signatureHelp"):
            assert not editor.client.request(f"textDocument/{method}", name)
        for method in ("documentSymbol", "foldingRange", "semanticTokens/full", "documentLink", "codeLens"):
            assert not editor.client.request(f"textDocument/{method}", {"textDocument": {"uri": editor.uri(ROWS)}})


# Renames

AT_AGENT: dict[str, object] = {"position": {"line": 3, "character": 2}, "newName": "counting_agent"}


def rename(editor: Editor, name: str, params: dict[str, object]) -> Any:
    return editor.client.request("textDocument/rename", {"textDocument": {"uri": editor.uri(name)}, **params})


def messages(editor: Editor) -> list[str]:
    shown = (each for each in editor.client.messages if each.get("method") == "window/showMessage")
    return [each["params"]["message"] for each in shown]


def test_a_rename_offers_rows_that_have_to_be_confirmed(tmp_path: Path) -> None:
    with editing(tmp_path, FILES) as editor:
        started(editor)
        editor.open(CONFIG)
        edit = rename(editor, CONFIG, AT_AGENT)
        (annotation,) = edit["changeAnnotations"].items()
        assert annotation[1]["needsConfirmation"] is True
        assert annotation[1]["label"] == "Rename in 5 rows of 1 file"
        config, rows = edit["documentChanges"]
        assert config["textDocument"]["uri"] == editor.uri(CONFIG)
        assert all("annotationId" not in each for each in config["edits"])
        assert rows["textDocument"] == {"uri": editor.uri(ROWS), "version": None}
        assert [each["annotationId"] for each in rows["edits"]] == [annotation[0]] * 5
        assert rows["edits"][0]["range"]["start"] == {"line": 0, "character": ROW.index("letters_agent")}


def test_a_rename_from_a_row(tmp_path: Path) -> None:
    with editing(tmp_path, FILES) as editor:
        started(editor)
        editor.open(ROWS, GOOD.replace("letters_agent", "other"))
        editor.change(ROWS, GOOD)
        at: dict[str, object] = {"position": {"line": 0, "character": ROW.index("letters_agent")}}
        params = {"textDocument": {"uri": editor.uri(ROWS)}, **at}
        assert editor.client.request("textDocument/prepareRename", params)["placeholder"] == "letters_agent"
        edit = rename(editor, ROWS, {**at, "newName": "counting_agent"})
        assert [each["textDocument"]["version"] for each in edit["documentChanges"]] == [None, 2]


def test_rows_that_change_on_disk_are_renamed_where_they_are_now(tmp_path: Path) -> None:
    with editing(tmp_path, FILES) as editor:
        started(editor)
        editor.open(CONFIG)
        asked = {"textDocument": {"uri": editor.uri(CONFIG)}, "context": {"includeDeclaration": False}, **AT_AGENT}
        assert len(editor.client.request("textDocument/references", asked)) == 5
        editor.write(ROWS, "\n" + ROW % 1)
        assert len(editor.client.request("textDocument/references", asked)) == 1
        (edit,) = rename(editor, CONFIG, AT_AGENT)["documentChanges"][1]["edits"]
        assert edit["range"]["start"]["line"] == 1


def test_a_client_that_cannot_confirm_gets_a_message(tmp_path: Path) -> None:
    with editing(tmp_path, FILES) as editor:
        editor.start(PULL, tmp_path)
        editor.open(CONFIG)
        assert list(rename(editor, CONFIG, AT_AGENT)["changes"]) == [editor.uri(CONFIG)]
        assert messages(editor) == ["Rows are not renamed: 5 rows of 1 file keep the old name"]
        editor.open(ROWS)
        at: dict[str, object] = {"position": {"line": 0, "character": ROW.index("letters_agent")}, "newName": "x"}
        with pytest.raises(RpcError, match="cannot confirm changes of rows"):
            rename(editor, ROWS, at)


def test_rows_of_a_long_file_are_left_out_of_a_rename(tmp_path: Path) -> None:
    long = ROW % 1 + ROW.replace("?", "?" * 3_000_000) % 2
    with editing(tmp_path, {**FILES, ROWS: long}) as editor:
        started(editor)
        editor.open(CONFIG)
        assert len(rename(editor, CONFIG, AT_AGENT)["documentChanges"]) == 1
        assert messages(editor) == [f"Rows are not renamed: {ROWS}: it is larger than 2 MiB"]
