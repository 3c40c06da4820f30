"""Diagnostics, published and pulled: for every kind of client, across files, folders and settings."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path, PurePath

import pytest
from lsprotocol import types as lsp

from gym_lsp.check import Checker
from gym_lsp.files import Disk
from gym_lsp.server import diagnostics, failures
from gym_lsp.server.indexing import Phase
from gym_lsp.server.polling import likely_folders
from gym_lsp.server.publishing import Publisher
from gym_lsp.server.reads import outdated
from gym_lsp.server.scheduler import Scheduler
from gym_lsp.server.session import Session
from gym_lsp.server.sync import Buffer
from gym_lsp.server.to_lsp import uri_of
from gym_lsp.text import Encoding
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.polling import Poller
from gym_lsp.workspace.workspace import Workspace
from tests.server.client import Message
from tests.server.editor import PULL, PUSH, editing, recorded

SERVER = "environments/counting/config.yaml"
AGENT = "environments/counting/agent.yaml"
GOOD = "counting: {resources_servers: {counting: {entrypoint: app.py, domain: math}}}\n"
BAD = GOOD.replace("math", "maths")
OTHER = GOOD.replace("counting:", "tallying:", 1)
REFERS = f"""\
config_paths: [{SERVER}]
agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {{type: resources_servers, name: counting}}
"""
UNKNOWN_DOMAIN, NO_SERVER, NO_FILE = {"unknown-domain"}, {"server-ref-not-found"}, {"config-path-not-found"}
CLIENTS = [
    ("eglot-1.17.30", "utf-32", False, True),
    ("eglot-1.9-emacs28", "utf-16", False, True),
    ("helix-25.01.1", "utf-8", False, True),
    ("helix-25.07.1", "utf-8", False, True),
    ("neovim-0.10.4", "utf-16", False, False),
    ("neovim-0.12.4", "utf-8", True, False),
    ("vim-ale-3.3.0", "utf-16", False, False),
    ("vscode-1.139.1", "utf-16", True, True),
]


@pytest.mark.parametrize(("name", "encoding", "pulls", "watches"), CLIENTS, ids=[each[0] for each in CLIENTS])
def test_each_client_gets_what_it_supports(
    tmp_path: Path, name: str, encoding: str, pulls: bool, watches: bool
) -> None:
    params = recorded(name)
    here = {"uri": tmp_path.as_uri(), "name": "here"}
    params |= {"rootPath": str(tmp_path), "rootUri": params["rootUri"] and tmp_path.as_uri()}
    params["workspaceFolders"] = params["workspaceFolders"] and [here]
    with editing(tmp_path, {SERVER: BAD}) as editor:
        editor.start_as(params)
        assert editor.capabilities["positionEncoding"] == encoding
        assert ("diagnosticProvider" in editor.capabilities) == pulls
        editor.open(SERVER)
        if pulls:
            found = editor.pulled(SERVER)["items"]
        else:
            found = editor.published(SERVER, UNKNOWN_DOMAIN)
        assert {each["code"] for each in found} == UNKNOWN_DOMAIN
        editor.client.request("shutdown")
        assert bool(editor.client.sent("textDocument/publishDiagnostics")) != pulls
        assert bool(editor.client.sent("client/registerCapability")) == watches


def test_a_fix_in_one_file_clears_errors_in_open_and_closed_files(tmp_path: Path) -> None:
    closed = "environments/counting/closed.yaml"
    with editing(tmp_path, {SERVER: GOOD, AGENT: REFERS, closed: REFERS}) as editor:
        editor.start(PUSH)
        editor.open(SERVER)
        editor.open(AGENT)
        editor.change(SERVER, OTHER)
        editor.published(AGENT, NO_SERVER)
        editor.published(closed, NO_SERVER)
        since = editor.received()
        editor.change(SERVER, GOOD)
        editor.published(AGENT, set(), since=since)
        editor.published(closed, set(), since=since)


def test_a_name_that_is_not_utf8_does_not_end_the_indexing(tmp_path: Path) -> None:
    odd = "environments/counting/\udcff.yaml"
    with editing(tmp_path, {odd: BAD, SERVER: BAD}) as editor:
        editor.start(PUSH)
        editor.published(odd, UNKNOWN_DOMAIN)
        editor.published(SERVER, UNKNOWN_DOMAIN)


def test_a_closed_document_is_checked_as_on_disk(tmp_path: Path) -> None:
    with editing(tmp_path, {SERVER: GOOD}) as editor:
        editor.start(PUSH)
        editor.open(SERVER, BAD)
        editor.published(SERVER, UNKNOWN_DOMAIN)
        since = editor.received()
        editor.close(SERVER)
        editor.published(SERVER, set(), since=since)


def test_created_moved_and_deleted_files_are_followed(tmp_path: Path) -> None:
    with editing(tmp_path, {AGENT: REFERS}) as editor:
        editor.start(PUSH)
        editor.published(AGENT, NO_FILE)
        since = editor.received()
        editor.write(SERVER, GOOD)
        editor.report_changes(created=SERVER)
        editor.published(AGENT, set(), since=since)
        since = editor.received()
        moved = "environments/counting/moved.yaml"
        editor.path(SERVER).rename(editor.path(moved))
        editor.report_changes(deleted=SERVER, created=moved)
        editor.published(AGENT, NO_FILE, since=since)


def test_files_are_polled_for_a_client_that_does_not_watch(tmp_path: Path) -> None:
    with editing(tmp_path, {SERVER: GOOD}) as editor:
        editor.start({})
        editor.open(SERVER)
        editor.client.request("workspace/symbol", {"query": ""})
        new = "environments/other/config.yaml"
        editor.write(new, BAD)
        editor.published(new, UNKNOWN_DOMAIN)


def test_an_unchanged_list_has_the_same_result_id(tmp_path: Path) -> None:
    with editing(tmp_path, {SERVER: BAD}) as editor:
        editor.start(PULL)
        editor.open(SERVER)
        first = editor.pulled(SERVER)
        again = editor.pulled(SERVER, first["resultId"])
        assert (again["kind"], again["resultId"]) == ("unchanged", first["resultId"])
        editor.change(SERVER, GOOD)
        last = editor.pulled(SERVER, first["resultId"])
        assert (last["kind"], last["items"]) == ("full", [])


def test_workspace_diagnostics_are_held_until_something_changes(tmp_path: Path) -> None:
    with editing(tmp_path, {SERVER: BAD}) as editor:
        editor.start(PULL)
        params: Message = {"identifier": "gym-lsp", "previousResultIds": []}
        [report] = editor.client.request("workspace/diagnostic", params)["items"]
        assert (report["uri"], {each["code"] for each in report["items"]}) == (editor.uri(SERVER), UNKNOWN_DOMAIN)
        params["previousResultIds"] = [{"uri": report["uri"], "value": report["resultId"]}]
        held = editor.client.ask("workspace/diagnostic", params)
        editor.pulled(SERVER)
        assert not any(each.get("id") == held for each in editor.client.messages)
        editor.path(SERVER).unlink()
        editor.report_changes(deleted=SERVER)
        [gone] = editor.client.answer(held)["items"]
        assert (gone["uri"], gone["items"]) == (editor.uri(SERVER), [])


def test_a_finding_has_the_page_of_its_rule_and_related_places(tmp_path: Path) -> None:
    text = GOOD + GOOD
    with editing(tmp_path, {SERVER: text}) as editor:
        editor.start(PUSH)
        editor.open(SERVER)
        [found] = editor.published(SERVER, {"duplicate-key"})
        assert found["codeDescription"]["href"].endswith("/duplicate-key.md")
        assert found["relatedInformation"][0]["location"]["range"]["start"] == {"line": 0, "character": 0}
        assert found["source"] == "gym-lsp"


@pytest.mark.parametrize("capabilities", [PUSH, PULL], ids=["push", "pull"])
def test_broken_settings_are_reported_at_their_place(tmp_path: Path, capabilities: Message) -> None:
    with editing(tmp_path, {"gym-lsp.toml": "runs = 3\n", SERVER: GOOD}) as editor:
        editor.start(capabilities)
        if capabilities is PUSH:
            [found] = editor.published("gym-lsp.toml", {diagnostics.SETTINGS})
            since = editor.received()
            editor.write("gym-lsp.toml", "")
            editor.report_changes(changed="gym-lsp.toml")
            editor.published("gym-lsp.toml", set(), since=since)
        else:
            [found] = editor.pulled("gym-lsp.toml")["items"]
        assert found["range"]["start"]["line"] == 0


def test_the_innermost_folder_wins_when_folders_are_added_and_removed(tmp_path: Path) -> None:
    inner = "environments/inner/config.yaml"
    silent = "[severity]\nunknown-domain = 'off'\n"
    with editing(tmp_path, {inner: BAD, SERVER: BAD, "environments/inner/gym-lsp.toml": silent}) as editor:
        editor.start(PUSH, tmp_path)
        editor.published(inner, UNKNOWN_DOMAIN)
        folder = {"uri": editor.uri("environments/inner"), "name": "inner"}
        for added, removed, codes in (([folder], [], set[str]()), ([], [folder], UNKNOWN_DOMAIN)):
            since = editor.received()
            event = {"added": added, "removed": removed}
            editor.client.notify("workspace/didChangeWorkspaceFolders", {"event": event})
            editor.published(inner, codes, since=since)


def test_a_removed_folder_leaves_no_findings(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    with editing(tmp_path, {f"one/{SERVER}": BAD, f"two/{SERVER}": BAD}) as editor:
        editor.start(PUSH, one, two)
        editor.published(f"two/{SERVER}", UNKNOWN_DOMAIN)
        since = editor.received()
        event = {"added": [], "removed": [{"uri": two.as_uri(), "name": "two"}]}
        editor.client.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        editor.published(f"two/{SERVER}", set(), since=since)


def test_a_poll_reports_edited_created_and_deleted_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\n")
    poller = Poller(Disk(), [PurePath(tmp_path)])
    assert poller.changes() == Change()
    (tmp_path / "a.yaml").write_text("a: 12\n")
    assert poller.changes() == Change.edit([PurePath(tmp_path / "a.yaml")])
    (tmp_path / "new" / "deep").mkdir(parents=True)
    (tmp_path / "new" / "deep" / "b.yaml").write_text("")
    new, old = PurePath(tmp_path / "new/deep/b.yaml"), PurePath(tmp_path / "old/deep/b.yaml")
    assert poller.changes() == Change(created_or_deleted=frozenset({new}))
    (tmp_path / "new").rename(tmp_path / "old")
    assert poller.changes() == Change(created_or_deleted=frozenset({new, old}))
    assert poller.changes() == Change()


def test_a_flat_folder_is_polled_without_its_sub_folders(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    poller = Poller(Disk(), [PurePath(tmp_path)], [PurePath(tmp_path)])
    for name in ("a.yaml", "deep/b.yaml"):
        (tmp_path / name).write_text("a: 1\n")
    assert poller.changes().paths == {PurePath(tmp_path / "a.yaml")}


def test_changes_are_likely_where_open_documents_and_their_includes_are(tmp_path: Path) -> None:
    session, included = Session(Encoding.UTF16, {}), "resources_servers/counting/configs/counting.yaml"
    path, text = PurePath(tmp_path / AGENT), f"config_paths: [{included}]\n"
    for name in (AGENT, included, SERVER):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text if name == AGENT else GOOD)
    session.open_folder(PurePath(tmp_path))
    assert list(likely_folders(session)) == []
    session.set_buffer(path, Buffer(uri_of(path), 1, text))
    assert set(likely_folders(session)) == {path.parent}, "a poll composes nothing"
    session.folders[PurePath(tmp_path)].workspace.own_run(path)
    assert set(likely_folders(session)) == {path.parent, PurePath(tmp_path / included).parent}


def test_what_changes_before_the_disk_is_watched_is_read_again(tmp_path: Path) -> None:
    root, path = PurePath(tmp_path), PurePath(tmp_path / "a.yaml")
    (tmp_path / "a.yaml").write_text("a: 1\n")
    session = Session(Encoding.UTF16, {})
    session.record_reads()
    session.open_folder(root)
    workspace = session.folders[root].workspace
    assert (workspace.text(path), workspace.members) == ("a: 1\n", (path,))
    assert set(outdated(Disk(), session.early_reads)) == set()
    revision = session.revision
    session.catch_up(())
    assert session.revision == revision, "a count in progress would stop and not start again"
    session.record_reads()
    session.open_folder(root)
    assert session.folders[root].workspace.text(path) == "a: 1\n"
    assert session.folders[root].workspace.members == (path,)
    (tmp_path / "a.yaml").write_text("a: 12\n")
    (tmp_path / "b.yaml").write_text("")
    changed = set(outdated(Disk(), session.early_reads))
    assert changed == {root, path}
    session.catch_up(changed)
    workspace = session.folders[root].workspace
    assert (workspace.text(path), workspace.members) == ("a: 12\n", (path, PurePath(tmp_path / "b.yaml")))
    assert session.early_reads == {}


def test_a_failing_rule_is_logged_once_and_nothing_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(self: Checker, path: PurePath) -> None:
        raise ZeroDivisionError("a rule failed")

    monkeypatch.setattr(Checker, "check_one", fail)
    monkeypatch.setattr(failures, "_logged", set[str]())
    session = Session(Encoding.UTF16, {})
    session.open_folder(PurePath(tmp_path))
    (tmp_path / "a.yaml").write_text("a: 1\n", encoding="utf-8")
    path = PurePath(tmp_path / "a.yaml")
    sent: list[lsp.PublishDiagnosticsParams] = []
    publisher = Publisher(session, sent.append)
    with caplog.at_level(logging.ERROR, "gym_lsp"):
        publisher.publish(path)
        publisher.publish(path)
    assert sent == []
    assert [record.getMessage() for record in caplog.records] == [
        "diagnostics failed: ZeroDivisionError: a rule failed"
    ]


@pytest.mark.parametrize("is_first", [True, False])
def test_a_failure_while_or_after_indexing_is_logged(
    is_first: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("something failed")

    async def index() -> Scheduler:
        scheduler = Scheduler(session, None, (lambda: None) if is_first else fail)
        scheduler.reindex()
        # What waits for the names must not wait forever.
        await scheduler.names_known.wait()
        while not scheduler.is_idle:
            await asyncio.sleep(0.01)
        return scheduler

    if is_first:
        monkeypatch.setattr(Workspace, "index_names", fail)
    monkeypatch.setattr(failures, "_logged", set[str]())
    session = Session(Encoding.UTF16, {})
    session.open_folder(PurePath(tmp_path))
    with caplog.at_level(logging.ERROR, "gym_lsp"):
        scheduler = asyncio.run(index())
    assert scheduler.phase is Phase.FAILED
    assert [record.getMessage() for record in caplog.records] == [
        "indexing failed: ZeroDivisionError: something failed"
    ]
