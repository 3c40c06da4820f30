"""The roots of a connection: above, at and below the folders that a client opens, and those of single documents."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path, PurePath

import pytest

from gym_lsp.server import scheduler
from gym_lsp.server.preferences import FolderSettings
from gym_lsp.server.session import Session
from gym_lsp.server.sync import Buffer
from gym_lsp.server.to_lsp import uri_of
from gym_lsp.text import Encoding
from tests.server.editor import PULL, PUSH
from tests.server.inprocess import Message, Wire

CONFIG = "environments/counting/config.yaml"
INCLUDED = "resources_servers/shared/configs/shared.yaml"
SHARED = "shared: {resources_servers: {shared: {entrypoint: app.py, domain: math}}}\n"
TEXT = f"""\
config_paths: [{INCLUDED}]
agent:
  responses_api_agents:
    simple_agent: {{entrypoint: app.py, resources_server: {{type: resources_servers, name: shared}}}}
"""
BAD = SHARED.replace("math", "maths")
UNKNOWN, NOT_FOUND = "unknown-domain", "config-path-not-found"
SERVERS = ("resources_servers/shared", "responses_api_agents/simple_agent")
GYM = {"nemo_gym/global_config.py": "", INCLUDED: SHARED, CONFIG: TEXT} | {
    f"{server}/{name}": "" for server in SERVERS for name in ("app.py", "requirements.txt")
}
WATCHES: Message = PUSH | {
    "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": True}}
}


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    monkeypatch.setattr(scheduler, "SILENCE", 0.0)
    with Wire() as wire:
        yield wire


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def published(wire: Wire, path: Path) -> set[str]:
    wire.wait_until_idle()
    return {each["code"] for each in wire.published.get(path.as_uri(), [])}


def roots(wire: Wire, top: Path) -> list[str]:
    wire.wait_until_idle()
    return [root.relative_to(top).as_posix() for root in wire.server.state.session.folders]


def status(wire: Wire) -> Message:
    wire.wait_until_idle()
    return wire.request("workspace/executeCommand", {"command": "gymLsp.status", "arguments": []})


def change_folders(wire: Wire, added: list[Path], removed: list[Path]) -> None:
    event = {
        "added": [{"uri": each.as_uri(), "name": each.name} for each in added],
        "removed": [{"uri": each.as_uri(), "name": each.name} for each in removed],
    }
    wire.notify("workspace/didChangeWorkspaceFolders", {"event": event})


@pytest.mark.parametrize("capabilities", [PUSH, PULL])
def test_the_folder_above_checkouts(wire: Wire, tmp_path: Path, capabilities: Message) -> None:
    write(tmp_path / "Gym", GYM)
    write(tmp_path / "3rdparty" / "Gym", GYM | {INCLUDED: BAD})
    write(tmp_path, {"notes.yaml": "a: 1\n"})
    wire.start(capabilities, tmp_path)
    assert roots(wire, tmp_path) == [".", "3rdparty/Gym", "Gym"]
    found = status(wire)
    assert found["errors"] == 1
    assert "No NeMo Gym" not in found["message"]
    assert found["installRoot"] == (tmp_path / "3rdparty/Gym").as_uri()
    if capabilities is PUSH:
        assert list(wire.published) == [(tmp_path / "3rdparty" / "Gym" / INCLUDED).as_uri()]


def test_an_open_document_has_its_root_before_the_folder_is_listed(tmp_path: Path) -> None:
    write(tmp_path / "Gym", GYM)
    session = Session(Encoding.UTF16, {})
    session.open_folder(PurePath(tmp_path))
    path = PurePath(tmp_path / "Gym" / CONFIG)
    session.set_buffer(path, Buffer(uri_of(path), 1, TEXT))
    assert list(session.folders) == [PurePath(tmp_path), PurePath(tmp_path / "Gym")]
    belongs_to = session.folder_of(path)
    assert belongs_to is session.folders[PurePath(tmp_path / "Gym")]
    # Listing the folder finds the same root, which then stays without the document.
    assert not session.find_nested()
    session.set_buffer(path, None)
    assert list(session.folders) == [PurePath(tmp_path), PurePath(tmp_path / "Gym")]


def test_a_part_of_a_checkout(wire: Wire, tmp_path: Path) -> None:
    other = "environments/other/config.yaml"
    write(tmp_path, GYM | {other: BAD})
    wire.start(PUSH, tmp_path / "environments" / "counting")
    assert roots(wire, tmp_path) == ["."]
    # The included file is found, and files outside the folder have no findings unless they are open.
    assert wire.published == {}
    assert status(wire)["files"] == 1
    wire.open(tmp_path / other, BAD)
    assert published(wire, tmp_path / other) == {UNKNOWN}
    wire.close(tmp_path / other)
    assert published(wire, tmp_path / other) == set()
    change_folders(wire, [tmp_path / "environments" / "other"], [])
    assert published(wire, tmp_path / other) == {UNKNOWN}


def test_what_a_part_of_a_checkout_needs_is_watched(wire: Wire, tmp_path: Path) -> None:
    write(tmp_path, GYM)
    wire.start(WATCHES, tmp_path / "environments" / "counting")
    wire.wait_until_idle()
    asked = [each["params"] for each in wire.messages if each.get("method") == "client/registerCapability"]
    watchers = [each["registerOptions"]["watchers"] for params in asked for each in params["registrations"]]
    bases = {each["globPattern"]["baseUri"] for each in watchers[-1] if isinstance(each["globPattern"], dict)}
    assert bases == {tmp_path.as_uri()}
    (tmp_path / INCLUDED).unlink()
    wire.report_changes((tmp_path / INCLUDED, 3))
    assert published(wire, tmp_path / CONFIG) == {NOT_FOUND}


@pytest.mark.parametrize("has_folder", [False, True])
def test_a_document_outside_all_folders(wire: Wire, tmp_path: Path, has_folder: bool) -> None:
    write(tmp_path / "Gym", GYM | {"resources_servers/bad/configs/bad.yaml": BAD})
    write(tmp_path / "mine", {"environments/x/config.yaml": SHARED})
    wire.start(PUSH, *([tmp_path / "mine"] if has_folder else []))
    before = roots(wire, tmp_path)
    path = tmp_path / "Gym" / CONFIG
    wire.open(path, TEXT.replace("name: shared", "name: sharde"))
    assert published(wire, path) == {"server-ref-not-found"}
    assert roots(wire, tmp_path) == [*before, "Gym"]
    # The other files there have no findings.
    assert list(wire.published) == [path.as_uri()]
    wire.change(path, 2, {"text": TEXT})
    assert published(wire, path) == set()
    wire.close(path)
    assert roots(wire, tmp_path) == before


def test_a_single_file(wire: Wire, tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": BAD, "deep/b.yaml": BAD})
    wire.start(PUSH)
    for name in ("a.yaml", "deep/b.yaml"):
        wire.open(tmp_path / name, BAD)
        assert published(wire, tmp_path / name) == {UNKNOWN}
    assert [folder.workspace.is_deep for folder in wire.server.state.session.folders.values()] == [False, False]
    change_folders(wire, [tmp_path], [])
    assert roots(wire, tmp_path) == ["."]
    assert wire.server.state.session.folders[PurePath(tmp_path)].workspace.is_deep
    change_folders(wire, [], [tmp_path])
    assert published(wire, tmp_path / "a.yaml") == {UNKNOWN}
    assert roots(wire, tmp_path) == [".", "deep"]


@pytest.mark.parametrize("folder", [None, "", "environments", "environments/first"])
def test_the_first_config_of_an_empty_folder(wire: Wire, tmp_path: Path, folder: str | None) -> None:
    write(tmp_path, {"environments/first/config.yaml": "", "environments/first/part.yaml": ""})
    path = tmp_path / "environments/first/config.yaml"
    wire.start(PUSH, *([] if folder is None else [tmp_path / folder]))
    wire.open(path, "")
    assert published(wire, path) == set()
    at = {"textDocument": {"uri": path.as_uri()}, "position": {"line": 0, "character": 0}}
    offered = [each["label"] for each in wire.request("textDocument/completion", at)["items"]]
    assert offered[:3] == ["environment", "resources server", "agent"]
    # Relative paths start above `environments`.
    wire.change(path, 2, {"text": "config_paths: [environments/first/part.yaml]\n"})
    assert published(wire, path) == set()
    wire.change(path, 3, {"text": BAD})
    assert published(wire, path) == {UNKNOWN}
    write(tmp_path, {"environments/first/config.yaml": SHARED})
    second = tmp_path / "environments/second/config.yaml"
    wire.open(second, TEXT.replace(INCLUDED, "environments/first/config.yaml"))
    wire.change(path, 4, {"text": SHARED})
    assert published(wire, path) == published(wire, second) == set()


def test_a_file_of_the_nemo_gym_of_a_folder_belongs_to_that_folder(wire: Wire, tmp_path: Path) -> None:
    write(tmp_path / "Gym", GYM)
    write(tmp_path / "mine", {CONFIG: TEXT, "gym-lsp.toml": "gym-root = '../Gym'\n"})
    wire.start(PUSH, tmp_path / "mine")
    wire.open(tmp_path / "Gym" / INCLUDED, SHARED)
    assert roots(wire, tmp_path) == ["mine"]


def test_roots_follow_files_on_disk(wire: Wire, tmp_path: Path) -> None:
    write(tmp_path, {"gym-lsp.toml": "", f"sub/{CONFIG}": TEXT.replace("name: shared", "name: sharde")})
    wire.start(PUSH, tmp_path)
    assert roots(wire, tmp_path) == [".", "sub"]
    (tmp_path / "sub" / CONFIG).unlink()
    wire.report_changes((tmp_path / "sub" / CONFIG, 3))
    assert roots(wire, tmp_path) == ["."]
    write(tmp_path / "Gym", GYM | {INCLUDED: BAD})
    wire.report_changes(*((tmp_path / "Gym" / name, 1) for name in GYM))
    assert published(wire, tmp_path / "Gym" / INCLUDED) == {UNKNOWN}
    assert roots(wire, tmp_path) == [".", "Gym"]


def test_links_to_one_checkout_are_one_root(wire: Wire, tmp_path: Path) -> None:
    write(tmp_path / "top" / "a", GYM)
    (tmp_path / "top" / "b").symlink_to(tmp_path / "top" / "a")
    (tmp_path / "top" / "a" / "loop").symlink_to(tmp_path / "top")
    wire.start(PUSH, tmp_path / "top")
    assert roots(wire, tmp_path) == ["top", "top/a"]


def test_settings_of_a_folder_are_those_of_its_roots(tmp_path: Path) -> None:
    write(tmp_path / "top" / "mine", {CONFIG: TEXT, "resources_servers/x/configs/x.yaml": SHARED})
    write(tmp_path / "Gym", GYM)
    top = PurePath(tmp_path / "top")
    session = Session(Encoding.UTF16, {})
    session.open_folder(top)
    session.find_nested()
    session.configure(FolderSettings(), {top: FolderSettings(gym_root=PurePath(tmp_path / "Gym"))})
    installs = [folder.workspace.install for folder in session.folders.values()]
    assert [each and each.path for each in installs] == [PurePath(tmp_path / "Gym")] * 2


def test_the_root_of_a_closed_document_is_freed(wire: Wire, tmp_path: Path) -> None:
    write(tmp_path / "Gym", GYM)
    wire.start(PUSH)
    wire.open(tmp_path / "Gym" / CONFIG, TEXT)
    wire.wait_until_idle()
    memo = weakref.ref(wire.server.state.session.folders[PurePath(tmp_path / "Gym")].workspace.memo)
    wire.close(tmp_path / "Gym" / CONFIG)
    wire.wait_until_idle()
    gc.collect()
    assert memo() is None


def test_a_link_out_of_the_workspace_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    root = write(tmp_path / "ws", {CONFIG: TEXT, INCLUDED: SHARED})
    elsewhere = write(tmp_path / "elsewhere", {"config.yaml": BAD})
    (root / "environments/linked").symlink_to(elsewhere)
    session = Session(Encoding.UTF16, {})
    session.open_folder(PurePath(root))
    for _ in range(2):
        session.find_nested()
    (record,) = caplog.records
    assert record.getMessage().startswith(f"{root}/environments/linked is a link to a folder outside of the workspace")
