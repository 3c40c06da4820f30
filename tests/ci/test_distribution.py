"""What `make dist` builds: the source distribution makes the wheel, and the wheel works by itself."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path, PurePath

import pytest

from gym_lsp import __version__
from tests.ci.conftest import BROKEN, CONFIG, REPOSITORY, write
from tests.tools.pip import pip

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both, made as `make dist` makes them: the wheel from the source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(REPOSITORY)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of a fresh environment that has the wheel."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, with_pip=True)
    [wheel] = built.glob("*.whl")
    pip(folder / "bin" / "python", ["install", "--quiet", str(wheel)])
    return folder / "bin"


def gym_lsp(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(installed / "gym-lsp"), *arguments]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)


def test_make_dist_builds_it_that_way() -> None:
    command = ["make", "--no-print-directory", "--dry-run", "--always-make", "--old-file", "pyproject.toml", "dist"]
    shown = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    assert shown.stdout.rstrip().endswith("-m build")


def test_names_and_contents(built: Path) -> None:
    names = {path.name for path in built.iterdir() if not path.name.startswith(".")}
    assert names == {f"gym_lsp-{__version__}-py3-none-any.whl", f"gym_lsp-{__version__}.tar.gz"}
    with zipfile.ZipFile(built / f"gym_lsp-{__version__}-py3-none-any.whl") as wheel:
        tops = {name.partition("/")[0] for name in wheel.namelist()}
        assert tops == {"gym_lsp", f"gym_lsp-{__version__}.dist-info"}
        assert "gym_lsp/py.typed" in wheel.namelist()
    with tarfile.open(built / f"gym_lsp-{__version__}.tar.gz") as source:
        inside = {str(PurePath(*PurePath(name).parts[1:])) for name in source.getnames()}
        assert inside >= {
            ".github/workflows/release.yml",
            ".pre-commit-hooks.yaml",
            "CITATION.cff",
            "LICENSE",
            "Makefile",
            "README.md",
            "action.yml",
            "docs/architecture.md",
            "environments/README.md",
            "gym_lsp/__init__.py",
            "nvim-client/lsp/gym_lsp.lua",
            "pyproject.toml",
            "templates/gym-lsp.yml",
            "tests/conftest.py",
            "vscode-client/src/extension.ts",
        }
        generated = {".editors", ".git", "__pycache__", "node_modules", "out"}
        assert [name for name in inside if not generated.isdisjoint(PurePath(name).parts)] == []


def test_it_checks(installed: Path, tmp_path: Path) -> None:
    write(tmp_path, CONFIG, BROKEN)
    done = gym_lsp(installed, tmp_path, "--check")
    assert done.returncode == 1, done.stderr
    assert (
        f"error[unknown-domain]: unknown domain `knowlege`; did you mean `knowledge`?\n --> {CONFIG}:5:15"
        in done.stdout
    )


def test_it_explains_with_the_pages_that_it_brings(installed: Path, tmp_path: Path) -> None:
    done = gym_lsp(installed, tmp_path, "--explain", "unknown-domain")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("# unknown-domain (error)\n")
    [pages] = installed.parent.glob("lib/*/site-packages/gym_lsp/rules/pages")
    assert {page.name for page in pages.iterdir()} == {page.name for page in (REPOSITORY / "docs/rules").iterdir()}


def test_it_writes_the_json_schema(installed: Path, tmp_path: Path) -> None:
    done = gym_lsp(installed, tmp_path, "--json-schema")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["title"] == "NeMo Gym 0.7.0"
