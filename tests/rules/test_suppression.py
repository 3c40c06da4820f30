from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.compose.source import config_file
from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.rules.engine.suppression import (
    InvalidSuppression,
    Outcome,
    SuppressionError,
    apply,
    find_invalid,
    find_suppressions,
    removal,
)
from gym_lsp.syntax import parse
from gym_lsp.text import LineIndex, Span, apply_edits

PATH = PurePosixPath("/project/config.yaml")
RULES = frozenset({"a", "b", "c"})

# `«a:x»` is a finding of rule a over `x` that is suppressed, `«!a:x»` one that is not. The list in each case contains
# what is unused: the names, or `*` for a comment without names.
CASES: dict[str, tuple[str, list[str]]] = {
    "at the end of a line": (
        """
        x: «a:1»  # gym-lsp: ignore[a] for now
        y: «!a:2»
        """,
        [],
    ),
    "another rule": (
        "x: «!b:1»  # gym-lsp: ignore[a]",
        ["a"],
    ),
    "several rules": (
        "x: «a:1» # gym-lsp: ignore[b, a]",
        ["b"],
    ),
    "all rules": (
        "x: «a:«b:1»» # gym-lsp: ignore  why not",
        [],
    ),
    "all rules, none found": (
        "x: 1 # gym-lsp: ignore",
        ["*"],
    ),
    "the end of a line covers nothing below": (
        """
        «a:x»:  # gym-lsp: ignore[a]
          y: «!a:1»
        """,
        [],
    ),
    "above a block": (
        """
        # gym-lsp: ignore[a]
        «a:x»:
          y:
            - «a:1»
            - z: «a:2»
        «!a:w»: 3
        """,
        [],
    ),
    "above a nested block": (
        """
        x:
          # gym-lsp: ignore[a]
          y:
            z: «a:1»
          w: «!a:2»
        """,
        [],
    ),
    "above an element": (
        """
        x:
          # gym-lsp: ignore[a]
          - name: «a:1»
            type: «a:2»
          - name: «!a:3»
        """,
        [],
    ),
    "above an element at the indentation of its key": (
        """
        x:
        # gym-lsp: ignore[a]
        - name: «a:1»
          type: «a:2»
        - name: «!a:3»
        """,
        [],
    ),
    "above a flow mapping of several lines": (
        """
        # gym-lsp: ignore[a]
        x: {y: «a:1»,
            z: «a:2»}
        w: «!a:3»
        """,
        [],
    ),
    "inside a flow mapping": (
        """
        x: {
          # gym-lsp: ignore[a]
          y: «a:1», z: {v: 1,
            u: «a:2»},
          w: «!a:3»
        }
        """,
        [],
    ),
    "above a block scalar": (
        """
        # gym-lsp: ignore[a]
        x: |
          one
          «a:two»
        y: «!a:3»
        """,
        [],
    ),
    "comments and blank lines in between": (
        """
        # gym-lsp: ignore[a]
        # gym-lsp: ignore[b]

        # The judge.
        x: «a:«b:1»»
        """,
        [],
    ),
    "at the end of the file": (
        """
        x: «!a:1»
        # gym-lsp: ignore[a]
        """,
        ["a"],
    ),
    "above the document": (
        """
        # gym-lsp: ignore[a]
        ---
        x: «a:1»
        y: «!a:2»
        """,
        [],
    ),
    "the whole file, from its start": (
        """
        # gym-lsp: file-ignore[a] all of it
        x: «a:1»
        y: «!b:«a:2»»
        """,
        [],
    ),
    "the whole file, from its end": (
        """
        x: «a:1»
          # gym-lsp: file-ignore
        """,
        [],
    ),
    "a comment in a string": (
        """
        x: "«!a:1» # gym-lsp: ignore[a]"
        y: |
          # gym-lsp: ignore[a]
          «!a:2»
        """,
        [],
    ),
    "after another comment": (
        "x: «a:1»  # one # gym-lsp: ignore[a] why # yamllint disable-line",
        [],
    ),
    "two in one comment": (
        "x: «a:«b:1»»  # gym-lsp: ignore[a] # gym-lsp: ignore[b]",
        [],
    ),
    "with white space everywhere": (
        "x: «a:«b:1»»  #gym-lsp:ignore [ a ,b, ]",
        [],
    ),
    "prose": (
        """
        # gym-lsp ignores this file's prompts; see gym-lsp: the manual
        x: «!a:1»
        """,
        [],
    ),
    "a rule that was not checked": (
        "x: 1 # gym-lsp: ignore[later, a]",
        ["a"],
    ),
    "an empty value": (
        "x:«a:» # gym-lsp: ignore[a]",
        [],
    ),
    "CRLF": (
        "# gym-lsp: ignore[a]\r\nx: «a:1»\r\ny: «!a:2»\r\n",
        [],
    ),
    "broken YAML": (
        """
        x: «a:[1» # gym-lsp: ignore[a]
        y: «!a:2»
        """,
        [],
    ),
}


