"""The GitHub Action: valid, and its scripts do what it says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.composite import CompositeAction, Run
from tests.ci.conftest import BROKEN, CONFIG, MENDED, REPOSITORY, TRAPS, executed, set_traps, write

ACTION = REPOSITORY / "action.yml"
UPLOAD = "github/codeql-action/upload-sarif"
DEFINITION: dict[str, Any] = yaml.safe_load(ACTION.read_text("utf-8"))
STEPS: list[dict[str, Any]] = DEFINITION["runs"]["steps"]


def test_it_is_what_github_takes() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", str(ACTION)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_composite_steps_are_whole() -> None:
    assert DEFINITION["runs"]["using"] == "composite"
    for step in STEPS:
        assert ("run" in step) != ("uses" in step), step
        assert ("shell" in step) == ("run" in step), step


def test_no_input_becomes_part_of_a_script() -> None:
    assert not [step for step in STEPS if "${{" in step.get("run", "")]


def test_every_name_is_declared() -> None:
    ids = {step["id"] for step in STEPS if "id" in step}
    text = ACTION.read_text("utf-8")
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == DEFINITION["inputs"].keys()
    assert set(re.findall(r"steps\.([\w-]+)", text)) <= ids


INSTALL = "Install gym-lsp"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository without configs, whose modules must not be executed."""
    folder = tmp_path_factory.mktemp("hostile")
    set_traps(folder)
    return folder


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory, published: Path, hostile: Path) -> Path:
    """The runner's temporary folder, into which the action has installed gym-lsp while it checked `hostile`."""
    temporary = tmp_path_factory.mktemp("runner")
    with pytest.MonkeyPatch.context() as patch:
        # As workflows of Python projects often have it.
        patch.setenv("PYTHONPATH", ".")
        done = action(published).run(hostile, temporary, {})
    assert done.exit_code == 0, done.log
    return temporary


def action(published: Path) -> CompositeAction:
    """The action of the published project."""
    return CompositeAction(
        published / "action.yml", {"actions/setup-python": {"python-path": sys.executable}, UPLOAD: {}}
    )


def run(project: Path, published: Path, temporary: Path, **inputs: str) -> Run:
    """Run the action, which is installed already, in somebody's repository."""
    given = {name.replace("_", "-"): text for name, text in inputs.items()}
    return action(published).run(project, temporary, given, leave_out=INSTALL)


def test_the_step_that_is_left_out_exists() -> None:
    assert [step["name"] for step in STEPS if step.get("name") == INSTALL]


@pytest.mark.slow
def test_no_module_of_the_repository_is_executed(hostile: Path, temporary: Path) -> None:
    assert (temporary / "gym-lsp.sarif").is_file()
    assert executed(hostile) == []


def test_the_traps_work(tmp_path: Path) -> None:
    set_traps(tmp_path)
    for command in (["-m", "pip"], ["-m", "gym_lsp"], ["-c", "import json, yaml, sitecustomize"]):
        subprocess.run([sys.executable, *command], cwd=tmp_path, env={"PYTHONPATH": "."}, check=True)
    assert executed(tmp_path) == sorted(TRAPS)


@pytest.mark.slow
def test_a_pull_request_is_annotated(project: Path, published: Path, temporary: Path) -> None:
    done = run(project, published, temporary)
    assert done.exit_code == 1, done.log
    assert f"::error title=gym-lsp (unknown-domain),file={CONFIG},line=5,endLine=5,col=15,endColumn=23::" in done.log
    assert UPLOAD not in done.used
    assert done.used["actions/setup-python"]["update-environment"] == "False"


@pytest.mark.slow
def test_code_scanning_gets_the_findings(project: Path, published: Path, temporary: Path) -> None:
    done = run(project, published, temporary, upload_sarif="true")
    assert done.exit_code == 1, done.log
    assert done.used[UPLOAD] == {"sarif_file": done.outputs["sarif-file"], "category": "gym-lsp"}
    log = json.loads(Path(done.outputs["sarif-file"]).read_text("utf-8"))
    assert {result["ruleId"] for result in log["runs"][0]["results"]} >= {"unknown-domain"}


@pytest.mark.slow
def test_what_is_mended_passes(project: Path, published: Path, temporary: Path) -> None:
    write(project, CONFIG, MENDED)
    done = run(project, published, temporary)
    assert done.exit_code == 0, done.log
    assert "::error" not in done.log


@pytest.mark.slow
def test_paths_and_arguments_are_taken_by_line(project: Path, published: Path, temporary: Path) -> None:
    write(project, "environments/two words/config.yaml", BROKEN.replace("tides", "ebbs"))
    write(project, CONFIG, MENDED)
    only_mended = run(project, published, temporary, paths="environments/tides\nresources_servers")
    assert only_mended.exit_code == 0, only_mended.log
    named = run(project, published, temporary, paths="environments/two words", arguments="--ignore\nunknown-domain\n")
    assert named.exit_code == 0, named.log
    both = run(project, published, temporary, paths="environments/tides\nenvironments/two words")
    assert both.exit_code == 1
    assert "file=environments/two words/config.yaml" in both.log


@pytest.mark.slow
def test_a_wrong_argument_fails_and_uploads_nothing(project: Path, published: Path, temporary: Path) -> None:
    done = run(project, published, temporary, arguments="--no-such-option", upload_sarif="true")
    assert done.exit_code == 2
    assert UPLOAD not in done.used


@pytest.mark.slow
def test_arguments_are_not_run(project: Path, published: Path, temporary: Path) -> None:
    run(project, published, temporary, paths="$(touch ran)\n`touch ran`", arguments='"; touch ran; "')
    assert not (project / "ran").exists()
