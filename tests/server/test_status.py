"""The status notification for clients that display it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.server.client import Message
from tests.server.editor import PULL, PUSH, Editor, editing

MATH = "environments/math/config.yaml"
TEXT = "math: {resources_servers: {mcqa: {entrypoint: app.py, domain: math}}}\n"
WANTED: Message = {"initializationOptions": {"statusNotification": True}}


def until(editor: Editor, since: int = 0, **wanted: object) -> Message:
    """Wait for a status with these values."""

    def fits(message: Message) -> bool:
        params: Any = message.get("params")
        return message.get("method") == "gymLsp/status" and wanted.items() <= params.items()

    return editor.client.wait_for(fits, start=since)["params"]


def test_from_indexing_to_ready(tmp_path: Path) -> None:
    with editing(tmp_path, {MATH: TEXT}) as editor:
        editor.start(PULL, **WANTED)
        ready = until(editor, state="ready")
        sent = [each["params"]["state"] for each in editor.client.sent("gymLsp/status")]
        assert sent == ["indexing", "checking", "ready"]
        assert (ready["files"], ready["configs"], ready["errors"], ready["warnings"]) == (1, 1, 0, 0)
        assert (ready["release"], ready["installRoot"]) == (None, None)


def test_counts_follow_edits(tmp_path: Path) -> None:
    for capabilities in (PULL, PUSH):
        with editing(tmp_path, {MATH: TEXT}) as editor:
            editor.start(capabilities, **WANTED)
            editor.open(MATH)
            until(editor, state="ready", errors=0)
            since = editor.received()
            editor.change(MATH, TEXT.replace("domain: math", "domain: maths"))
            until(editor, since, state="ready", errors=1)
            since = editor.received()
            editor.change(MATH, TEXT)
            until(editor, since, state="ready", errors=0)


def test_an_edit_that_changes_no_count_is_not_reported(tmp_path: Path) -> None:
    with editing(tmp_path, {MATH: TEXT}) as editor:
        editor.start(PULL, **WANTED)
        editor.open(MATH)
        until(editor, state="ready")
        since = editor.received()
        editor.change(MATH, f"{TEXT}# more\n")
        editor.client.wait_for(lambda message: message.get("method") == "workspace/diagnostic/refresh", start=since)
        editor.change(MATH, TEXT.replace("domain: math", "domain: maths"))
        until(editor, since, errors=1)
        sent = [each["params"]["errors"] for each in editor.client.sent("gymLsp/status")]
        assert sent == [0, 0, 0, 1]


def test_nothing_is_sent_to_other_clients(tmp_path: Path) -> None:
    with editing(tmp_path, {MATH: TEXT}) as editor:
        editor.start(PULL)
        editor.client.wait_for(lambda message: message.get("method") == "workspace/diagnostic/refresh")
        editor.client.request("workspace/executeCommand", {"command": "gymLsp.status", "arguments": []})
        assert editor.client.sent("gymLsp/status") == []