def read_case(written: str) -> tuple[str, list[Diagnostic], list[Diagnostic]]:
    """Return the text, all findings, and those that are not suppressed."""
    text = ""
    opened: list[tuple[str, int]] = []
    found: list[Diagnostic] = []
    kept: list[Diagnostic] = []
    for piece in re.split(r"(«!?\w+:|»)", dedent(written).lstrip("\n")):
        if piece.startswith("«"):
            opened.append((piece[1:-1], len(text)))
        elif piece == "»":
            rule, start = opened.pop()
            diagnostic = Diagnostic(PATH, Span(start, len(text)), rule.lstrip("!"), Severity.ERROR, "wrong")
            found.append(diagnostic)
            if rule.startswith("!"):
                kept.append(diagnostic)
        else:
            text += piece
    return text, found, kept


@pytest.mark.parametrize(("written", "unused"), CASES.values(), ids=CASES.keys())
def test_suppression(written: str, unused: list[str]) -> None:
    text, found, kept = read_case(written)
    outcome = apply(config_file(PATH, text), found, RULES)
    assert list(outcome.kept) == kept
    names = [name.name for each in outcome.unused for name in each.names]
    assert names + ["*" for each in outcome.unused if not each.names] == unused


def test_the_parts_of_a_suppression() -> None:
    text = "x: 1  # gym-lsp: ignore[a, b]  because\n"
    (found,) = find_suppressions(parse(text))
    assert found.span.of(text) == "# gym-lsp: ignore[a, b]  because"
    assert [(name.name, name.span.of(text)) for name in found.names] == [("a", "a"), ("b", "b")]
    assert found.reason == "because"
    assert found.covered.of(text) == text.rstrip("\n")


@pytest.mark.parametrize(
    ("text", "error", "place"),
    [
        ("x: 1 # gym-lsp: ignroe[a]", SuppressionError.UNKNOWN_DIRECTIVE, "ignroe"),
        ("x: 1 # gym-lsp:", SuppressionError.UNKNOWN_DIRECTIVE, "# gym-lsp:"),
        ("x: 1 # gym-lsp: [a]", SuppressionError.UNKNOWN_DIRECTIVE, "# gym-lsp: [a]"),
        ("x: 1 # gym-lsp ignore[a]", SuppressionError.NO_COLON, "# gym-lsp ignore[a]"),
        ("x: 1 # gym-lsp file-ignore", SuppressionError.NO_COLON, "# gym-lsp file-ignore"),
        ("x: 1 # gym-lsp: ignore[a why", SuppressionError.UNCLOSED, "[a why"),
        ("x: 1 # gym-lsp: ignore[ ,] why", SuppressionError.NO_RULE, "[ ,]"),
        ("x: 1 # gym-lsp: file-ignore[a]", SuppressionError.NOT_ALONE, "# gym-lsp: file-ignore[a]"),
        ("x: 1 # gym-lsp: ignore[a, zz]", SuppressionError.UNKNOWN_RULE, "zz"),
        ("# gym-lsp: file-ignore[zz]", SuppressionError.UNKNOWN_RULE, "zz"),
    ],
)
def test_invalid(text: str, error: SuppressionError, place: str) -> None:
    file = config_file(PATH, text)
    span = Span(text.index(place), text.index(place) + len(place))
    assert find_invalid(file, RULES) == (InvalidSuppression(file, error, span, place),)


@pytest.mark.parametrize(
    "text", ["# about gym-lsp\n", "# gym-lsp is fine\n", "x: '# gym-lsp: nonsense'\n", "# not-gym-lsp: x\n"]
)
def test_no_invalid(text: str) -> None:
    assert find_invalid(config_file(PATH, text), RULES) == ()


