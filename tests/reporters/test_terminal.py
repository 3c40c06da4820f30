from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.reporters.terminal import one_line, width_of, wrap
from gym_lsp.text import visible
from tests.reporters.strategies import texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one two three", ["one two", "  three"]),
        ("one two\nthree", ["one two", "  three"]),
        ("one\n\ntwo", ["one", "", "  two"]),
        ("environments/math/config.yaml is long", ["environments/math/config.yaml", "  is", "  long"]),
        ("数学 数学 数", ["数学", "  数学", "  数"]),
        ("", [""]),
    ],
)
def test_wrap(text: str, expected: list[str]) -> None:
    assert wrap(text, 7, first=0, indent="  ") == expected


def test_wrap_leaves_room_before_the_first_line() -> None:
    assert wrap("one two three", 9, first=3, indent="") == ["one", "two three"]


@given(texts, st.integers(10, 60))
def test_wrap_loses_no_word(text: str, width: int) -> None:
    assert "".join("".join(wrap(text, width)).split()) == "".join(one_line(text).split())


@given(texts)
def test_visible_text_has_no_controls(text: str) -> None:
    shown = visible(text)
    assert not any(ord(character) < 0x20 or 0x7F <= ord(character) <= 0x9F for character in shown)
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("数学", 4), ("e\u0301", 1), ("🧮", 2), ("\u200b", 0), ("ﾊ", 1), ("\uff21", 2)]
)
def test_width(text: str, columns: int) -> None:
    assert width_of(text) == columns


@given(st.lists(st.sampled_from(["::error::a", "##vso[a]", "word", "\n", " "])).map(" ".join), st.integers(1, 30))
def test_no_further_line_is_a_command_of_a_runner(text: str, width: int) -> None:
    assert not [line for line in wrap(text, width, indent="    ")[1:] if line.lstrip().startswith(("::", "##"))]
