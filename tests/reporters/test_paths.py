from __future__ import annotations

from pathlib import PurePath, PurePosixPath, PureWindowsPath

import pytest

from gym_lsp.reporters.paths import directory_uri, file_uri, is_below, relative_path, relative_uri

POSIX = PurePosixPath
WINDOWS = PureWindowsPath


@pytest.mark.parametrize(
    ("path", "directory", "expected"),
    [
        (POSIX("/work/a/b.yaml"), POSIX("/work"), "a/b.yaml"),
        (POSIX("/work/b.yaml"), POSIX("/work/a"), "../b.yaml"),
        (POSIX("/work/x/y/b.yaml"), POSIX("/work/a/c"), "../../x/y/b.yaml"),
        (POSIX("/opt/gym/b.yaml"), POSIX("/work/a"), "/opt/gym/b.yaml"),
        (POSIX("/b.yaml"), POSIX("/"), "b.yaml"),
        (POSIX("/work"), POSIX("/work"), "."),
        (POSIX("a/b.yaml"), POSIX("/work"), "a/b.yaml"),
        (POSIX("/work/a/b.yaml"), POSIX("."), "/work/a/b.yaml"),
        (WINDOWS("C:\\work\\a\\b.yaml"), WINDOWS("C:\\work"), "a/b.yaml"),
        (WINDOWS("D:\\b.yaml"), WINDOWS("C:\\work"), "D:/b.yaml"),
    ],
)
def test_relative_path(path: PurePath, directory: PurePath, expected: str) -> None:
    assert relative_path(path, directory) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (POSIX("/work/a b/100%.yaml"), "a%20b/100%25.yaml"),
        (POSIX("/work/数.yaml"), "%E6%95%B0.yaml"),
        (POSIX("/work/c:d.yaml"), "c%3Ad.yaml"),
        (POSIX("/work/q?#[].yaml"), "q%3F%23%5B%5D.yaml"),
        (POSIX("/work/\udcff.yaml"), "%FF.yaml"),
        (POSIX("/work/\ud800.yaml"), "%3F.yaml"),
    ],
)
def test_relative_uri(path: PurePath, expected: str) -> None:
    assert relative_uri(path, POSIX("/work")) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (POSIX("/opt/a b.yaml"), "file:///opt/a%20b.yaml"),
        (WINDOWS("C:\\gym\\a.yaml"), "file:///C:/gym/a.yaml"),
        (WINDOWS("\\\\server\\share\\a.yaml"), "file://server/share/a.yaml"),
    ],
)
def test_file_uri(path: PurePath, expected: str) -> None:
    assert file_uri(path) == expected


def test_directory_uri_ends_in_one_slash() -> None:
    assert directory_uri(POSIX("/work")) == "file:///work/"
    assert directory_uri(POSIX("/")) == "file:///"


def test_is_below() -> None:
    assert is_below(POSIX("/work/a"), POSIX("/work"))
    assert is_below(POSIX("a"), POSIX("/work"))
    assert not is_below(POSIX("/working/a"), POSIX("/work"))
