from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gym_lsp.reporters.excerpt import Row, draw
from gym_lsp.reporters.terminal import width_of
from gym_lsp.text import LineIndex, Span
from tests.reporters.strategies import spans, texts

# The span is written between `«` and `»`, and each expected row as `label|rail and text`.
CASES = {
    "a word": (
        "a: 1\n  name: «policy»_model\n",
        ["2|  name: policy_model", " |        ^^^^^^"],
    ),
    "an empty span gets one mark": (
        "name:«»\n",
        ["1|name:", " |     ^"],
    ),
    "the end of the text": (
        "a: 1\n«»",
        ["2|", " |^"],
    ),
    "a tab takes four columns": (
        "\ta:\t«x»\n",
        ["1|    a:    x", " |          ^"],
    ),
    "a tab inside the span": (
        "«a:\tx»\n",
        ["1|a:    x", " |^^^^^^^"],
    ),
    "wide characters take two columns": (
        "数学: «問題»解\n",
        ["1|数学: 問題解", " |      ^^^^"],
    ),
    "an astral emoji takes two": (
        "🧮🧮 «x»\n",
        ["1|🧮🧮 x", " |     ^"],
    ),
    "combining marks and joiners take none": (
        "e\u0301\u200d: «x»\n",
        ["1|e\u0301\u200d: x", " |   ^"],
    ),
    "a form feed does not end a line": (
        "a\x0cb: «x»\n",
        ["1|a␌b: x", " |     ^"],
    ),
    "nor does U+2028, and it is not printed": (
        "a\u2028b: «x»\n",
        ["1|a\ufffdb: x", " |     ^"],
    ),
    "text is not turned around": (
        "a: \u202e«x»\n",
        ["1|a: \ufffdx", " |    ^"],
    ),
    "CRLF": (
        "a: 1\r\nb: «2»\r\n",
        ["2|b: 2", " |   ^"],
    ),
    "CR alone": (
        "a: 1\rb: «2»\r",
        ["2|b: 2", " |   ^"],
    ),
    "a line break at the end of the span does not count": (
        "a:\n  «b: 1\r\n»c: 2\n",
        ["2|  b: 1", " |  ^^^^"],
    ),
    "blank lines at the end of the span do not count": (
        "a:\n  «b: 1\n\n   \n»c: 2\n",
        ["2|  b: 1", " |  ^^^^"],
    ),
    "white space that is the span itself does": (
        "a: b«  »\n",
        ["1|a: b  ", " |    ^^"],
    ),
    "two lines from the start of a line": (
        "  «a:\n    b: 1»\n",
        ["1|/   a:", "2||     b: 1", " ||________^"],
    ),
    "several lines from the middle of a line": (
        "- «a:\n    b: 1\n    c: 2»3\n",
        ["1|  - a:", " | ___^", "...||", "3||     c: 23", " ||________^"],
    ),
    "a long line is cut where the span is far from its start": (
        f"{'a' * 50} «name» {'b' * 50}\n",
        ["1|…aaaaaaaaaaaaaaa name bbbbbbbbbbbbbbbb…", " |                 ^^^^"],
    ),
    "a long line is cut behind a span near its start": (
        f"name: «x»{'y' * 60}\n",
        [f"1|name: x{'y' * 30}…", " |      ^"],
    ),
    "marks reach the cut of a span that does not fit": (
        f"name: «{'y' * 60}»\n",
        [f"1|name: {'y' * 31}…", f" |      {'^' * 32}"],
    ),
}


@pytest.mark.parametrize(("written", "expected"), CASES.values(), ids=CASES.keys())
def test_excerpt(written: str, expected: list[str]) -> None:
    before, _, rest = written.partition("«")
    inside, _, after = rest.partition("»")
    rows = draw(LineIndex(before + inside + after), Span(len(before), len(before) + len(inside)), mark="^", room=40)
    assert [f"{row.label or ' '}|{row.rail}{row.text}" for row in rows] == expected


def test_empty_text_has_no_excerpt() -> None:
    assert draw(LineIndex(""), Span(0, 0), mark="^", room=40) == []


def test_span_outside_the_text_is_moved_into_it() -> None:
    assert draw(LineIndex("ab"), Span(7, 9), mark="^", room=40) == [
        Row("1", "", "ab", False),
        Row("", "", "  ^", True),
    ]


@given(text=texts, span=spans, room=st.integers(20, 120))
@example(text="\u0301" * 300, span=Span(0, 300), room=20)
@example(text="数" * 300, span=Span(150, 151), room=20)
def test_excerpt_fits_and_is_printable(text: str, span: Span, room: int) -> None:
    for row in draw(LineIndex(text), span, mark="^", room=room):
        assert width_of(row.rail + row.text) <= room
        assert "\n" not in row.text and "\r" not in row.text and "\x1b" not in row.text


@given(line=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1), data=st.data())
def test_marks_are_under_the_span(line: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(line) - 1))
    end = data.draw(st.integers(start + 1, len(line)))
    source, marks = draw(LineIndex(line), Span(start, end), mark="^", room=60)
    marked = source.text[marks.text.index("^") : len(marks.text)]
    spelled = line[start:end]
    assert set(marks.text) <= {" ", "^"}
    assert marked == spelled or (marked.endswith("…") and spelled.startswith(marked[:-1]))
