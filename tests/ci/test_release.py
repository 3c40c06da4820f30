"""A release: what is built is the same twice, and a tag fits everything that has a version."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from gym_lsp import __version__
from tests.ci.conftest import REPOSITORY
from tests.tools import distributions, release


@pytest.mark.slow
def test_the_wheel_and_the_source_distribution_are_the_same_if_built_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert distributions.main([str(tmp_path), "--without-extension"]) == 0, capsys.readouterr().err
    names = {f"gym_lsp-{__version__}-py3-none-any.whl", f"gym_lsp-{__version__}.tar.gz"}
    lines = (tmp_path / distributions.SUMS).read_text("utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert sums.keys() == names
    for name in names:
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == sums[name]


def test_a_difference_fails_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def build(folder: Path, seed: int, *, with_extension: bool) -> dict[str, Path]:
        folder.mkdir()
        for name, content in (("same", "0"), ("other", str(seed))):
            (folder / name).write_text(content)
        return {name: folder / name for name in ("same", "other")}

    monkeypatch.setattr(distributions, "build", build)
    assert distributions.main([str(tmp_path)]) == 1
    assert capsys.readouterr().err == "other differs if it is built again\n"


def test_a_failed_build_shows_its_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def build(folder: Path, seed: int, *, with_extension: bool) -> dict[str, Path]:
        raise distributions.BuildFailed("this went wrong")

    monkeypatch.setattr(distributions, "build", build)
    assert distributions.main([str(tmp_path)]) == 1
    assert capsys.readouterr().err == "this went wrong\n"


def test_a_copy_has_what_git_has(tmp_path: Path) -> None:
    distributions.copy_repository(tmp_path / "copy")
    assert (tmp_path / "copy" / "gym_lsp" / "project.py").is_file()
    assert (tmp_path / "copy" / ".ci" / "run").is_file()
    for name in (".git", ".venv", "dist", ".editors", "vscode-client/node_modules"):
        assert not (tmp_path / "copy" / name).is_dir(), name


def test_what_a_release_lacks() -> None:
    somewhere = "https://github.com/somebody/a-name"
    assert list(release.missing(f"v{__version__}", somewhere)) == []
    assert list(release.missing("v9.9.9", somewhere)) == [
        f"the tag is v9.9.9, and the version in gym_lsp/__init__.py is {__version__}"
    ]
    [address] = release.missing(f"v{__version__}", None)
    assert address.startswith("REPOSITORY in gym_lsp/project.py is not set")


def test_the_notes_are_the_section_of_the_version() -> None:
    notes = release.notes(__version__)
    assert notes is not None
    assert "\n## " not in notes
    assert release.notes("9.9.9") is None


def test_the_license_is_in_the_extension() -> None:
    assert (REPOSITORY / "vscode-client" / "LICENSE").read_text("utf-8") == (REPOSITORY / "LICENSE").read_text("utf-8")
