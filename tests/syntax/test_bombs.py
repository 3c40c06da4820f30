"""Texts made to exhaust a parser are read quickly, and rejected if OmegaConf rejects them."""

from __future__ import annotations

import pytest

from gym_lsp.syntax import SyntaxProblemKind, parse, reader, recovery
from gym_lsp.syntax.reader import DEEPEST, MOST_EXPANDED
from tests.counting import at_most
from tests.syntax.oracle import Refused, load, ours, value_of


def kinds(text: str) -> set[SyntaxProblemKind]:
    return {problem.kind for problem in parse(text).problems}


def laughs(levels: int) -> str:
    """A few lines that expand to 10 ** levels values."""
    lines = ["a0: &a0 lol"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


def test_a_billion_laughs_is_refused_and_what_is_left_can_be_handled() -> None:
    with at_most(1_000_000):
        document = parse(laughs(10))
        assert {problem.kind for problem in document.problems} == {SyntaxProblemKind.EXPANSION}
        assert document.root is not None
        value_of(document.root)


def test_a_few_laughs_are_read() -> None:
    assert ours(laughs(4)) == load(laughs(4))


def test_merge_keys_laugh_no_longer() -> None:
    lines = ["a0: &a0 {k: v}"] + [
        f"a{n}: &a{n} {{{', '.join(f'k{i}: *a{n - 1}' for i in range(10))}}}" for n in range(1, 9)
    ]
    lines.append("b: {<<: [*a8, *a7]}")
    with at_most(100_000):
        assert kinds("\n".join(lines)) == {SyntaxProblemKind.EXPANSION}


def test_a_long_document_is_no_bomb() -> None:
    text = "".join(f"key{number}: value\n" for number in range(2 * MOST_EXPANDED))
    with at_most(500 * MOST_EXPANDED):
        assert not parse(text).problems


@pytest.mark.parametrize("text", ["&a [*a]", "a: &a\n  b: *a\n", "&a {*a : 1}", "- &a\n  - &b [*a, *b]\n"])
def test_an_alias_inside_what_it_stands_for_is_refused(text: str) -> None:
    assert SyntaxProblemKind.RECURSIVE_ALIAS in kinds(text)
    assert isinstance(load(text), Refused) or "*a :" in text


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "a:\n"])
def test_ten_thousand_levels_are_refused(opening: str) -> None:
    text = opening * 10_000
    if opening == "a:\n":
        text = "".join(f"{' ' * level}a:\n" for level in range(2_000))
    with at_most(100_000):
        document = parse(text)
        assert document.problems
        if document.root is not None:
            value_of(document.root)


def test_the_depth_that_is_allowed_can_be_handled() -> None:
    deep = "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1)
    assert ours(deep) == load(deep) != Refused
    assert kinds(f"[{deep}]") == {SyntaxProblemKind.TOO_DEEP}


def test_aliases_do_not_add_up_to_a_greater_depth() -> None:
    levels = DEEPEST - 10
    opened, closed = "[" * levels, "]" * levels
    lines = [f"a0: &a0 {opened}{closed}"] + [f"a{n}: &a{n} {opened}*a{n - 1}{closed}" for n in range(1, 12)]
    document = parse("\n".join(lines))
    assert {problem.kind for problem in document.problems} == {SyntaxProblemKind.TOO_DEEP}
    assert document.root is not None
    assert value_of(document.root)


@pytest.mark.parametrize(
    "text", ["a" * 2_000_000, "a: " + "'x' " * 500_000, "#" * 2_000_000, "\n" * 2_000_000, "\t" * 500_000]
)
def test_a_large_text_does_not_hang(text: str) -> None:
    with at_most(10_000):
        document = parse(text)
        assert document.text is text
        assert len(document.comments) <= 1


def test_broken_lines_by_the_thousand_do_not_hang() -> None:
    with at_most(1_000_000):
        assert parse("a: b: c\n" * 20_000).problems
        assert parse("key: 'it's\n" * 2_000).problems
        assert parse("- [\n" * 2_000).problems


@pytest.fixture
def read_lengths(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The length of each text that recovering reads."""
    lengths: list[int] = []

    def counting(text: str) -> reader.Reading:
        lengths.append(len(text))
        return reader.read(text)

    monkeypatch.setattr(recovery, "read", counting)
    return lengths


@pytest.mark.parametrize(
    "line", ["a: b: c\n", "[" * 500 + "\n", "{a: " * 200 + "\n", "- [\n", "key: 'it's\n"], ids=lambda line: line[:8]
)
def test_recovering_has_a_budget(line: str, read_lengths: list[int]) -> None:
    for size in (1_000, 100_000, 250_000):
        read_lengths.clear()
        assert parse(line * (size // len(line))).problems
        assert sum(read_lengths) <= recovery.MOST_READ + 4 * size


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_reading_ends_at_the_greatest_depth(opening: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Libyaml looks at each open collection for each token, so a hundred thousand of them would take hours."""
    opened: list[int] = []
    builder = reader._Builder  # pyright: ignore[reportPrivateUsage]
    original = builder._open  # pyright: ignore[reportPrivateUsage]

    def counting(self: object, *event: object) -> None:
        opened.append(1)
        original(self, *event)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(builder, "_open", counting)
    assert reader.read(opening * 100_000).problems
    assert len(opened) <= DEEPEST
