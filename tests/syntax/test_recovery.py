"""The part of a document that can be read while a user types."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.syntax import Mapping, Node, Sequence, parse, resolve
from gym_lsp.syntax.recovery import LARGEST, MOST_ATTEMPTS
from tests.syntax.documents import SAMPLES, broken

# What a line looks like on the way to being finished; `<` starts one step to the left.
TYPING = [
    *(
        "key",
        "key:",
        "key: ",
        'key: "unclosed',
        "key: 'unclosed",
        "key: [a, b",
        "key: {a: 1",
        "key: {a: ",
        "key: ${oc.env:",
    ),
    *("-", "- ", "- key:", "key: a: b", "key: *", "key: &", "key: !", "key: @x", "key: %x", "key: ${a", "key: |", "? "),
    *("\tkey: value", "    key: value", "<key: value", "*", '"', "'", "[", "{", "`", "<<<<<<< HEAD", "key: value\x00"),
]


class Survival(NamedTuple):
    """How many key paths of the documents there are, and how many were still there with a line typed into them."""

    before: int
    after: int


def key_paths(node: Node | None) -> Counter[tuple[str, ...]]:
    """The key paths of a tree; elements of a list count without their index, which an element before them changes."""
    found: Counter[tuple[str, ...]] = Counter()
    pending: list[tuple[Node, tuple[str, ...]]] = [] if node is None else [(node, ())]
    while pending:
        current, path = pending.pop()
        value = resolve(current)
        if isinstance(value, Mapping):
            pending += [(entry.value, (*path, str(entry.name))) for entry in value.entries]
        elif isinstance(value, Sequence):
            pending += [(item, (*path, "[]")) for item in value.items]
        found[path] += 1
    return found


def typed(text: str, line: int, state: str) -> str:
    """The text with an unfinished line before one of its lines, indented as that is."""
    lines = text.split("\n")
    next_ = next((each for each in lines[line:] if each.strip()), lines[-1])
    indentation = len(next_) - len(next_.lstrip())
    if state.startswith("<key"):
        state, indentation = state[1:], max(0, indentation - 2)
    return "\n".join([*lines[:line], " " * indentation + state, *lines[line:]])


def survival(state: str, texts: tuple[str, ...]) -> Survival:
    before = after = 0
    for text in texts:
        whole = key_paths(parse(text).root)
        for line in range(1, text.count("\n")):
            before += whole.total()
            after += (whole & key_paths(parse(typed(text, line, state)).root)).total()
    return Survival(before, after)


@pytest.mark.parametrize("state", TYPING)
def test_what_is_not_typed_at_survives(state: str) -> None:
    """99 of 100 key paths, at least; a line that moves its neighbours into another block is still YAML, and may."""
    found = survival(state, SAMPLES[:4])
    assert found.before > 500
    assert found.after >= 0.99 * found.before


@pytest.mark.slow
def test_nearly_everything_survives_over_all_states() -> None:
    found = [survival(state, SAMPLES[4:7]) for state in TYPING]
    assert sum(each.after for each in found) >= 0.998 * sum(each.before for each in found)


@pytest.mark.parametrize("text", SAMPLES[:2])
def test_a_text_that_is_being_written_has_a_tree_at_each_keystroke(text: str) -> None:
    size = min(len(text), 900)
    lost = [end for end in range(1, size) if parse(text[:end]).root is None and text[:end].count(":\n") > 1]
    assert not lost


@given(broken)
def test_lines_are_given_up_only_where_the_text_is_broken(text: str) -> None:
    document = parse(text)
    assert bool(document.given_up) <= document.is_broken
    assert len(document.given_up) <= MOST_ATTEMPTS
    assert all("\n" not in span.of(text) for span in document.given_up)


@given(st.integers(0, 40))
def test_what_is_given_up_is_the_broken_line_and_nothing_else(place: int) -> None:
    lines = [f"key{number}: value" for number in range(40)]
    lines.insert(place, "broken: [")
    text = "\n".join(lines)
    document = parse(text)
    assert [span.of(text) for span in document.given_up] == ["broken: ["]
    assert isinstance(document.root, Mapping)
    assert len(document.root.entries) == 40


def test_too_much_breakage_leaves_no_tree() -> None:
    text = "- a: b: c\n" * (MOST_ATTEMPTS + 1)
    assert parse(text).root is None
    assert parse("- a: b: c\n" * MOST_ATTEMPTS).root is None
    assert parse("- a: b: c\n" * MOST_ATTEMPTS + "- d\n").root is not None


def test_nobody_types_a_text_that_large() -> None:
    scalar = "x" * (LARGEST - 10)
    assert parse(f"a: {scalar}\nb: [").root is not None
    assert parse(f"a: {scalar}xxxxxxx\nb: [").root is None
