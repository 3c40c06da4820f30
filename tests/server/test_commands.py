"""The commands of docs/protocol.md over the wire: their results and their errors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gym_lsp.dev.vscode import MANIFEST
from gym_lsp.scaffold.request import KINDS
from tests.server.client import Message, RpcError
from tests.server.editor import PULL, Editor, editing

MATH = "environments/math/config.yaml"
JUDGE = "environments/math/judge.yaml"
REQUEST_FAILED, INVALID_PARAMS = -32803, -32602
FILES = {
    MATH: """\
config_paths: [environments/math/judge.yaml]
math:
  resources_servers:
    mcqa:
      entrypoint: app.py
      domain: math
      judge_model_server: {type: responses_api_models, name: judge}
math_agent:
  responses_api_agents:
    simple:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: math}
""",
    JUDGE: "judge:\n  responses_api_models:\n    openai_model: {entrypoint: app.py, api_key: hunter2}\n",
    "prompts/prompt.yaml": "user: '{question}'\n",
}


def new_gym(folder: Path) -> Path:
    """Create an install root with one config."""
    (folder / "nemo_gym").mkdir(parents=True)
    (folder / "nemo_gym" / "global_config.py").write_text("")
    models = folder / "responses_api_models" / "vllm_model" / "configs"
    models.mkdir(parents=True)
    (models / "vllm_model.yaml").write_text("judge: {responses_api_models: {vllm_model: {entrypoint: app.py}}}\n")
    return folder


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """An editor for all tests, which do not change its files."""
    with editing(tmp_path_factory.mktemp("workspace"), FILES) as editor:
        editor.start(PULL)
        yield editor


def run(editor: Editor, command: str, *arguments: object) -> Any:
    return editor.client.request("workspace/executeCommand", {"command": f"gymLsp.{command}", "arguments": arguments})


def error(editor: Editor, command: str, *arguments: object) -> tuple[int, str]:
    with pytest.raises(RpcError) as caught:
        run(editor, command, *arguments)
    return caught.value.code, str(caught.value)


def start_of(line: int, column: int, length: int) -> Message:
    return {"start": {"line": line, "character": column}, "end": {"line": line, "character": column + length}}


# Results


def test_components(editor: Editor) -> None:
    answer = run(editor, "components", {})
    assert answer["folders"] == [{"uri": editor.folder.as_uri(), "release": None, "installRoot": None}]
    assert answer["components"] == [
        {
            "kind": "environment",
            "name": "math",
            "variant": None,
            "description": None,
            "domain": "math",
            "uri": editor.uri(MATH),
            "range": start_of(0, 0, 0),
            "origin": "workspace",
            "config": MATH,
            "commandLine": "gym env start --environment math",
        }
    ]


def test_components_of_an_unsaved_text(editor: Editor) -> None:
    editor.open(MATH, FILES[MATH].replace("domain: math", "domain: coding"))
    assert [each["domain"] for each in run(editor, "components")["components"]] == ["coding"]
    editor.close(MATH)


def test_components_of_two_folders_that_share_their_gym(tmp_path: Path) -> None:
    gym = new_gym(tmp_path / "gym")
    one, two = tmp_path / "one", tmp_path / "two"
    with editing(tmp_path, {f"one/{MATH}": FILES[MATH], f"two/{MATH}": FILES[MATH]}) as editor:
        editor.start(PULL, one, two, initializationOptions={"gymRoot": str(gym)})
        found = run(editor, "components", {})["components"]
    assert [(each["kind"], each["origin"], each["uri"]) for each in found] == [
        ("environment", "workspace", (one / MATH).as_uri()),
        ("model", "install", (gym / "responses_api_models/vllm_model/configs/vllm_model.yaml").as_uri()),
        ("environment", "workspace", (two / MATH).as_uri()),
    ]


def test_resolved(editor: Editor) -> None:
    answer = run(editor, "resolved", {"uri": editor.uri(MATH)})
    lines = answer["text"].splitlines()
    assert (answer["title"], len(answer["lines"])) == (MATH, len(lines))
    domain = lines.index("      domain: math")
    assert answer["lines"][domain] == {"uri": editor.uri(MATH), "range": start_of(5, 6, 6), "how": "written"}
    assert answer["lines"][lines.index('policy_base_url: ""')] == {"uri": None, "range": None, "how": "stand-in"}
    assert "hunter2" not in answer["text"]


RECIPE = """\
grpo: {steps: 2}
env:
  should_use_nemo_gym: true
  nemo_gym:
    config_paths: [environments/math/config.yaml]
    math_agent: {responses_api_agents: {simple: {max_steps: "${mul:${grpo.steps},4}"}}}
