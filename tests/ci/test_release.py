"""A release: what is built is the same twice, and a tag fits everything that has a version."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from gym_lsp import __version__
from gym_lsp.project import NAME
from tests.ci.conftest import REPOSITORY
from tests.editors.snippets import snippets
from tests.tools import distributions, entries, release


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


def test_the_entries_of_editors_are_what_their_projects_take(tmp_path: Path) -> None:
    address = "https://example.com/gym-lsp"
    assert all(path.read_text("utf-8") for path in entries.write(tmp_path, address))
    reader: Any = YAML(typ="safe")
    package = reader.load(tmp_path / "mason-registry/packages/gym-lsp/package.yaml")
    assert package["source"] == {"id": f"pkg:pypi/gym-lsp@{__version__}"}
    assert (package["homepage"], package["licenses"], package["bin"]) == (
        address,
        ["Apache-2.0"],
        {NAME: f"pypi:{NAME}"},
    )
    assert f"nvim-lspconfig/lsp/{package['neovim']['lspconfig']}.lua" in entries.entries(address)


def test_the_entry_of_helix_has_the_markers_that_its_users_are_told() -> None:
    entry = tomllib.loads(entries.entries("")["helix/languages.toml"])["language-server"]["gym-lsp"]
    told = tomllib.loads(snippets("Helix")[0])["language-server"]["gym-lsp"]
    # People who set up Helix themselves have chosen to have the server in all workspaces with these folders.
    assert set(entry["required-root-patterns"]) == set(told["required-root-patterns"]) - {"environments", "benchmarks"}
    assert entry["command"] == told["command"]


@pytest.mark.parametrize(("address", "code"), [(None, 1), ("https://example.com/gym-lsp", 0)])
def test_without_an_address_there_are_no_entries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str | None, code: int
) -> None:
    monkeypatch.setattr(release, "REPOSITORY", address)
    assert release.main(["entries", str(tmp_path)]) == code
    assert bool(list(tmp_path.iterdir())) is (code == 0)
