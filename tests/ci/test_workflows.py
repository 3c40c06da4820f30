"""The workflows and templates under `.github/`: valid, pinned, and with as few permissions as their jobs need."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.conftest import REPOSITORY

GITHUB = REPOSITORY / ".github"
WORKFLOWS = sorted(GITHUB.glob("workflows/*.yml"))
SCHEMAS = {
    "vendor.github-workflows": WORKFLOWS,
    "vendor.github-issue-forms": sorted(GITHUB.glob("ISSUE_TEMPLATE/[0-9]*.yml")),
    "vendor.github-issue-config": [GITHUB / "ISSUE_TEMPLATE" / "config.yml"],
    "vendor.dependabot": [GITHUB / "dependabot.yml"],
    "vendor.citation-file-format": [REPOSITORY / "CITATION.cff"],
}
_USES = re.compile(r"^\s*(?:- )?uses: (?P<action>\S+?)@(?P<commit>\S+)(?P<comment>.*)$", re.MULTILINE)
_MAKE = re.compile(r"^\s*(?:- )?run: make (?P<target>[\w-]+)", re.MULTILINE)


@pytest.mark.parametrize("schema", sorted(SCHEMAS))
def test_files_are_what_the_services_expect(schema: str) -> None:
    assert SCHEMAS[schema]
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, SCHEMAS[schema])]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", [*WORKFLOWS, REPOSITORY / "action.yml"], ids=lambda path: path.name)
def test_actions_are_pinned_by_commit_and_their_release_is_named(path: Path) -> None:
    used = [found.groupdict() for found in _USES.finditer(path.read_text("utf-8"))]
    assert used
    for each in used:
        assert re.fullmatch(r"[0-9a-f]{40}", each["commit"]), each
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", each["comment"]), each


def test_one_release_of_each_action_is_used() -> None:
    pins: dict[str, set[str]] = {}
    for path in (*WORKFLOWS, REPOSITORY / "action.yml"):
        for found in _USES.finditer(path.read_text("utf-8")):
            pins.setdefault(found["action"], set()).add(found["commit"])
    assert {action: commits for action, commits in pins.items() if len(commits) > 1} == {}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_job_has_its_own_permissions_and_a_limit(path: Path) -> None:
    workflow: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        assert "permissions" in job and "timeout-minutes" in job, name
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False, name


def test_only_the_publishing_job_gets_the_identity_of_the_package_index() -> None:
    jobs: dict[str, Any] = yaml.safe_load((GITHUB / "workflows" / "release.yml").read_text("utf-8"))["jobs"]
    publishing = [
        name for name, job in jobs.items() if any("pypi-publish" in each.get("uses", "") for each in job["steps"])
    ]
    assert publishing == ["package-index"]
    job = jobs["package-index"]
    assert job["environment"] == "pypi"
    assert job["permissions"] == {"id-token": "write"}
    assert "password" not in job["steps"][-1]["with"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_the_targets_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(_MAKE.findall(path.read_text("utf-8"))) <= targets


def test_ci_runs_every_part_of_our_own_script() -> None:
    last = (REPOSITORY / ".ci" / "run").read_text("utf-8").splitlines()[-1]
    script = set(last.partition("steps.sh ")[2].split())
    assert script and script <= set(_MAKE.findall((GITHUB / "workflows" / "ci.yml").read_text("utf-8")))
