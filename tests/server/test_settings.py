"""Settings, environments and folders that change while the server runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path, PurePath

import pytest

from gym_lsp.server import progress, scheduler
from gym_lsp.server.indexing import Phase
from gym_lsp.server.to_lsp import uri_of
from tests.server.editor import PULL, PUSH
from tests.server.inprocess import Message, Wire

AGENT = "environments/counting/agent.yaml"
INCLUDED = "resources_servers/borrowed/configs/borrowed.yaml"
REFERS = f"""\
config_paths: [{INCLUDED}]
agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {{type: resources_servers, name: borrowed}}
"""
BORROWED = "borrowed: {resources_servers: {borrowed: {entrypoint: app.py, domain: math}}}\n"
INTERPOLATED = "a: 3\nb: ${a}\nagent: {responses_api_agents: {simple_agent: {entrypoint: app.py, x: '${a}'}}}\n"
PROGRESS: Message = PUSH | {"window": {"workDoneProgress": True}}


@pytest.fixture
def wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    monkeypatch.setattr(scheduler, "SILENCE", 0.0)
    write(tmp_path / AGENT, REFERS)
    with Wire() as wire:
        yield wire


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def install(environment: Path) -> None:
    """Install a NeMo Gym with one server."""
    packages = environment / "lib" / "python3.12" / "site-packages"
    write(packages / "nemo_gym" / "global_config.py", "")
    write(packages / INCLUDED, BORROWED)


def is_found(wire: Wire, path: Path) -> bool:
    """Whether the included file is found."""
    wire.wait_until_idle()
    return not lacks(wire, path)


def lacks(wire: Wire, path: Path) -> bool:
    return "config-path-not-found" in {each["code"] for each in wire.published.get(path.as_uri(), [])}


def test_a_created_and_deleted_environment_is_followed(wire: Wire, tmp_path: Path) -> None:
    wire.start(PUSH, PurePath(tmp_path))
    assert not is_found(wire, tmp_path / AGENT)
    install(tmp_path / ".venv")
    wire.report_changes((PurePath(tmp_path / ".venv" / "pyvenv.cfg"), 1))
    assert is_found(wire, tmp_path / AGENT)
    shutil.rmtree(tmp_path / ".venv")
    wire.report_changes((PurePath(tmp_path / ".venv"), 3))
    assert not is_found(wire, tmp_path / AGENT)


def test_an_environment_that_no_client_watches_is_polled(
    wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gym_lsp.server.features.watching.POLL_INSTALLATION", 0.01)
    wire.start(PUSH, PurePath(tmp_path))
    assert not is_found(wire, tmp_path / AGENT)
    install(tmp_path / "venv")
    wire.run_until(lambda: not lacks(wire, tmp_path / AGENT))


def test_the_environment_of_the_settings_is_used_if_set(wire: Wire, tmp_path: Path) -> None:
    install(tmp_path / "elsewhere")
    wire.start(PUSH, PurePath(tmp_path))
    assert not is_found(wire, tmp_path / AGENT)
    choices: list[tuple[Message | None, bool]] = [
        ({"gymLsp": {"pythonEnvironment": "elsewhere"}}, True),
        ({"gymLsp": {}}, False),
        ({"pythonEnvironment": "elsewhere"}, True),
        (None, False),
    ]
    for settings, wanted in choices:
        wire.notify("workspace/didChangeConfiguration", {"settings": settings})
        assert is_found(wire, tmp_path / AGENT) == wanted


def test_settings_are_requested_for_each_folder(wire: Wire, tmp_path: Path) -> None:
    install(tmp_path / "elsewhere")
    write(tmp_path / "other" / AGENT, REFERS)
    one, other = PurePath(tmp_path), PurePath(tmp_path / "other")
    wire.results["workspace/configuration"] = [{}, {"pythonEnvironment": str(tmp_path / "elsewhere")}, {}]
    wire.start(PUSH | {"workspace": PUSH["workspace"] | {"configuration": True}}, one, other)
    wire.run_until(lambda: lacks(wire, tmp_path / "other" / AGENT))
    wire.run_until(lambda: not lacks(wire, tmp_path / AGENT))
    wire.results["workspace/configuration"] = [{}, {}, {"pythonEnvironment": str(tmp_path / "elsewhere")}]
    wire.notify("workspace/didChangeConfiguration", {"settings": None})
    wire.run_until(lambda: not lacks(wire, tmp_path / "other" / AGENT))
    wire.run_until(lambda: lacks(wire, tmp_path / AGENT))


def test_kinds_of_inlay_hints_can_be_disabled(wire: Wire, tmp_path: Path) -> None:
    path = PurePath(tmp_path / "environments" / "hints" / "config.yaml")
    wire.start(PUSH, PurePath(tmp_path))
    wire.open(path, INTERPOLATED)
    params = {
        "textDocument": {"uri": uri_of(path)},
        "range": {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}},
    }
    for hints, is_shown in (
        ({"resolvedValues": False}, False),
        ({"inherited": False}, True),
        (False, False),
        (7, True),
    ):
        wire.notify("workspace/didChangeConfiguration", {"settings": {"gymLsp": {"inlayHints": hints}}})
        shown = [each["label"] for each in wire.request("textDocument/inlayHint", params)]
        assert ("= 3" in shown) == is_shown


def test_the_findings_of_files_that_are_not_open_are_a_setting(wire: Wire, tmp_path: Path) -> None:
    path = tmp_path / "environments" / "open" / "config.yaml"
    write(path, "m: {resources_servers: {math: {entrypoint: app.py, domain: maths, x: '${unknown}'}}}\n")
    wire.start(PUSH, PurePath(tmp_path), initializationOptions={"information": "openFiles"})
    wire.wait_until_idle()
    for settings, expected in (
        ({}, [1]),
        ({"information": "all"}, [1, 3]),
        ({"information": "all", "lowestSeverity": "error"}, [1]),
        ({"information": 3, "lowestSeverity": "none"}, [1]),
    ):
        wire.notify("workspace/didChangeConfiguration", {"settings": {"gymLsp": settings}})
        wire.wait_until_idle()
        assert sorted(each["severity"] for each in wire.published[path.as_uri()]) == expected


def test_pulled_diagnostics_change_when_a_file_is_opened_or_closed(wire: Wire, tmp_path: Path) -> None:
    path = tmp_path / "environments" / "open" / "config.yaml"
    text = "m: {resources_servers: {math: {entrypoint: app.py, domain: maths, x: '${unknown}'}}}\n"
    write(path, text)
    wire.start(PULL, PurePath(tmp_path), initializationOptions={"information": "openFiles"})
    wire.wait_until_idle()

    def pulled(previous: str | None) -> Message:
        ids = [] if previous is None else [{"uri": path.as_uri(), "value": previous}]
        reports = wire.request("workspace/diagnostic", {"previousResultIds": ids})["items"]
        return next(each for each in reports if each["uri"] == path.as_uri())

    closed = pulled(None)
    assert [each["severity"] for each in closed["items"]] == [1]
    wire.open(PurePath(path), text)
    opened = pulled(closed["resultId"])
    assert sorted(each["severity"] for each in opened["items"]) == [1, 3]
    document = {"textDocument": {"uri": path.as_uri()}}
    assert wire.request("textDocument/diagnostic", document)["resultId"] == opened["resultId"]
    wire.notify("textDocument/didClose", document)
    assert pulled(opened["resultId"])["resultId"] == closed["resultId"]


def test_a_deleted_folder_can_be_reported_without_its_files(wire: Wire, tmp_path: Path) -> None:
    write(tmp_path / INCLUDED, BORROWED)
    wire.start(PUSH, PurePath(tmp_path))
    assert is_found(wire, tmp_path / AGENT)
    shutil.rmtree(tmp_path / "resources_servers")
    wire.report_changes((PurePath(tmp_path / "resources_servers"), 3))
    assert not is_found(wire, tmp_path / AGENT)


def test_files_of_runs_and_caches_are_ignored(wire: Wire, tmp_path: Path) -> None:
    wire.start(PUSH, PurePath(tmp_path))
    wire.wait_until_idle()
    revision = wire.server.state.session.revision
    wire.report_changes((PurePath(tmp_path / "results" / "one.yaml"), 1), (PurePath(tmp_path / "node_modules"), 3))
    assert wire.server.state.session.revision == revision


@pytest.mark.parametrize("is_supported", [True, False])
def test_progress_is_shown_if_indexing_takes_long(
    wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_supported: bool
) -> None:
    monkeypatch.setattr(progress, "PATIENCE", -1.0)
    monkeypatch.setattr("gym_lsp.server.indexing.SLICE", -1.0)
    for number in range(60):
        write(tmp_path / "environments" / f"e{number}" / "config.yaml", BORROWED)
    wire.start(PROGRESS if is_supported else PUSH, PurePath(tmp_path))
    wire.wait_until_idle()
    shown = [each["params"]["value"] for each in wire.messages if each["method"] == "$/progress"]
    assert ("window/workDoneProgress/create" in wire.asked) == is_supported
    if is_supported:
        assert [each["kind"] for each in (shown[0], shown[-1])] == ["begin", "end"]
        percents = [each["percentage"] for each in shown[:-1]]
        assert percents == sorted(percents)
    else:
        assert shown == []
    assert wire.server.state.scheduler is not None
    assert wire.server.state.scheduler.phase is Phase.READY


def test_workspace_diagnostics_are_sent_in_parts_if_requested(wire: Wire, tmp_path: Path) -> None:
    for number in range(30):
        write(tmp_path / "environments" / f"e{number}" / "config.yaml", BORROWED.replace("math", "maths"))
    capabilities: Message = {
        "textDocument": {"diagnostic": {}},
        "workspace": {"diagnostics": {"refreshSupport": True}},
    }
    wire.start(capabilities, PurePath(tmp_path))
    params: Message = {"previousResultIds": [], "partialResultToken": "parts"}
    assert wire.request("workspace/diagnostic", params)["items"] == []
    parts = [each["params"] for each in wire.messages if each["method"] == "$/progress"]
    assert {part["token"] for part in parts} == {"parts"}
    assert [len(part["value"]["items"]) for part in parts] == [20, 11]
    assert len({each["uri"] for part in parts for each in part["value"]["items"]}) == 31


def test_a_trace_contains_requests_and_their_durations(wire: Wire, tmp_path: Path) -> None:
    wire.start(PUSH, PurePath(tmp_path))
    for value, is_reported, has_params in (("messages", True, False), ("verbose", True, True), ("off", False, False)):
        wire.notify("$/setTrace", {"value": value})
        wire.messages.clear()
        wire.request("workspace/symbol", {"query": "borrow"})
        traces = [each["params"] for each in wire.messages if each["method"] == "$/logTrace"]
        assert [each["message"].startswith("workspace/symbol (") for each in traces] == [True] * is_reported
        assert ["borrow" in each.get("verbose", "") for each in traces] == [has_params] * is_reported


TORN = "a: [1\nb: 2\n"
REJECTED = "a: !secret b\nc: [1\n"


@pytest.mark.parametrize(
    ("text", "has_other", "is_reported"), [(TORN, True, False), (TORN, False, True), (REJECTED, True, True)]
)
def test_what_another_yaml_server_reports_is_reported_once(
    wire: Wire, tmp_path: Path, text: str, has_other: bool, is_reported: bool
) -> None:
    path = PurePath(tmp_path / "environments" / "torn" / "config.yaml")
    wire.start(PUSH, PurePath(tmp_path))
    wire.notify("workspace/didChangeConfiguration", {"settings": {"gymLsp": {"otherYamlServer": has_other}}})
    wire.open(path, text)
    wire.wait_until_idle()
    codes = [each["code"] for each in wire.published.get(uri_of(path), [])]
    assert ("invalid-yaml" in codes) == is_reported
