"""Where a check starts: above a root, in it, in a part of it, and at single files."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path, PurePath

import pytest

from gym_lsp.files import DirectoryEntry, Disk
from tests.cli.conftest import BROKEN, CLEAN, TIDES, UNSET, Gym, write
from tests.corpus import Corpus

OTHER = "environments/other/config.yaml"
INCLUDES = f"config_paths: [{TIDES}]\n" + CLEAN.replace("tides", "other")
Finding = tuple[str, int, str]


def findings(gym: Gym, *arguments: str) -> set[Finding]:
    """The findings of a check, with absolute paths."""
    report = json.loads(gym("--check", "--format", "json", *arguments).out)
    found = [
        (str(Path(each["path"]).resolve()), each["range"]["start"]["line"], each["rule"])
        for each in report["diagnostics"]
    ]
    return set(found)


def severities(gym: Gym, path: Path) -> list[str]:
    return [each["severity"] for each in json.loads(gym("--check", "--format", "json", str(path)).out)["diagnostics"]]


@pytest.fixture
def parent(tree: Path) -> Path:
    """A folder with two roots, and with a config of its own."""
    (tree / TIDES).unlink()
    write(tree, f"one/{TIDES}", BROKEN)
    write(tree, "one/gym-lsp.toml", "")
    write(tree, f"lib/two/{TIDES}", CLEAN)
    write(tree, f"lib/two/{OTHER}", INCLUDES)
    write(tree, "lib/two/resources_servers/tides/configs/tides.yaml", UNSET)
    write(tree, "own.yaml", BROKEN)
    return tree


def test_a_folder_of_several_roots_has_the_findings_of_each(
    gym: Gym, parent: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    together = findings(gym)
    alone: set[Finding] = set()
    for root in ("one", "lib/two"):
        monkeypatch.chdir(parent / root)
        found = findings(gym)
        assert found
        alone |= found
    own = {each for each in together if Path(each[0]).name == "own.yaml"}
    assert own
    assert together - own == alone
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert findings(gym, str(parent)) == together


def test_a_part_of_a_root_is_checked_as_in_the_whole(gym: Gym, parent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(parent / "lib/two")
    write(parent, f"lib/two/{OTHER}", INCLUDES.replace("knowledge", "knowlege"))
    other = str(parent / "lib/two" / OTHER)
    whole = {each for each in findings(gym) if each[0] == other}
    assert [rule for _, _, rule in whole] == ["unknown-domain"]
    monkeypatch.chdir(parent / "lib/two/environments/other")
    assert findings(gym) == findings(gym, "config.yaml") == whole
    monkeypatch.chdir("/")
    assert findings(gym, other) == whole


def test_a_folder_of_components_belongs_to_its_root_though_it_is_a_project(
    gym: Gym, parent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(parent, "lib/two/environments/other/pyproject.toml", '[project]\ndependencies = ["nemo-gym"]\n')
    monkeypatch.chdir(parent / "lib/two/environments/other")
    assert findings(gym) == set()


def test_each_file_is_checked_once(gym: Gym, parent: Path) -> None:
    (parent / "again").symlink_to(parent / "lib")
    (parent / "lib/two/loop").symlink_to(parent)
    both = json.loads(gym("--check", "--format", "json", ".", "one", f"one/{TIDES}").out)["diagnostics"]
    places = [
        (
            str(Path(each["path"]).resolve()),
            each["range"]["start"]["line"],
            each["range"]["start"]["column"],
            each["rule"],
        )
        for each in both
    ]
    assert len(places) == len(set(places))


def test_a_single_file_is_checked_without_its_sub_folders(
    gym: Gym, tree: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    write(elsewhere, "a.yaml", CLEAN.replace("name: tides", "name: rivers"))
    write(elsewhere, "deep/rivers.yaml", CLEAN.replace("tides", "rivers"))
    assert severities(gym, elsewhere / "a.yaml") == ["error"]
    # Another file could define the name.
    write(elsewhere, "rivers.yaml", CLEAN.replace("tides", "rivers"))
    assert severities(gym, elsewhere / "a.yaml") == ["information"]


def test_each_root_has_its_own_level_of_failure(gym: Gym, parent: Path) -> None:
    for name in ("own.yaml", f"one/{TIDES}"):
        (parent / name).unlink()
    assert gym("--check").code == 0
    write(parent, "lib/two/gym-lsp.toml", "fail-on = 'warning'\n")
    assert gym("--check").code == 1


def test_files_of_nested_roots_are_shown_and_fixed(gym: Gym, parent: Path) -> None:
    lines = gym("--check", "--show-files").out.splitlines()
    assert f"one/{TIDES}: config" in lines
    assert not any("settings exclude" in line for line in lines)
    gym("--check", "--fix")
    assert "api_key: ???" in (parent / "lib/two/resources_servers/tides/configs/tides.yaml").read_text()


def test_a_run_starts_in_the_working_directory(gym: Gym, parent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(parent / "lib/two/environments/other")
    # The config is found, and its include is not, as in NeMo Gym.
    assert {rule for _, _, rule in findings(gym, "--config", "config.yaml")} >= {"config-path-not-found"}


def test_a_schema_and_a_list_are_those_of_the_root(gym: Gym, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree, "resources_servers/tides/configs/tides.yaml", CLEAN)
    write(
        tree, "responses_api_agents/mine/configs/mine.yaml", "mine: {responses_api_agents: {mine: {entrypoint: a.py}}}"
    )
    asked = [("--json-schema",), ("--list", "environments")]
    at_root = [gym(*arguments).out for arguments in asked]
    assert "mine" in at_root[0]
    monkeypatch.chdir(tree / "environments" / "tides")
    assert [gym(*arguments).out for arguments in asked] == at_root


def _linked(source: str, target: str) -> None:
    """Make a second name of a file, which takes less time than a copy, but needs the same file system."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)


@pytest.mark.corpus
def test_a_folder_of_several_checkouts(gym: Gym, tree: Path, monkeypatch: pytest.MonkeyPatch, corpus: Corpus) -> None:
    (tree / TIDES).unlink()
    counts: list[int] = []
    for name, release in (("Gym", "0.7.0"), ("older", "0.5.1")):
        # A link to a folder would lead out of the workspace.
        shutil.copytree(corpus.release(release), tree / name, copy_function=_linked)
        monkeypatch.chdir(tree / name)
        counts.append(json.loads(gym("--check", "--format", "json").out)["summary"]["errors"])
    monkeypatch.chdir(tree)
    report = json.loads(gym("--check", "--format", "json").out)
    assert report["summary"]["errors"] == sum(counts)
    assert report["release"] == "0.7.0"


def test_a_check_of_one_file_lists_no_other_folders(gym: Gym, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed: list[PurePath] = []
    entries = Disk.entries

    def noting(self: Disk, path: PurePath) -> tuple[DirectoryEntry, ...]:
        listed.append(path)
        return entries(self, path)

    write(tree, "data/deep/rows.yaml", "a: 1\n")
    monkeypatch.setattr(Disk, "entries", noting)
    assert gym("--check", TIDES).code == 0
    assert tree / "data" not in listed
    gym("--check", "data", TIDES)
    assert tree / "data/deep" in listed
