"""What the tests of CI integrations share: this project as others fetch it, and a repository that uses it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tools.pip import own_pip

REPOSITORY = Path(__file__).parents[2]
PUBLISHED = (
    ".pre-commit-hooks.yaml",
    "LICENSE",
    "README.md",
    "action.yml",
    "docs",
    "gym_lsp",
    "pyproject.toml",
    "templates",
)

BROKEN = """\
tides:
  resources_servers:
    tide_tables:
      entrypoint: app.py
      domain: knowlege
"""
MENDED = BROKEN.replace("knowlege", "knowledge")
CONFIG = "environments/tides/config.yaml"

TRAPS = ("gym_lsp/__main__.py", "json.py", "pip/__main__.py", "sitecustomize.py", "yaml.py")
"""Modules that Python would run in place of the real ones if it imported from the working directory."""


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git repository with this project as it is now, committed or not."""
    folder = tmp_path_factory.mktemp("published") / "gym-lsp"
    for name in PUBLISHED:
        source, target = REPOSITORY / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)
    commit(folder)
    return folder


@pytest.fixture(scope="session")
def wheel(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    own_pip(["wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(published)])
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A git repository of somebody's, with a config that has a mistake and YAML that is none of ours."""
    folder = tmp_path / "project"
    write(folder, CONFIG, BROKEN)
    write(folder, "resources_servers/tide_tables/app.py", "")
    write(folder, "resources_servers/tide_tables/requirements.txt", "")
    write(folder, "compose.yaml", "services: {web: {image: nginx}}\n")
    # A module of this name would be run in the place of ours if the repository were imported from.
    write(folder, "gym_lsp/__init__.py", "raise SystemExit('the repository was imported from')\n")
    commit(folder)
    return folder


def set_traps(folder: Path) -> None:
    """Write the modules of TRAPS, each of which creates a file when it is executed."""
    for name in TRAPS:
        write(folder, name, "open(__file__ + '.executed', 'w').close()\n")
    for package in ("gym_lsp", "pip"):
        write(folder, f"{package}/__init__.py", "")


def executed(folder: Path) -> list[str]:
    """The modules below a folder that were executed, of those that `set_traps` wrote."""
    return sorted(path.relative_to(folder).as_posix().removesuffix(".executed") for path in folder.rglob("*.executed"))


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def commit(folder: Path) -> None:
    """Make a folder a git repository, or commit what has changed in it."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "Work")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout
