"""Paths as URIs and back, whatever the names of the files are."""

from __future__ import annotations

import os
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.server.to_lsp import path_of, uri_of

names = st.binary(min_size=1).filter(lambda name: not {b"/"[0], 0} & set(name) and name not in (b".", b".."))


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
@given(st.lists(names, min_size=1, max_size=3))
def test_a_path_comes_back(steps: list[bytes]) -> None:
    path = PurePath(os.fsdecode(b"/".join((b"", *steps))))
    uri = uri_of(path)
    assert uri.startswith("file:///")
    assert uri.isascii()
    assert path_of(uri) == path


def test_other_uris_have_no_path() -> None:
    assert path_of("gym-lsp:/rules/no-servers.md") is None
