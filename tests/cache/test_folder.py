"""The folder of the cache, as each platform has it."""

from __future__ import annotations

import pytest

from gym_lsp.cache.folder import user_cache_folder


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({"HOME": "/home/a"}, "linux", "/home/a/.cache/gym-lsp"),
        ({"HOME": "/home/a", "XDG_CACHE_HOME": "/c"}, "linux", "/c/gym-lsp"),
        ({"HOME": "/home/a", "XDG_CACHE_HOME": "relative"}, "linux", "/home/a/.cache/gym-lsp"),
        ({"HOME": "/home/a", "XDG_CACHE_HOME": ""}, "linux", "/home/a/.cache/gym-lsp"),
        ({"HOME": "/Users/a"}, "darwin", "/Users/a/Library/Caches/gym-lsp"),
        ({"LOCALAPPDATA": "/local", "USERPROFILE": "/a"}, "win32", "/local/gym-lsp"),
        ({"USERPROFILE": "/a"}, "win32", "/a/AppData/Local/gym-lsp"),
        ({"HOME": "relative"}, "linux", "None"),
        ({}, "linux", "None"),
    ],
)
def test_the_folder_of_the_user(environment: dict[str, str], platform: str, expected: str) -> None:
    assert str(user_cache_folder(environment, platform)) == expected
