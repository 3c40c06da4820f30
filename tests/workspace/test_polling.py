"""Polling finds each change on the disk, and a poll of some places finds it when their turn comes.

The work is counted in places: folders, and files whose content matters.
"""

from __future__ import annotations

import asyncio
import math
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

import pytest

from gym_lsp.files import DirectoryEntry, Disk
from gym_lsp.server.polling import ROUND, SHARE, Pace, poll_files
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.polling import Poller
from tests.patience import PATIENCE

IN_A, IN_C = ("one.yaml", "two.py", "data.jsonl"), ("four.yaml", "gym-lsp.toml")
FILES = ("top.yaml", *(f"a/{name}" for name in IN_A), "b/deep/three.yaml", *(f"c/{name}" for name in IN_C))


class CountingDisk(Disk):
    """The disk, with the places that were polled and the folders that were listed."""

    def __init__(self) -> None:
        self.polled: list[str] = []
        self.listed: list[PurePath] = []

    def versions(self, paths: Sequence[str]) -> list[object]:
        self.polled.extend(paths)
        return super().versions(paths)

    def entries(self, path: PurePath) -> tuple[DirectoryEntry, ...]:
        self.listed.append(path)
        return super().entries(path)


def write(path: Path, text: str = "a: 1\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for name in FILES:
        write(root / name)
    return root


def edit(*names: str) -> Callable[[Path], object]:
    return lambda root: [write(root / name, "a: 1\nb: 2\n") for name in names]


def replace(root: Path) -> None:
    write(root / "a/other.tmp", "a: 1\nb: 2\n")
    (root / "a/other.tmp").replace(root / "a/one.yaml")


def swap(root: Path) -> None:
    """Exchange two folders, so that the names around them stay."""
    (root / "a").rename(root / "x")
    (root / "c").rename(root / "a")
    (root / "x").rename(root / "c")


def become_a_folder(root: Path) -> None:
    (root / "a/one.yaml").unlink()
    write(root / "a/one.yaml/inside.yaml")


def come_back(root: Path) -> None:
    shutil.rmtree(root / "b")
    write(root / "b/five.yaml")


CHANGES: Mapping[str, tuple[Callable[[Path], object], str, str]] = {
    # What happens, the files that are edited, and those that are created or deleted.
    "nothing": (edit(), "", ""),
    "an edit": (edit("b/deep/three.yaml"), "b/deep/three.yaml", ""),
    "edits of settings and source": (edit("c/gym-lsp.toml", "a/two.py"), "c/gym-lsp.toml a/two.py", ""),
    "a replaced file": (replace, "a/one.yaml", ""),
    "rows of data": (edit("a/data.jsonl"), "", ""),
    "other files": (edit("a/notes.txt", "a/.venv/x.yaml", "results/y.yaml"), "", ""),
    "a new file": (edit("b/deep/new.yaml"), "", "b/deep/new.yaml"),
    "new data": (edit("a/new.jsonl", "c/requirements.txt"), "", "a/new.jsonl c/requirements.txt"),
    "a deleted file": (lambda root: (root / "c/four.yaml").unlink(), "", "c/four.yaml"),
    "a new folder": (edit("b/new/deep/x.yaml"), "", "b/new/deep/x.yaml"),
    "an empty folder": (lambda root: (root / "d/e").mkdir(parents=True), "", ""),
    "a renamed folder": (lambda root: (root / "b").rename(root / "z"), "", "b/deep/three.yaml z/deep/three.yaml"),
    "a deleted folder": (
        lambda root: shutil.rmtree(root / "a"), "", " ".join(f"a/{name}" for name in IN_A)
    ),
    "a deleted root": (shutil.rmtree, "", " ".join(FILES)),
    "another folder": (come_back, "", "b/deep/three.yaml b/five.yaml"),
    "two folders that are exchanged": (
        swap, "", " ".join(f"{folder}/{name}" for folder in "ac" for name in (*IN_A, *IN_C))
    ),
    "a folder in place of a file": (become_a_folder, "", "a/one.yaml a/one.yaml/inside.yaml"),
}  # fmt: skip


def expected(root: Path, edited: str, moved: str) -> Change:
    def paths(names: str) -> frozenset[PurePath]:
        return frozenset(PurePath(root / name) for name in names.split())

    return Change(paths(edited), paths(moved))


@pytest.mark.parametrize(("happen", "edited", "moved"), CHANGES.values(), ids=CHANGES)
def test_a_poll_of_all_finds_a_change(root: Path, happen: Callable[[Path], object], edited: str, moved: str) -> None:
    poller = Poller(Disk(), [PurePath(root)])
    assert poller.changes() == Change()
    happen(root)
    assert poller.changes() == expected(root, edited, moved)
    assert poller.changes() == Change()


@pytest.mark.parametrize(("happen", "edited", "moved"), CHANGES.values(), ids=CHANGES)
def test_polls_of_some_places_find_a_change(
    root: Path, happen: Callable[[Path], object], edited: str, moved: str
) -> None:
    poller = Poller(Disk(), [PurePath(root)])
    happen(root)
    found = Change()
    for _ in range(2 * poller.size):
        found |= poller.some_changes(1)
    assert found == expected(root, edited, moved)


def test_a_root_that_comes_back_is_found(root: Path) -> None:
    poller = Poller(Disk(), [PurePath(root), PurePath(root.parent / "later")])
    shutil.move(root, root.parent / "later")
    assert len(poller.changes().created_or_deleted) == 2 * len(FILES)
    shutil.move(root.parent / "later", root)
    assert len(poller.changes().created_or_deleted) == 2 * len(FILES)


def test_the_deepest_folders_are_found_and_dropped(tmp_path: Path) -> None:
    deep = tmp_path / "root"
    for _ in range(1_500):
        deep.mkdir()
        deep /= "d"
    deep.mkdir()
    write(deep / "a.yaml")
    poller = Poller(Disk(), [PurePath(tmp_path / "root")])
    (deep / "a.yaml").unlink()
    for folder in (deep, *deep.parents[:1_500]):
        folder.rmdir()
    assert poller.changes() == Change(created_or_deleted=frozenset({PurePath(deep / "a.yaml")}))


def test_two_changes_with_the_same_version_are_found(root: Path) -> None:
    """As in a file system that keeps whole seconds."""
    poller = Poller(Disk(), [PurePath(root)])
    time = os.stat(root / "a").st_mtime_ns + 10**9
    for name in ("first.yaml", "second.yaml"):
        write(root / "a" / name)
        os.utime(root / "a", ns=(time, time))
        assert poller.changes().created_or_deleted == {PurePath(root / "a" / name)}


def test_a_link_that_changes_its_target_is_followed(root: Path) -> None:
    (root / "link").symlink_to(root / "a")
    poller = Poller(Disk(), [PurePath(root)])
    (root / "link").unlink()
    (root / "link").symlink_to(root / "c")
    assert poller.changes().created_or_deleted == {PurePath(root / "link" / name) for name in (*IN_A, *IN_C)}


# The work


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with 100 folders, each with a config: 201 places."""
    for number in range(100):
        write(tmp_path / f"tree/{number}/config.yaml")
    return tmp_path / "tree"


def test_nothing_is_listed_if_nothing_changes(tree: Path) -> None:
    disk = CountingDisk()
    poller = Poller(disk, [PurePath(tree)])
    disk.listed.clear()
    assert not poller.changes()
    for _ in range(50):
        assert not poller.some_changes(20)
    assert disk.listed == []


def test_each_place_has_its_turn(tree: Path) -> None:
    disk = CountingDisk()
    poller = Poller(disk, [PurePath(tree)])
    disk.polled.clear()
    for number in range(1, 11):
        poller.some_changes(20)
        assert len(disk.polled) <= 20 * number + 1
    poller.some_changes(20)
    assert poller.size == 201
    assert len(set(disk.polled)) == 201
    assert len(disk.polled) <= 221


@pytest.mark.parametrize("most", [1, 10, 1_000])
def test_a_small_tree_is_polled_once_at_a_time(root: Path, most: int) -> None:
    disk = CountingDisk()
    poller = Poller(disk, [PurePath(root)])
    for _ in range(30):
        disk.polled.clear()
        poller.some_changes(most)
        assert len(disk.polled) == len(set(disk.polled))


def test_likely_and_recent_folders_are_polled_each_time(tree: Path) -> None:
    disk = CountingDisk()
    poller = Poller(disk, [PurePath(tree)])
    likely = [PurePath(tree / "99")]
    write(tree / "99/config.yaml", "a: 12\n")
    assert poller.some_changes(10, likely).edited == {PurePath(tree / "99/config.yaml")}
    write(tree / "50/new.yaml")
    while not poller.some_changes(20):
        pass
    for text in ("a: 123\n", "a: 1234\n"):
        write(tree / "50/config.yaml", text)
        assert poller.some_changes(20).edited == {PurePath(tree / "50/config.yaml")}
    for number in range(100):
        write(tree / f"{number}/config.yaml", "a: 12345\n")
    poller.changes()
    disk.polled.clear()
    for _ in range(50):
        poller.some_changes(10, likely)
    assert len(disk.polled) <= 50 * 10 + 1
    assert len(set(disk.polled)) == 202, "the others have their turns although half of the folders are recent"


def test_a_folder_with_many_files_does_not_keep_others_waiting(tree: Path) -> None:
    for number in range(60):
        write(tree / f"large/{number}.yaml")
    disk = CountingDisk()
    poller = Poller(disk, [PurePath(tree)])
    disk.polled.clear()
    polls = math.ceil(poller.size / 10) + 7
    for _ in range(polls):
        poller.some_changes(10, [PurePath(tree / "large")])
    assert len(set(disk.polled)) == poller.size
    assert len(disk.polled) <= polls * 10 + 61


def test_after_a_change_or_a_signal_all_are_due(tree: Path, tmp_path: Path) -> None:
    signal = tmp_path / "index"
    poller = Poller(Disk(), [PurePath(tree)], signals=[PurePath(signal)])
    for cause in (signal, signal, tree / "0/config.yaml"):
        assert not poller.is_all_due
        write(cause, f"{cause}{os.urandom(3).hex()}")
        for _ in range(21):
            poller.some_changes(10)
        assert poller.is_all_due
        poller.changes()


@pytest.mark.parametrize(
    ("size", "microseconds", "most"),
    [(0, 3, 1), (100, 3, 25), (4_000, 3, 1_000), (20_000, 3, 1_433), (20_000, 6, 716), (20_000, 1, 4_300)],
)
def test_a_poll_visits_what_the_share_allows(size: int, microseconds: int, most: int) -> None:
    pace = Pace()
    for _ in range(100):
        pace.took(microseconds * 1e-3, 1_000)
    assert pace.most(size) == pytest.approx(most, abs=1)  # pyright: ignore[reportUnknownMemberType]
    assert (pace.most(size) - 1) * microseconds / 1e6 <= SHARE
    assert pace.most(size) <= 1 + size / ROUND


def test_changes_that_come_together_are_reported_together(tree: Path) -> None:
    class Following:
        def __init__(self) -> None:
            self.reported: list[Change] = []

        def open_paths(self) -> tuple[PurePath, ...]:
            return ()

        def files_changed(self, change: Change) -> None:
            self.reported.append(change)

    async def poll(session: Any, poller: Poller) -> None:
        found = asyncio.Event()
        polling = asyncio.create_task(poll_files(session, poller, lambda _: poller.roots, found.set, pause=0))
        await asyncio.wait_for(found.wait(), PATIENCE)
        polling.cancel()

    session, poller = Following(), Poller(Disk(), [PurePath(tree)])
    paths = [tree / f"{number}/config.yaml" for number in range(0, 100, 3)]
    for path in paths:
        write(path, "a: 12\n")
    asyncio.run(poll(session, poller))
    assert session.reported == [Change.edit(map(PurePath, paths))]