def test_an_invalid_comment_does_not_suppress_anything() -> None:
    text, found, _ = read_case("x: «!a:1» # gym-lsp: ignore[a")
    assert apply(config_file(PATH, text), found, RULES) == Outcome(tuple(found), ())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x: 1  # gym-lsp: ignore[a] why\ny: 2\n", "x: 1\ny: 2\n"),
        ("# gym-lsp: ignore[a]\nx: 1\n", "x: 1\n"),
        ("y:\n  # gym-lsp: ignore[a]\r\n  x: 1\n", "y:\n  x: 1\n"),
        ("x: 1\n# gym-lsp: ignore", "x: 1\n"),
        ("x: 1  # one # gym-lsp: ignore[a] # two\n", "x: 1  # one # two\n"),
        ("  # gym-lsp: ignore[a] # two\nx: 1\n", "  # two\nx: 1\n"),
        ("x: 1 # gym-lsp: ignore[a, later,b] why\n", "x: 1 # gym-lsp: ignore[later] why\n"),
    ],
)
def test_removal(before: str, after: str) -> None:
    (unused,) = apply(config_file(PATH, before), (), RULES).unused
    assert apply_edits(before, [removal(unused)]) == after


_LINES = st.sampled_from(
    [
        *("# gym-lsp: ignore[a]", "# gym-lsp: ignore", "# gym-lsp: file-ignore[b]", "# gym-lsp: ignore[", "#"),
        *("x: 1 # gym-lsp: ignore[a, c]", "x:", "  y: [1, {", "}]", "- z", "  - |", "", "---", "\t", "'"),
    ]
)
_TEXTS = st.one_of(st.lists(_LINES, max_size=8).map("\n".join), st.text("# gym-lspinore[],:\n\r", max_size=60))


@given(_TEXTS, st.lists(st.tuples(st.integers(0, 80), st.sampled_from("abc")), max_size=6))
def test_nothing_is_lost_and_nothing_raises(text: str, places: list[tuple[int, str]]) -> None:
    file = config_file(PATH, text)
    found = [Diagnostic(PATH, Span(at, at), rule, Severity.ERROR, "") for at, rule in places]
    outcome = apply(file, found, RULES)
    suppressions = find_suppressions(file.document)
    for diagnostic in found:
        reached = [
            suppression
            for suppression in suppressions
            if suppression.reaches(diagnostic)
            and (not suppression.names or diagnostic.rule in {name.name for name in suppression.names})
        ]
        assert (diagnostic in outcome.kept) != bool(reached)
    for invalid in find_invalid(file, RULES):
        assert invalid.text == invalid.span.of(text)
    for unused in outcome.unused:
        left = parse(apply_edits(text, [removal(unused)]))
        assert len(find_suppressions(left)) <= len(suppressions)


_MANY: dict[str, Callable[[int], str]] = {
    "at the ends of lines": lambda count: "x:\n" + "".join(f"  k{n}: 1 # gym-lsp: ignore[a]\n" for n in range(count)),
    "above entries": lambda count: "x:\n" + "".join(f"  # gym-lsp: ignore[a]\n  k{n}: 1\n" for n in range(count)),
    "above one entry": lambda count: "# gym-lsp: ignore[a]\n" * count + "x: 1\n" * count,
    "for the file": lambda count: "# gym-lsp: file-ignore[a]\n" * count + "x: 1\n" * count,
}


@pytest.mark.parametrize("text_of", _MANY.values(), ids=_MANY.keys())
def test_the_work_grows_with_the_text(text_of: Callable[[int], str], monkeypatch: pytest.MonkeyPatch) -> None:
    def work(count: int) -> int:
        file = config_file(PATH, text_of(count))
        lines = file.document.lines
        starts = [lines.line_span(number).start for number in range(len(lines))]
        found = [Diagnostic(PATH, Span(start, start), "a", Severity.ERROR, "") for start in starts]
        asked.clear()
        assert apply(file, found, RULES).kept != tuple(found)
        return len(asked)

    asked: list[int] = []
    line_span, contains = LineIndex.line_span, Span.contains

    def counting_line_span(lines: LineIndex, line: int) -> Span:
        asked.append(line)
        return line_span(lines, line)

    def counting_contains(span: Span, offset: int) -> bool:
        asked.append(offset)
        return contains(span, offset)

    monkeypatch.setattr(LineIndex, "line_span", counting_line_span)
    monkeypatch.setattr(Span, "contains", counting_contains)
    assert work(400) <= 2.2 * work(200)
