"""The tools for maintainers, on the sample workspace: they show what the core does."""

from __future__ import annotations

import shutil
from pathlib import Path, PurePath

import pytest

from gym_lsp.compose.config import leaves
from gym_lsp.compose.run import Run
from gym_lsp.dev.__main__ import main
from gym_lsp.dev.hosting import hosted
from gym_lsp.dev.vscode import MANIFEST
from gym_lsp.files import Disk
from gym_lsp.syntax import spell
from gym_lsp.workspace.workspace import Workspace

ROOT = Path(__file__).parent.parent
CONFIGS = sorted((ROOT / "environments").glob("*/config.yaml"))


def name_of(path: Path) -> str:
    return path.parent.name


def test_tree_shows_every_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("a: &x [1, 'two']\nb: {c: *x} # why\n?\n", encoding="utf-8")
    assert main(["tree", str(path)]) == 0
    shown = [line.split(None, 2) for line in capsys.readouterr().out.splitlines()]
    assert ["1:1", "0..1", "key str 'a'"] in shown
    assert ["1:8", "7..8", "[0] int '1'"] in shown
    assert ["1:11", "10..15", "[1] str 'two' in '"] in shown
    assert ["2:8", "24..26", "alias *x"] in shown
    assert ["2:12", "28..33", "comment '# why'"] in shown
    assert any(line[2].startswith("problem null-key") for line in shown)


@pytest.mark.parametrize("path", CONFIGS, ids=name_of)
def test_merge_shows_every_value_of_the_run(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["merge", str(path)]) == 0
    shown = capsys.readouterr().out.splitlines()
    workspace = Workspace(Disk(), PurePath(ROOT))
    composition = workspace.compose(Run((workspace.spelled(PurePath(path)),), stand_ins=False))
    shown_values = {line[5:].partition(": ")[0] for line in shown if line.startswith(("   + ", "   ~ "))}
    values = {spell(place) for place, _ in leaves(composition.merged) if place[0] != "config_paths"}
    assert values <= shown_values
    assert sum(line.startswith("server ") for line in shown) > len(composition.servers)


def test_merge_masks_secrets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("judge_api_key: hunter2\nmodel_token: ${judge_api_key}\n", encoding="utf-8")
    assert main(["merge", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "hunter2" not in shown
    assert "+ model_token: ${judge_api_key}" in shown


def test_reads_shows_what_is_absent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "environments" / "a" / "config.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("config_paths: [gone.yaml]\n", encoding="utf-8")
    assert main(["reads", str(path)]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert "  kind  gone.yaml  (absent)" in shown
    assert "  kind  env.yaml  (absent)" in shown
    assert any(line.startswith("  read  environments/a/config.yaml  (26 characters)") for line in shown)


def test_docs_names_what_it_updates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("docs", MANIFEST, *hosted()):
        target = tmp_path / name
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile)(ROOT / name, target)
    monkeypatch.setattr("gym_lsp.dev.__main__.CHECKOUT", tmp_path)
    docs = tmp_path / "docs"
    (docs / "settings.md").write_text("", encoding="utf-8")
    (docs / "rules" / "gone.md").touch()
    (docs / "rules" / "README.md").unlink()
    assert main(["docs", "--check"]) == 1
    checked = capsys.readouterr().out.splitlines()
    assert sorted(checked) == [
        "docs/rules/README.md is missing",
        "docs/rules/gone.md is left over",
        "docs/settings.md is out of date",
    ]
    assert main(["docs"]) == 0
    written = capsys.readouterr().out.splitlines()
    assert sorted(written) == ["removed docs/rules/gone.md", "updated docs/rules/README.md", "updated docs/settings.md"]
    assert main(["docs"]) == main(["docs", "--check"]) == 0
    assert capsys.readouterr().out == "all generated pages are up to date\n" * 2


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", str(tmp_path / "gone.yaml")]) == 2
    assert "the file does not exist" in capsys.readouterr().err
