"""The pre-commit hooks, run by pre-commit itself on a repository made for that."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ci.conftest import CONFIG, MENDED, commit, git, write

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the hook that it installed."""
    return tmp_path_factory.mktemp("pre-commit")


def run(project: Path, published: Path, cache: Path, hook: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one hook of this project, as `git commit` would."""
    revision = git(published, "rev-parse", "HEAD").strip()
    config = f"repos:\n- repo: {published}\n  rev: {revision}\n  hooks:\n  - id: {hook}\n"
    write(project, ".pre-commit-config.yaml", config)
    commit(project)
    command = [sys.executable, "-m", "pre_commit", "run", "--color", "never", *arguments]
    environment = os.environ | {"PRE_COMMIT_HOME": str(cache)}
    return subprocess.run(command, cwd=project, env=environment, check=False, capture_output=True, text=True)


def test_a_mistake_stops_the_commit(project: Path, published: Path, cache: Path) -> None:
    done = run(project, published, cache, "gym-lsp", "--files", CONFIG)
    assert done.returncode == 1, done.stdout + done.stderr
    assert (
        f"error[unknown-domain]: unknown domain `knowlege`; did you mean `knowledge`?\n --> {CONFIG}:5:15"
        in done.stdout
    )


def test_what_is_mended_passes(project: Path, published: Path, cache: Path) -> None:
    write(project, CONFIG, MENDED)
    done = run(project, published, cache, "gym-lsp", "--all-files")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout


def test_yaml_of_others_is_let_be(project: Path, published: Path, cache: Path) -> None:
    done = run(project, published, cache, "gym-lsp", "--files", "compose.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_configs_are_checked_when_one_changes(project: Path, published: Path, cache: Path) -> None:
    done = run(project, published, cache, "gym-lsp-all", "--files", "compose.yaml")
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{CONFIG}:5:15" in done.stdout
