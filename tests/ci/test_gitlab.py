"""The GitLab template: valid, and its script does what it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.conftest import CONFIG, MENDED, REPOSITORY, executed, set_traps, write

TEMPLATE = REPOSITORY / "templates" / "gym-lsp.yml"
REPORT = "gl-code-quality-report.json"


def read(inputs: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """Return the declared inputs of the template, and the text of its jobs with these inputs or the defaults."""
    head, _, body = TEMPLATE.read_text("utf-8").partition("\n---\n")
    declared: dict[str, Any] = yaml.safe_load(head)["spec"]["inputs"]
    given = {name: each["default"] for name, each in declared.items() if "default" in each} | dict(inputs)
    return declared, re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda found: given[found[1]], body)


def test_it_is_what_gitlab_takes(tmp_path: Path) -> None:
    _, jobs = read({"package": "gym-lsp.whl"})
    write(tmp_path, "jobs.yml", jobs)
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", "jobs.yml"]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_input_is_used_and_declared() -> None:
    declared, _ = read({"package": "gym-lsp.whl"})
    assert set(re.findall(r"inputs\.([\w-]+)", TEMPLATE.read_text("utf-8"))) == declared.keys()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that stands for the job's image: the `bin` folder of a Python that has pip and nothing else."""
    folder = tmp_path_factory.mktemp("image")
    venv.create(folder, with_pip=True)
    return folder / "bin"


def run(project: Path, image: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the job's script as GitLab's runner does, a line after the other until one fails."""
    job = yaml.safe_load(read(inputs)[1])["gym-lsp"]
    script = "\n".join(["set -eo pipefail", *job["script"]])
    environment = os.environ | job["variables"] | {"PATH": f"{image}{os.pathsep}{os.environ['PATH']}"}
    command = ["bash", "-c", script]
    return subprocess.run(command, cwd=project, env=environment, check=False, capture_output=True, text=True)


@pytest.mark.slow
def test_a_mistake_fails_and_is_reported(project: Path, wheel: Path, image: Path) -> None:
    done = run(project, image, package=str(wheel))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "error[unknown-domain]" in done.stdout
    [issue] = [each for each in json.loads((project / REPORT).read_text("utf-8")) if each["severity"] == "major"]
    assert (issue["check_name"], issue["location"]["path"]) == ("unknown-domain", CONFIG)
    assert issue["location"]["lines"] == {"begin": 5, "end": 5}


@pytest.mark.slow
def test_what_is_mended_passes(project: Path, wheel: Path, image: Path) -> None:
    write(project, CONFIG, MENDED)
    done = run(project, image, package=str(wheel), arguments="environments --fail-on warning")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [each for each in json.loads((project / REPORT).read_text("utf-8")) if each["severity"] != "info"] == []


@pytest.mark.slow
def test_no_module_of_the_repository_is_executed(
    project: Path, wheel: Path, image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_traps(project)
    monkeypatch.setenv("PYTHONPATH", ".")
    done = run(project, image, package=str(wheel))
    assert "error[unknown-domain]" in done.stdout, done.stderr
    assert executed(project) == []


def test_the_report_is_kept() -> None:
    job = yaml.safe_load(read({"package": "gym-lsp.whl"})[1])["gym-lsp"]
    assert job["artifacts"] == {"when": "always", "paths": [REPORT], "reports": {"codequality": REPORT}}
    assert any(f"--output-file {REPORT}" in line for line in job["script"])
