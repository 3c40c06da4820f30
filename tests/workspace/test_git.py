"""Whether Git would commit a file, compared with Git itself."""

from __future__ import annotations

import subprocess
from pathlib import Path, PurePath

import pytest

from gym_lsp.files import Disk
from gym_lsp.workspace.git import repository, would_commit

FILES = (
    "env.yaml", "a/env.yaml", "a/b/env.yaml", "secrets/x.yaml", "secrets/keep.yaml", "a/secrets/x.yaml", "build/y.yaml",
    "a/build/y.yaml", "x.local.yaml", "a/x.local.yaml", "kept/x.local.yaml", "a b/z.yaml", "only/here.yaml",
    "a/only/here.yaml", "excluded.yaml", "\N{LATIN SMALL LETTER E WITH ACUTE}.yaml",
)  # fmt: skip
IGNORED = {
    "names": {".gitignore": "env.yaml\n"},
    "folders": {".gitignore": "secrets/\n/build\n"},
    "a folder cannot be entered again": {".gitignore": "secrets/\n!secrets/keep.yaml\n"},
    "files of a folder can": {".gitignore": "secrets/*\n!secrets/keep.yaml\n"},
    "patterns": {".gitignore": "# local\n*.local.yaml\n!kept/*.local.yaml\n\\#x\n"},
    "a file below": {".gitignore": "*.yaml\n", "a/.gitignore": "!env.yaml\n/only\n", "a/b/.gitignore": "*\n"},
    "stars": {".gitignore": "**/only/*.yaml\na*/z.yaml\n*/b/\n"},
    "exclude": {".git/info/exclude": "excluded.yaml\n"},
    "everything": {".gitignore": "*\n!*/\n!x.local.yaml\n"},
    "a bracket in brackets": {".gitignore": "[[x]*.yaml\n"},
    "nothing": {},
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("texts", IGNORED.values(), ids=IGNORED)
def test_as_git(tmp_path: Path, texts: dict[str, str]) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    for name in (*FILES, *texts):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts.get(name, ""), "utf-8")
    listed = ["git", "-c", "core.quotePath=false", "-c", "core.excludesFile=", "ls-files", "-oz", "--exclude-standard"]
    ran = subprocess.run(listed, cwd=tmp_path, check=True, capture_output=True)
    expected = set(ran.stdout.decode().split("\0")) & set(FILES)
    assert {name for name in FILES if would_commit(Disk(), PurePath(tmp_path / name))} == expected


def test_without_a_repository(tmp_path: Path) -> None:
    (tmp_path / "env.yaml").touch()
    assert not would_commit(Disk(), PurePath(tmp_path / "env.yaml"))
    assert repository(Disk(), PurePath(tmp_path)) is None


def test_a_link_is_added_without_the_content_of_its_target(tmp_path: Path) -> None:
    top = tmp_path / "repository"
    (top / ".git").mkdir(parents=True)
    (tmp_path / "outside.yaml").touch()
    (top / "inside.yaml").touch()
    for target in ("../outside.yaml", "inside.yaml"):
        (top / f"link_to_{target.removeprefix('../')}").symlink_to(target)
    asked = ("inside.yaml", "link_to_inside.yaml", "link_to_outside.yaml")
    assert [would_commit(Disk(), PurePath(top / name)) for name in asked] == [True, True, False]
