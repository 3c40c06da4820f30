"""Code actions over the wire: which client gets which, and that each quick fix removes its finding."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

import pytest

from gym_lsp.server.to_lsp import path_of, uri_of
from gym_lsp.text import Edit, Encoding, LineIndex, Position, Span, apply_edits
from tests.server.editor import PUSH
from tests.server.inprocess import Message, Wire

SAMPLE = Path(__file__).parents[2]
CONFIG = "environments/counting/config.yaml"
LITERALS: Message = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}, "isPreferredSupport": True}
VERSIONED: Message = {"workspaceEdit": {"documentChanges": True}}
AGENT_OF = "agent:\n  responses_api_agents:\n    simple_agent:\n      entrypoint: app.py\n      resources_server: "
GOOD = "counting: {resources_servers: {counting: {entrypoint: app.py, domain: math}}}\n"
BROKEN = {
    "unknown-domain": "😀: 1\n" + GOOD.replace("math", "maths"),
    "duplicate-key": "counting:\n  resources_servers:\n    counting:\n      entrypoint: app.py\n"
    "      domain: math\n      domain: math\n",
    "missing-domain": GOOD.replace(", domain: math", ""),
    "server-ref-not-found": GOOD
    + AGENT_OF.replace("resource_", "resources_")
    + "{type: resources_servers, name: countin}\n",
    "misspelt-missing-marker": GOOD.replace("math", "math, size: '??'"),
}
"""A text with one finding of each of these rules."""


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    with Wire() as wire:
        wire.start(capabilities(LITERALS, VERSIONED), PurePath(tmp_path))
        yield wire


def capabilities(action: Message, workspace: Message) -> Message:
    return {"textDocument": PUSH["textDocument"] | {"codeAction": action}, "workspace": PUSH["workspace"] | workspace}


def findings(wire: Wire, path: PurePath) -> list[Message]:
    wire.wait_until_idle()
    return wire.published.get(uri_of(path), [])


def actions(wire: Wire, path: PurePath, found: Message, only: list[str] | None = None) -> list[Message]:
    context = {"diagnostics": []} | ({} if only is None else {"only": only})
    params = {"textDocument": {"uri": uri_of(path)}, "range": found["range"], "context": context}
    return wire.request("textDocument/codeAction", params)


def edited(path: PurePath, text: str, edit: Message, version: int) -> str:
    """Return the text after a workspace edit, which must be for this version and for no other file."""
    [change] = edit["documentChanges"]
    document: Any = change["textDocument"]
    assert (path_of(document["uri"]), document["version"]) == (path, version)
    index = LineIndex(text)

    def offset(position: Message) -> int:
        return index.offset(Position(position["line"], position["character"]), Encoding.UTF16)

    spans = [Span(offset(each["range"]["start"]), offset(each["range"]["end"])) for each in change["edits"]]
    return apply_edits(text, [Edit(span, each["newText"]) for span, each in zip(spans, change["edits"], strict=True)])


@pytest.mark.parametrize("code", BROKEN)
def test_each_quick_fix_removes_its_finding_and_adds_no_error(wire: Wire, tmp_path: Path, code: str) -> None:
    path = PurePath(tmp_path / CONFIG)
    text = BROKEN[code]
    wire.open(path, text)
    before = findings(wire, path)
    [found] = [each for each in before if each["code"] == code]
    offered = [each for each in actions(wire, path, found, ["quickfix"]) if _is_about(each, found)]
    assert offered
    for version, action in enumerate(offered, start=2):
        assert action["kind"] == "quickfix"
        fixed = edited(path, text, action["edit"], version=1)
        wire.change(path, 2 * version - 2, {"text": fixed})
        after = findings(wire, path)
        assert not [each for each in after if (each["code"], each["range"]) == (code, found["range"])], fixed
        assert {each["code"] for each in after if each["severity"] == 1} <= {each["code"] for each in before}, fixed
        wire.change(path, 2 * version - 1, {"text": text})
        assert findings(wire, path) == before
    assert wire.failures == []


def _is_about(action: Message, found: Message) -> bool:
    return [each["range"] for each in action["diagnostics"]] == [found["range"]]


TWO_SAFE = BROKEN["duplicate-key"].replace("      entrypoint: app.py\n", "      entrypoint: app.py\n" * 2)


def test_all_safe_fixes_are_applied_at_once(wire: Wire, tmp_path: Path) -> None:
    path = PurePath(tmp_path / CONFIG)
    wire.open(path, TWO_SAFE)
    before = findings(wire, path)
    assert [each["code"] for each in before] == ["duplicate-key"] * 2
    [action] = actions(wire, path, before[0], ["source.fixAll.gymLsp"])
    assert action["kind"] == "source.fixAll.gymLsp"
    wire.change(path, 2, {"text": edited(path, TWO_SAFE, action["edit"], version=1)})
    assert findings(wire, path) == []


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        (None, {"quickfix", "source.fixAll.gymLsp"}),
        ([""], {"quickfix", "source.fixAll.gymLsp"}),
        (["quickfix"], {"quickfix"}),
        (["source"], {"source.fixAll.gymLsp"}),
        (["source.fixAll"], {"source.fixAll.gymLsp"}),
        (["source.fixAll.gymLsp"], {"source.fixAll.gymLsp"}),
        (["source.fixAll.other"], set[str]()),
        (["source.fix"], set[str]()),
        (["refactor"], set[str]()),
        (["refactor", "quickfix"], {"quickfix"}),
    ],
)
def test_only_the_requested_kinds_are_offered(
    wire: Wire, tmp_path: Path, only: list[str] | None, kinds: set[str]
) -> None:
    path = PurePath(tmp_path / CONFIG)
    wire.open(path, TWO_SAFE)
    assert {each["kind"] for each in actions(wire, path, findings(wire, path)[0], only)} == kinds


def test_a_place_without_findings_has_no_quick_fixes(wire: Wire, tmp_path: Path) -> None:
    path = PurePath(tmp_path / CONFIG)
    wire.open(path, TWO_SAFE)
    findings(wire, path)
    nowhere: Message = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}}
    assert actions(wire, path, nowhere, ["quickfix"]) == []


@pytest.mark.parametrize(
    ("action", "workspace", "preferred", "form"),
    [
        (LITERALS, VERSIONED, {True}, "documentChanges"),
        (LITERALS | {"isPreferredSupport": False}, VERSIONED, {None}, "documentChanges"),
        (LITERALS, {}, {True}, "changes"),
    ],
)
def test_a_client_gets_the_edits_and_marks_that_it_supports(
    tmp_path: Path, action: Message, workspace: Message, preferred: set[bool | None], form: str
) -> None:
    path = PurePath(tmp_path / CONFIG)
    with Wire() as wire:
        wire.start(capabilities(action, workspace), PurePath(tmp_path))
        wire.open(path, TWO_SAFE)
        offered = actions(wire, path, findings(wire, path)[0], ["quickfix"])
        fixes = [each for each in offered if not each["title"].startswith("Ignore")]
        assert {each.get("isPreferred") for each in fixes} == preferred
        assert [list(each["edit"]) for each in offered] == [[form]] * len(offered)


def test_a_client_that_supports_only_commands_is_offered_nothing(tmp_path: Path) -> None:
    path = PurePath(tmp_path / CONFIG)
    with Wire() as wire:
        wire.start(capabilities({}, VERSIONED), PurePath(tmp_path))
        wire.open(path, TWO_SAFE)
        assert actions(wire, path, findings(wire, path)[0]) == []
