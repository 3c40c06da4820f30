"""Values at key paths: keys that are not strings are found by their text, and absent keys without a search."""

from __future__ import annotations

import sys
from pathlib import PurePath
from types import FrameType

import pytest

from gym_lsp.compose.config import Leaf, Table, at
from gym_lsp.compose.source import config_file


def config(text: str) -> Table:
    return config_file(PurePath("config.yaml"), text).config


@pytest.mark.parametrize("key", ["a", "1", "-7", "1.5", "1e3", "true", "False", "null", ".inf", "'1'", "0x10"])
def test_a_key_is_found_by_its_text(key: str) -> None:
    table = config(f"{key}: here\nother: there\n")
    (name, value), _ = table.entries.items()
    assert at(table, (str(name),)) is value
    assert at(table, (f"{name}x",)) is None


@pytest.mark.parametrize("step", ["absent", "1_0", "+1", "01", "1.0", "True", "nan", "1" * 5000])
def test_another_text_of_a_key_is_not_its_name(step: str) -> None:
    assert at(config("10: a\n1: b\nfalse: c\n"), (step,)) is None


def test_an_absent_key_is_not_searched_for() -> None:
    def calls(count: int) -> int:
        made = 0

        def called(frame: FrameType, event: str, argument: object) -> None:
            nonlocal made
            made += event in ("call", "c_call")

        table = config("".join(f"key{number}: 1\n" for number in range(count)))
        sys.setprofile(called)
        try:
            assert at(table, ("absent",)) is None
            assert isinstance(at(table, ("key0",)), Leaf)
        finally:
            sys.setprofile(None)
        return made

    assert calls(1_000) == calls(10)
