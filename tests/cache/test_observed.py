"""What is different from earlier observations of the disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path, PurePath

import pytest

from gym_lsp.cache.observed import Difference, Observed, differing
from gym_lsp.files import Disk, Unreadable

NAMES = ("a.yaml", "absent.yaml", "folder", "folder/b.yaml", "folder/c.txt", "link.yaml", "empty")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path.resolve()
    (root / "folder").mkdir()
    (root / "empty").mkdir()
    (root / "a.yaml").write_text("a: 1\n")
    (root / "folder/b.yaml").write_text("b: 1\n")
    (root / "folder/c.txt").write_text("one\ntwo\n")
    (root / "link.yaml").symlink_to(root / "a.yaml")
    return root


def observed(root: Path) -> Observed:
    """Return files that were asked everything once."""
    files = Observed(Disk())
    for name in NAMES:
        path = PurePath(root / name)
        files.kind(path)
        files.entries(path.parent)
        files.resolve(path)
        with suppress(Unreadable):
            files.read(path)
        with suppress(Unreadable):
            files.head(path, 5)
    return files


def relative(root: Path, difference: Difference) -> Iterator[frozenset[str]]:
    for paths in (difference.paths, difference.folders, difference.moved):
        yield frozenset(os.path.relpath(path, root) for path in paths)


CHANGES: dict[str, tuple[Callable[[Path], object], set[str], set[str], set[str]]] = {
    "nothing": (lambda root: None, set(), set(), set()),
    "the same text again": (lambda root: (root / "a.yaml").write_text("a: 1\n"), set(), set(), set()),
    "another text": (lambda root: (root / "a.yaml").write_text("a: 2\n"), {"a.yaml", "link.yaml"}, set(), set()),
    "a file at a path where none was": (
        lambda root: (root / "absent.yaml").write_text("x: 1\n"),
        {"absent.yaml"},
        {"."},
        {"absent.yaml"},
    ),
    "a new file": (lambda root: (root / "folder/d.yaml").write_text(""), set(), {"folder"}, {"folder/d.yaml"}),
    "no file any more": (
        lambda root: (root / "folder/b.yaml").unlink(),
        {"folder/b.yaml"},
        {"folder"},
        {"folder/b.yaml"},
    ),
    "a file instead of a link": (
        lambda root: ((root / "link.yaml").unlink(), (root / "link.yaml").write_text("a: 1\n")),
        {"link.yaml"},
        {"."},
        {"link.yaml"},
    ),
    "a folder instead of a file": (
        lambda root: ((root / "a.yaml").unlink(), (root / "a.yaml").mkdir()),
        {"a.yaml", "link.yaml"},
        {"."},
        {"a.yaml", "link.yaml"},
    ),
    "a new folder": (lambda root: (root / "new").mkdir(), set(), {"."}, {"new"}),
    "bytes that are not text": (
        lambda root: (root / "a.yaml").write_bytes(b"\xff"),
        {"a.yaml", "link.yaml"},
        set(),
        set(),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_different(tree: Path, name: str) -> None:
    change, paths, folders, moved = CHANGES[name]
    known = observed(tree).take().compact()
    change(tree)
    difference = differing(known, Disk())
    assert [*relative(tree, difference)] == [paths, folders, moved]
    assert bool(difference) == bool(paths or folders)


def test_only_the_head_of_rows_matters(tree: Path) -> None:
    path = PurePath(tree / "folder/c.txt")
    files = Observed(Disk())
    files.head(path, 5)
    (tree / "folder/c.txt").write_text("one\nthree\n")
    assert not differing(files.take(), Disk())


def test_what_a_difference_reaches() -> None:
    difference = Difference(frozenset({"/w/a"}), frozenset({"/w/f"}), frozenset({"/w/f/new"}))
    paths = ("/w/a", "/w/f", "/w/f/", "/w/f/new", "/w/f/new/x", "/w/f/old", "/w", "/w/")
    assert [path for path in paths if difference.reaches(path)] == ["/w/a", "/w/f/", "/w/f/new", "/w/f/new/x"]


def test_what_was_taken_is_not_taken_again(tree: Path) -> None:
    files = observed(tree)
    assert files.take().paths()
    assert not files.take().paths()


def test_what_is_noted_is_bounded(tree: Path) -> None:
    files = Observed(Disk(), 100)
    for number in range(100):
        files.kind(PurePath(tree / f"typed{number}"))
    assert files.noted({}) is not None
    for number in range(1_000):
        files.kind(PurePath(tree / f"more{number}"))
    assert files.noted({}) is None
    assert len(files.take().kinds) == 101
