from __future__ import annotations

from pathlib import PurePath, PurePosixPath, PureWindowsPath

import pytest

from gym_lsp.reporters.paths import directory_uri, file_uri, is_below, relative_path, relative_uri

POSIX = PurePosixPath
WINDOWS = PureWindowsPath


@pytest.mark.parametrize(
    ("path", "directory", "expected"),
    [
        (POSIX("/repo/a/b.yaml"), POSIX("/repo"), "a/b.yaml"),
        (POSIX("/repo/b.yaml"), POSIX("/repo/a"), "../b.yaml"),
        (POSIX("/repo/x/y/b.yaml"), POSIX("/repo/a/c"), "../../x/y/b.yaml"),
        (POSIX("/opt/gym/b.yaml"), POSIX("/repo/a"), "/opt/gym/b.yaml"),
        (POSIX("/b.yaml"), POSIX("/"), "b.yaml"),
        (POSIX("/repo"), POSIX("/repo"), "."),
        (POSIX("a/b.yaml"), POSIX("/repo"), "a/b.yaml"),
        (POSIX("/repo/a/b.yaml"), POSIX("."), "/repo/a/b.yaml"),
        (WINDOWS("C:\\work\\a\\b.yaml"), WINDOWS("C:\\work"), "a/b.yaml"),
        (WINDOWS("D:\\b.yaml"), WINDOWS("C:\\work"), "D:/b.yaml"),
    ],
)
def test_relative_path(path: PurePath, directory: PurePath, expected: str) -> None:
    assert relative_path(path, directory) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (POSIX("/repo/a b/100%.yaml"), "a%20b/100%25.yaml"),
        (POSIX("/repo/数.yaml"), "%E6%95%B0.yaml"),
        (POSIX("/repo/c:d.yaml"), "c%3Ad.yaml"),
        (POSIX("/repo/q?#[].yaml"), "q%3F%23%5B%5D.yaml"),
        (POSIX("/repo/\udcff.yaml"), "%FF.yaml"),
        (POSIX("/repo/\ud800.yaml"), "%3F.yaml"),
    ],
)
def test_relative_uri(path: PurePath, expected: str) -> None:
    assert relative_uri(path, POSIX("/repo")) == expected


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
    assert directory_uri(POSIX("/repo")) == "file:///repo/"
    assert directory_uri(POSIX("/")) == "file:///"


def test_is_below() -> None:
    assert is_below(POSIX("/repo/a"), POSIX("/repo"))
    assert is_below(POSIX("a"), POSIX("/repo"))
    assert not is_below(POSIX("/working/a"), POSIX("/repo"))
