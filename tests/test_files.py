"""The first lines of a file are the same on the disk and in memory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gym_lsp.files import LARGEST_TEXT, Disk, Missing, TooLarge, Unreadable
from tests.memory import Memory

TEXTS = {
    "all of it": ("one\ntwo", 7, "one\ntwo"),
    "whole lines": ("one\ntwo\n", 6, "one\n"),
    "a line that just fits": ("one\ntwo\n", 4, "one\n"),
    "a line that is too long": ("one\n", 3, ""),
    "nothing": ("", 3, ""),
    "a character is not cut": ("é\né\n", 4, "é\n"),
    "a mark at the start": ("\ufeffone\n", 20, "one\n"),
}


@pytest.mark.parametrize(("text", "most", "head"), TEXTS.values(), ids=TEXTS.keys())
def test_head(text: str, most: int, head: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(text, encoding="utf-8", newline="")
    assert Disk().head(path, most) == head
    assert Memory({path: text}).head(path, most) == head


def test_the_head_of_a_file_that_is_too_large_to_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    with path.open("wb") as file:
        file.write(b"{}\n")
        file.truncate(LARGEST_TEXT + 1)
    with pytest.raises(Unreadable):
        Disk().read(path)
    assert Disk().head(path, 100) == "{}\n"


@pytest.mark.parametrize("letter", ["a", "é"])
def test_a_text_above_the_limit_is_not_read_wherever_it_is(letter: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    fits = letter * (LARGEST_TEXT // len(letter.encode()))
    path.write_text(fits, encoding="utf-8")
    assert Disk().read(path) == Memory({path: fits}).read(path) == fits
    path.write_text(f"{fits}a", encoding="utf-8")
    reasons: list[str] = []
    for files in (Disk(), Memory({path: f"{fits}a"})):
        with pytest.raises(Unreadable) as found:
            files.read(path)
        reasons.append(found.value.reason)
    assert reasons == ["it is 2,097,153 bytes long, more than the limit of 2,097,152"] * 2


def test_the_head_of_what_is_not_there(tmp_path: Path) -> None:
    for files in (Disk(), Memory({})):
        with pytest.raises(Missing):
            files.head(tmp_path / "rows.jsonl", 100)


def test_the_limit_applies_to_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "growing.yaml"
    path.write_bytes(b"x" * (LARGEST_TEXT + 1))
    fstat = os.fstat

    def of_an_empty_file(handle: int) -> os.stat_result:
        found = list(fstat(handle))
        found[6] = 0
        return os.stat_result(found)

    monkeypatch.setattr("gym_lsp.files.os.fstat", of_an_empty_file)
    with pytest.raises(TooLarge):
        Disk().read(path)


def test_the_versions_of_many_paths_are_those_of_each(tmp_path: Path) -> None:
    names = ("absent", "a.yaml", "absent", "absent", "a", "b.yaml", "nul\0", "c.yaml", "absent")
    (tmp_path / "a").mkdir()
    for name in ("a.yaml", "b.yaml", "c.yaml"):
        (tmp_path / name).write_text(name)
    paths = [tmp_path / name for name in names]
    assert Disk().versions(list(map(str, paths))) == list(map(Disk().version, paths))
    assert Disk().versions([]) == []
