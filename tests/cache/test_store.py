"""A file of a cache is what was written last, or as if it were not there."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path, PurePath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Raw

from gym_lsp.cache.encoding import encoded
from gym_lsp.cache.observed import Observations
from gym_lsp.cache.store import Cache, Stored
from gym_lsp.files import Unwritable

KEY = ("0.1.0", "/w")


def stored(text: str = "x") -> Stored:
    seen = Observations(texts={"/w/a.yaml": text.encode()})
    return Stored(seen, frozenset({"/w"}), Raw(encoded(text)), {"/w/a.yaml": text}, {"/w": Raw(encoded([text]))})


def text_of(found: Stored | None) -> object:
    return None if found is None else found.shown["/w/a.yaml"]


def file_in(folder: Path) -> Path:
    [path] = folder.glob("*.gym-lsp-cache")
    return path


def test_what_was_written_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "cache"
    Cache(PurePath(folder), KEY).write(lambda: stored("first"))
    Cache(PurePath(folder), KEY).write(lambda: stored("second"))
    assert text_of(Cache(PurePath(folder), KEY).read()) == "second"
    assert text_of(Cache(PurePath(folder), ("0.2.0", "/w")).read()) is None
    assert stat.S_IMODE(file_in(folder).stat().st_mode) == 0o600
    assert (folder / ".gitignore").read_text() == "*\n"


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "cut off in the key": lambda data: data[:10],
    "cut off in the middle": lambda data: data[: len(data) // 2],
    "one byte short": lambda data: data[:-1],
    "one byte more": lambda data: data + b"\0",
    "of another key": lambda data: bytes(32) + data[32:],
    "text": lambda data: b"not a cache",
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_file_is_as_if_it_were_not_there(tmp_path: Path, kind: str) -> None:
    cache = Cache(PurePath(tmp_path), KEY)
    cache.write(stored)
    path = file_in(tmp_path)
    path.write_bytes(DAMAGE[kind](path.read_bytes()))
    assert cache.read() is None
    cache.write(lambda: stored("again"))
    assert text_of(cache.read()) == "again"


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_other_byte_is_accepted(tmp_path: Path, data: st.DataObject) -> None:
    cache = Cache(PurePath(tmp_path), KEY)
    cache.write(stored)
    path = file_in(tmp_path)
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :])
    assert cache.read() is None


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unwritable):
        Cache(PurePath(tmp_path / "file"), KEY).write(stored)


def test_what_is_not_unicode_is_not_kept(tmp_path: Path) -> None:
    cache = Cache(PurePath(tmp_path), KEY)
    cache.write(lambda: Stored(Observations({"/w/\udcff": b""}), frozenset(), Raw(b"\x01"), {}, {}))
    assert cache.read() is None


def test_old_files_are_removed(tmp_path: Path) -> None:
    Cache(PurePath(tmp_path), ("old",)).write(stored)
    old = file_in(tmp_path)
    os.utime(old, (0, 0))
    (tmp_path / "other").write_text("not ours")
    os.utime(tmp_path / "other", (0, 0))
    Cache(PurePath(tmp_path), KEY).write(stored)
    assert not old.exists()
    assert (tmp_path / "other").exists()
