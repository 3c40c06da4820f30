"""Shell scripts and Markdown in the server: diagnostics of their commands, and what costs nothing without any."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePath

import pytest

from gym_lsp.server import scheduler
from gym_lsp.server.to_lsp import uri_of
from tests.counting import at_most
from tests.server.editor import PULL, PUSH, editing
from tests.server.features import started
from tests.server.inprocess import Message, Wire

CONFIG = "environments/letters/config.yaml"
LETTERS = """\
letters:
  resources_servers:
    letters: {entrypoint: app.py, domain: math, limit: 3}
"""
README = "README.md"
GOOD = f"# Letters\n\n```bash\ngym env start --config {CONFIG} ++letters.resources_servers.letters.limit=5\n```\n"
BAD = GOOD.replace("letters/config.yaml", "letters/confg.yaml")
PLAIN = "# Letters\n\nA running gym for words.\n"
FILES = {CONFIG: LETTERS, README: GOOD}


def test_an_open_document_is_checked_while_it_and_its_configs_change(tmp_path: Path) -> None:
    with editing(tmp_path, FILES) as editor:
        editor.start(PUSH, tmp_path)
        editor.open(README, BAD)
        (found,) = editor.published(README, {"config-path-not-found"})
        assert found["range"]["start"] == {"line": 3, "character": GOOD.splitlines()[3].index(CONFIG)}
        since = editor.received()
        editor.change(README, GOOD)
        editor.published(README, set(), since=since)
        since = editor.received()
        # The instance has another name now.
        editor.open(CONFIG, LETTERS.replace("letters:\n  res", "words:\n  res"))
        editor.published(README, {"unknown-override"}, since=since)
        since = editor.received()
        editor.change(CONFIG, LETTERS)
        editor.published(README, set(), since=since)
        since = editor.received()
        editor.close(CONFIG)
        editor.path(CONFIG).rename(editor.path("environments/letters/other.yaml"))
        editor.report_changes(deleted=CONFIG, created="environments/letters/other.yaml")
        editor.published(README, {"config-path-not-found"}, since=since)
        since = editor.received()
        editor.change(README, PLAIN)
        editor.published(README, set(), since=since)
        since = editor.received()
        editor.change(README, GOOD)
        editor.published(README, {"config-path-not-found"}, since=since)
        since = editor.received()
        editor.close(README)
        editor.published(README, set(), since=since)


def test_a_quick_fix_writes_the_nearest_path(tmp_path: Path) -> None:
    with editing(tmp_path, FILES) as editor:
        started(editor)
        editor.open(README, BAD)
        (found,) = editor.pulled(README)["items"]
        context: dict[str, list[object]] = {"diagnostics": []}
        params = {"textDocument": {"uri": editor.uri(README)}, "range": found["range"], "context": context}
        (action,) = editor.client.request("textDocument/codeAction", params)
        assert action["title"] == f"Change to `{CONFIG}`"
        ((edit,),) = [each["edits"] for each in action["edit"]["documentChanges"]]
        assert edit == {"range": found["range"], "newText": CONFIG}


@pytest.mark.parametrize("name", ["README.md", "docs/page.mdx", "run.sh"])
@pytest.mark.parametrize(
    ("options", "settings", "is_checked"),
    [({}, "", True), ({"documents": False}, "", False), ({}, "documents = false\n", False)],
)
def test_settings_turn_it_off(
    tmp_path: Path, name: str, options: dict[str, object], settings: str, is_checked: bool
) -> None:
    with editing(tmp_path, {**FILES, "gym-lsp.toml": settings}) as editor:
        editor.start(PULL, tmp_path, initializationOptions=options)
        editor.open(name, BAD.splitlines()[3] if name.endswith(".sh") else BAD)
        codes = [each["code"] for each in editor.pulled(name)["items"]]
        assert codes == (["config-path-not-found"] if is_checked else [])


def test_a_config_in_markdown_is_checked(tmp_path: Path) -> None:
    with editing(tmp_path, FILES) as editor:
        started(editor)
        editor.open(README, f"# Letters\n\n```yaml\n{LETTERS.replace('math', 'maths')}```\n")
        (found,) = editor.pulled(README)["items"]
        assert found["code"] == "unknown-domain"
        assert found["range"]["start"]["line"] == 5
        context: dict[str, list[object]] = {"diagnostics": []}
        params = {"textDocument": {"uri": editor.uri(README)}, "range": found["range"], "context": context}
        actions = editor.client.request("textDocument/codeAction", params)
        assert "`math`" in actions[0]["title"]


@pytest.fixture
def wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    monkeypatch.setattr(scheduler, "SILENCE", 0.0)
    for name, text in FILES.items():
        write(tmp_path / "project" / name, text)
    with Wire() as wire:
        yield wire


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def codes(wire: Wire, path: Path) -> list[str]:
    wire.wait_until_idle()
    return [each["code"] for each in wire.published.get(path.as_uri(), [])]


def test_the_setting_can_change(wire: Wire, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    wire.start(PUSH, PurePath(folder))
    wire.open(PurePath(folder / README), BAD)
    for is_on in (True, False, True):
        wire.notify("workspace/didChangeConfiguration", {"settings": {"gymLsp": {"documents": is_on}}})
        assert codes(wire, folder / README) == (["config-path-not-found"] if is_on else [])
    write(folder / "gym-lsp.toml", "documents = false\n")
    wire.report_changes((PurePath(folder / "gym-lsp.toml"), 1))
    assert codes(wire, folder / README) == []


def test_documents_outside_of_all_roots_are_left_alone(wire: Wire, tmp_path: Path) -> None:
    wire.start(PUSH, PurePath(tmp_path / "project"))
    outside = tmp_path / "notes" / "README.md"
    write(outside, BAD)
    wire.open(PurePath(outside), BAD)
    assert codes(wire, outside) == []
    assert list(wire.server.state.session.folders) == [PurePath(tmp_path / "project")]
    # Another checkout is a root.
    write(tmp_path / "other" / "resources_servers" / "x" / "configs" / "x.yaml", LETTERS)
    elsewhere = tmp_path / "other" / "README.md"
    text = BAD.replace("environments/letters/confg", "resources_servers/x/configs/y")
    wire.open(PurePath(elsewhere), text)
    assert codes(wire, elsewhere) == ["config-path-not-found"]
    assert PurePath(tmp_path / "other") in wire.server.state.session.folders


def test_a_document_without_commands_changes_nothing(wire: Wire, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    wire.start(PUSH, PurePath(folder))
    wire.wait_until_idle()
    path = PurePath(folder / README)
    before, published = wire.server.state.session.revision, len(wire.published)
    wire.open(path, PLAIN)
    wire.change(path, 2, {"text": f"{PLAIN}More.\n"})
    assert wire.server.state.session.revision == before
    assert wire.server.state.scheduler is not None
    assert wire.server.state.scheduler.is_idle
    document: Message = {"textDocument": {"uri": uri_of(path)}}
    assert wire.request("textDocument/documentLink", document) is None
    wire.close(path)
    assert (wire.server.state.session.revision, len(wire.published)) == (before, published)


def test_a_huge_document_delays_no_keystroke(wire: Wire, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    wire.start(PUSH, PurePath(folder))
    wire.wait_until_idle()
    path = PurePath(folder / README)
    text = f"{GOOD}{PLAIN * (5 * 1024 * 1024 // len(PLAIN))}"
    wire.open(path, text)
    at = {"line": 1, "character": 0}
    # No more than a copy of the text.
    with at_most(100_000):
        wire.change(path, 2, {"range": {"start": at, "end": at}, "text": "a"})
        assert codes(wire, folder / README) == []


def test_requests_about_commands(tmp_path: Path) -> None:
    with editing(tmp_path, FILES) as editor:
        editor.start(PULL, tmp_path)
        editor.open(README)
        line = GOOD.splitlines()[3]
        document = {"textDocument": {"uri": editor.uri(README)}}
        (link,) = editor.client.request("textDocument/documentLink", document)
        assert link["target"] == editor.uri(CONFIG)
        key = {**document, "position": {"line": 3, "character": line.index("limit") + 2}}
        (place,) = editor.client.request("textDocument/definition", key)
        assert place.get("targetUri", place.get("uri")) == editor.uri(CONFIG)
        assert "`3`" in str(editor.client.request("textDocument/hover", key))


def test_requests_that_are_not_about_commands(tmp_path: Path) -> None:
    with editing(tmp_path, FILES) as editor:
        editor.start(PULL, tmp_path)
        editor.open(README)
        at = {"textDocument": {"uri": editor.uri(README)}, "position": {"line": 3, "character": 25}}
        for method in ("rename", "documentHighlight", "references"):
            params = {**at, "newName": "x", "context": {"includeDeclaration": True}}
            assert not editor.client.request(f"textDocument/{method}", params)
        for method in ("documentSymbol", "foldingRange", "semanticTokens/full", "codeLens"):
            assert not editor.client.request(f"textDocument/{method}", {"textDocument": {"uri": editor.uri(README)}})