"""


def test_the_run_of_a_recipe(tmp_path: Path) -> None:
    with editing(tmp_path, {**FILES, "recipes/train.yaml": RECIPE}) as editor:
        editor.start(PULL)
        recipe = {"uri": editor.uri("recipes/train.yaml")}
        answer = run(editor, "resolved", recipe)
        assert answer["title"] == "recipes/train.yaml"
        assert "max_steps: 8\n" in answer["text"]
        overridden = run(editor, "resolved", {**recipe, "overrides": ["grpo.steps=3"]})
        assert "max_steps: 12\n" in overridden["text"]
        assert run(editor, "wiring", recipe)["title"] == "recipes/train.yaml"
        command = "gym-lsp --check --recipe recipes/train.yaml"
        assert run(editor, "checkRun", recipe)["commandLine"] == command
        answer = run(editor, "checkRun", {**recipe, "overrides": ["grpo.steps=3"]})
        assert answer["commandLine"] == f"{command} grpo.steps=3"


def test_resolved_with_provenance(editor: Editor) -> None:
    answer = run(editor, "resolved", {"configs": [MATH], "overrides": ["limit=3"], "provenance": True})
    comments = {line.split("#")[0].strip(): line.split("#")[1].strip() for line in answer["text"].splitlines()}
    assert comments["domain: math"] == f"{MATH}:6"
    assert comments["limit: 3"] == "command line"
    assert len(answer["lines"]) == len(answer["text"].splitlines())


@pytest.mark.parametrize("named", ["uri", "path", "absolute"])
def test_a_config_may_be_named_in_any_way(editor: Editor, named: str) -> None:
    config = {"uri": editor.uri(MATH), "path": MATH, "absolute": str(editor.path(MATH))}[named]
    assert run(editor, "resolved", {"configs": [config]})["title"] == MATH


def test_wiring(editor: Editor) -> None:
    answer = run(editor, "wiring", {"uri": editor.uri(MATH)})
    assert answer["title"] == MATH
    assert answer["nodes"][1] == {
        "id": "block:math",
        "label": "math",
        "type": "resources_servers",
        "implementation": "mcqa",
        "uri": editor.uri(MATH),
        "range": start_of(1, 0, 4),
        "status": "ok",
        "domain": "math",
        "started": True,
        "datasets": [],
    }
    assert answer["edges"][0] == {
        "source": "block:math",
        "target": "block:judge",
        "kind": "ref",
        "label": "judge_model_server",
        "uri": editor.uri(MATH),
        "range": start_of(6, 55, 4),
        "status": "ok",
    }


@pytest.mark.parametrize(("form", "start"), [("mermaid", "---\ntitle:"), ("dot", "digraph ")])
def test_wiring_as_text(editor: Editor, form: str, start: str) -> None:
    answer = run(editor, "wiring", {"uri": editor.uri(MATH), "format": form})
    assert list(answer) == ["text"]
    assert answer["text"].startswith(start)


def test_wiring_as_picture(editor: Editor) -> None:
    answer = run(editor, "wiring", {"uri": editor.uri(MATH), "format": "svg"})
    assert 'data-node="block:math"' in answer["text"]
    assert 'data-edge="0"' in answer["text"]
    assert {"text": "resources server", "color": "#1a7f37", "dashed": False} in answer["legend"]
    assert {key: answer[key] for key in ("title", "nodes", "edges")} == run(editor, "wiring", {"uri": editor.uri(MATH)})
    files = run(editor, "wiring", {"uri": editor.uri(MATH), "format": "svg", "layers": ["files"]})
    assert 'data-node="block:math"' not in files["text"]


def test_check_run(editor: Editor) -> None:
    alone = run(editor, "checkRun", {"configs": [JUDGE]})
    assert alone == {"commandLine": f"gym env start --config {JUDGE}", "diagnostics": []}
    broken = run(editor, "checkRun", {"configs": [MATH], "overrides": ["++math.resources_servers.mcqa.domain=maths"]})
    assert broken["commandLine"].endswith(f"--config {MATH} ++math.resources_servers.mcqa.domain=maths")
    (file,) = broken["diagnostics"]
    # A finding in an override is reported at the start of the first config.
    assert file["uri"] == editor.uri(MATH)
    assert {each["code"] for each in file["diagnostics"]} == {"unknown-domain"}


def test_a_run_sees_the_text_that_is_not_saved(editor: Editor) -> None:
    editor.open(MATH, FILES[MATH].replace("name: math}", "name: maths}"))
    (file,) = run(editor, "checkRun", {"configs": [MATH]})["diagnostics"]
    assert [(each["code"], each["range"]["start"]["line"]) for each in file["diagnostics"]] == [
        ("server-ref-not-found", 11)
    ]
    editor.close(MATH)


def test_a_run_under_another_nemo_gym(editor: Editor, tmp_path: Path) -> None:
    gym = new_gym(tmp_path / "gym")
    config = "responses_api_models/vllm_model/configs/vllm_model.yaml"
    code, message = error(editor, "resolved", {"configs": [config]})
    assert (code, config in message) == (REQUEST_FAILED, True)
    assert run(editor, "resolved", {"configs": [config], "gymRoot": str(gym)})["title"] == config
    assert run(editor, "resolved", {"configs": [config], "searchDirs": [str(gym)]})["title"] == config


def test_a_new_environment(editor: Editor) -> None:
    asked = run(editor, "newQuestions", {"kind": "environment", "name": "word_count"})["questions"]
    assert [(each["field"], each["usual"]) for each in asked] == [
        ("resources_server", ""),
        ("domain", "other"),
        ("agent", "simple_agent"),
    ]
    assert "math" in asked[1]["known"]
    answers = {"domain": "math", "agent": "simple_agent", "resources_server": ""}
    made = run(editor, "new", {"kind": "environment", "name": "word_count", **answers})
    config = editor.uri("environments/word_count/config.yaml")
    assert made["open"] == config
    changes = made["edit"]["documentChanges"]
    created = [each["uri"] for each in changes if each.get("kind") == "create"]
    assert config in created
    assert len(created) == len(changes) / 2
    text = next(each["edits"][0]["newText"] for each in changes if each.get("textDocument", {}).get("uri") == config)
    assert "domain: math" in text


def test_a_new_environment_in_an_empty_folder(tmp_path: Path) -> None:
    with editing(tmp_path, {}) as editor:
        editor.start(PULL)
        asked = run(editor, "newQuestions", {"kind": "environment", "name": "a"})["questions"]
        assert [(each["field"], each["known"], each["empty"]) for each in asked if each["field"] != "domain"] == [
            ("resources_server", [], "a new one"),
            ("agent", [], None),
        ]
        made = run(editor, "new", {"kind": "environment", "name": "a", "folder": tmp_path.as_uri()})
        assert made["open"] == editor.uri("environments/a/config.yaml")
    with editing(tmp_path, {}) as editor:
        editor.start_as({"processId": None, "capabilities": PULL})
        code, message = error(editor, "new", {"kind": "environment", "name": "a"})
        assert (code, message) == (REQUEST_FAILED, "no folder is open; open the folder of your environments first")


def test_what_a_client_has_just_made_can_be_used(tmp_path: Path) -> None:
    with editing(tmp_path, {}) as editor:
        editor.start(PULL)
        reusing = {"kind": "environment", "name": "reused", "resources_server": "grader"}
        assert "unknown resources server `grader`" in error(editor, "new", reusing)[1]
        made = run(editor, "new", {"kind": "resources-server", "name": "grader"})
        texts = [each for each in made["edit"]["documentChanges"] if "textDocument" in each]
        for each in texts:
            path = Path(each["textDocument"]["uri"].removeprefix("file://"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")
        # As in Neovim, the config is open before the report.
        config = "resources_servers/grader/configs/grader.yaml"
        editor.open(config, next(e["edits"][0]["newText"] for e in texts if e["textDocument"]["uri"] == made["open"]))
        editor.report_changes(created=config)
        assert run(editor, "new", reusing)["open"] == editor.uri("environments/reused/config.yaml")


def test_the_clients_offer_the_kinds() -> None:
    root = Path(__file__).parents[2]
    lua = (root / "nvim-client/lua/gym_lsp/new.lua").read_text("utf-8")
    assert tuple(re.findall(r"^  \{ '([a-z-]+)', '", lua, re.MULTILINE)) == KINDS
    script = (root / "vscode-client/src/protocol.ts").read_text("utf-8")
    listed = re.search(r"NEW_KINDS = \[(.*)\]", script)
    assert listed is not None
    assert tuple(re.findall(r'"([a-z-]+)"', listed[1])) == KINDS


def test_vs_code_has_no_command_of_the_server(editor: Editor) -> None:
    # The client of VS Code registers the server's commands under their names, and fails if one is there already.
    registered = set(editor.capabilities["executeCommandProvider"]["commands"])
    manifest = json.loads((Path(__file__).parents[2] / MANIFEST).read_text("utf-8"))
    contributed = {each["command"] for each in manifest["contributes"]["commands"]}
    withdrawn = {"gymLsp.showReferences", "gymLsp.showResolved"}
    assert contributed & registered <= withdrawn


def test_status(editor: Editor) -> None:
    answer = run(editor, "status", {})
    assert {name: answer[name] for name in ("release", "installRoot", "files", "configs", "errors", "warnings")} == {
        "release": None,
        "installRoot": None,
        "files": 3,
        "configs": 2,
        "errors": 0,
        "warnings": 0,
    }
    assert answer["state"] in ("indexing", "ready")
    assert "No NeMo Gym found" in answer["message"]
    assert answer["folders"] == [{"uri": editor.folder.as_uri(), "release": None, "installRoot": None}]


# Errors


NOTHING: Message = {}
INVALID: list[tuple[str, tuple[object, ...], str]] = [
    ("resolved", (NOTHING,), "missing run"),
    ("resolved", (), "missing run"),
    ("resolved", (3,), "expects one object"),
    ("resolved", (NOTHING, NOTHING), "expects one object"),
    ("resolved", ({"uri": 3},), "`uri` must be the URI"),
    ("resolved", ({"uri": "untitled:new"},), "is not a file on disk"),
    ("resolved", ({"uri": "file:///nowhere.yaml"},), "cannot read `/nowhere.yaml`"),
    ("resolved", ({"configs": "a.yaml"},), "`configs` must be a list of strings"),
    ("resolved", ({"configs": ["nowhere.yaml"]},), "config `nowhere.yaml` not found"),
    ("resolved", ({"configs": [MATH], "overrides": ["x"]},), "KEY=VALUE"),
    ("resolved", ({"configs": [MATH], "gymRoot": "/nowhere"},), "no NeMo Gym found in `/nowhere`"),
    ("resolved", ({"configs": [MATH], "searchDirs": ["/nowhere"]},), "folder `/nowhere` not found"),
    (
        "wiring",
        ({"configs": [MATH], "format": "png"},),
        "unknown format `png`; expected one of json, mermaid, dot, svg",
    ),
    ("wiring", ({"configs": [MATH], "layers": "files"},), "`layers` is not a list of layers"),
    ("wiring", ({"configs": [MATH], "layers": ["rows"]},), "expected some of servers, files"),
    ("checkRun", ({"configs": None},), "missing run"),
    ("new", ({"kind": "agent", "name": "Ä"},), "invalid name `Ä`"),
    ("new", ({"kind": "agent"},), "missing required field `name`"),
    ("new", ({"kind": "agents", "name": "a"},), "Invalid enum value 'agents'"),
    ("new", ({"kind": "recipe", "name": "a"},), "a recipe needs the environment"),
    ("new", ({"kind": "environment", "name": "math"},), "environments/math/config.yaml exists already"),
    ("newQuestions", ({"kind": "agents"},), "unknown kind `agents`; did you mean `agent`?"),
]


@pytest.mark.parametrize(("command", "arguments", "part"), INVALID)
def test_invalid_arguments(editor: Editor, command: str, arguments: tuple[object, ...], part: str) -> None:
    code, message = error(editor, command, *arguments)
    assert code == REQUEST_FAILED
    assert part in message


def test_a_file_that_is_not_a_config(editor: Editor) -> None:
    code, message = error(editor, "resolved", {"uri": editor.uri("prompts/prompt.yaml")})
    assert (code, message) == (REQUEST_FAILED, "`prompt.yaml` is not a NeMo Gym config")


def test_a_command_error_is_not_logged(editor: Editor) -> None:
    before = editor.client.sent("window/logMessage")
    error(editor, "resolved", {})
    assert editor.client.sent("window/logMessage") == before


# Offered commands


def test_a_command_that_the_client_carries_out_is_not_offered(tmp_path: Path) -> None:
    with editing(tmp_path, FILES) as editor:
        editor.start(PULL, initializationOptions={"commands": ["gymLsp.showResolved"]})
        offered = editor.capabilities["executeCommandProvider"]["commands"]
        assert "gymLsp.showResolved" not in offered
        assert "gymLsp.showReferences" in offered
        assert error(editor, "showResolved", {"uri": editor.uri(MATH)})[0] == INVALID_PARAMS
