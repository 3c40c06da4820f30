"""Files with very many mistakes: the work is bounded, and what is left out is counted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from gym_lsp.compose import servers
from gym_lsp.compose.flaw import Flaw
from gym_lsp.rules.engine.engine import MOST_ALIKE
from gym_lsp.syntax import parse
from gym_lsp.text import lines_of
from tests.fixture import findings, parse_fixture

SERVER = """\
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
"""
FAMILIES: dict[str, Callable[[int], str]] = {
    "repeated keys": lambda number: "note: 1\n",
    "keys that are not found": lambda number: f"note{number}: ${{nowhere}}\n",
    "unknown resolvers": lambda number: f"note{number}: ${{absent:x}}\n",
    "targets that are not found": lambda number: f"block{number}: {{_copy: nowhere}}\n",
    "entries that are not found": lambda number: "",
}


def text_of(line: Callable[[int], str], count: int) -> str:
    return SERVER + "".join(map(line, range(count)))


@pytest.mark.parametrize("line", FAMILIES.values(), ids=FAMILIES.keys())
def test_what_is_left_out_is_counted(line: Callable[[int], str]) -> None:
    count = 1_000
    text = text_of(line, count)
    if not line(0):
        entries = "".join(f"  - environments/none{number}/config.yaml\n" for number in range(count))
        text = f"config_paths:\n{entries}{SERVER}"
    found = findings(parse_fixture(text))
    assert len(found) == MOST_ALIKE
    more = [each.message for each in found if "more of this kind in this file" in each.message]
    left_out = count - MOST_ALIKE - (line(0) == line(1) != "")
    assert len(more) == 1
    assert more[0].endswith(f"(and {left_out} more of this kind in this file)")


def test_a_repeated_key_does_not_read_the_text_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from gym_lsp.rules.files import duplicate_key

    parsed: list[str] = []

    def counting(text: str) -> object:
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr(duplicate_key, "parse", counting)
    assert findings(parse_fixture(text_of(FAMILIES["repeated keys"], 10)))
    assert not parsed


def numbered(line: str, count: int) -> str:
    return "".join(line.replace("#", str(number)) for number in range(count))


GROWING: dict[str, Callable[[int], str]] = {
    "problems that the lines around them explain": lambda count: f"{SERVER}x:\n" + numbered("- *absent#\n", count),
    "interpolations in a list beside many keys": lambda count: (
        f"{SERVER}x:\n" + numbered("- ${counting.#}\n", count) + numbered("key#: 1\n", count)
    ),
}


def calls(text: str) -> int:
    """Return how many functions are called to check a text."""
    count = 0

    def called(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    fixture = parse_fixture(text)
    lines_of.cache_clear()
    sys.setprofile(called)
    try:
        findings(fixture)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("text_of", GROWING.values(), ids=GROWING.keys())
def test_the_calls_grow_with_the_text(text_of: Callable[[int], str]) -> None:
    calls(text_of(1))
    few, more, many = (calls(text_of(count)) for count in (70, 140, 280))
    assert many - more < 2.5 * (more - few)


def test_a_line_of_dashes_is_looked_at_once() -> None:
    few, many = (calls("z: 1\n" + "- " * count) for count in (10, 1_000))
    assert many < few + 100


def test_flaws_are_not_compared_with_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0

    class Compared(Flaw, frozen=True):
        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return super().__eq__(other)

        __hash__ = None  # pyright: ignore[reportAssignmentType]

    monkeypatch.setattr(servers, "Flaw", Compared)
    datasets = "".join(f"        - {{name: x{number}, type: trian}}\n" for number in range(100))
    findings(parse_fixture(f"counting:\n  resources_servers:\n    counting:\n      datasets:\n{datasets}"))
    assert compared < 100
