"""Lines, positions and edits, compared with the standard library and a simple implementation."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp import text as places
from gym_lsp.text import Edit, Encoding, LineIndex, OverlappingEdits, Position, Span, apply_edits, offset_of

CODECS = {Encoding.UTF8: ("utf-8", 1), Encoding.UTF16: ("utf-16-le", 2), Encoding.UTF32: ("utf-32-le", 4)}
"""The codec of each encoding, and the number of bytes of a unit."""

# Line breaks of LSP, characters that other tools treat as line breaks, and characters of each width.
PIECES = ("\n", "\r", "\r\n", "\f", "\v", "\x1c", "\x85", "\u2028", "\u2029", "a", "é", "€", "😀", "\ud800", " ", "")
texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=20)
encodings = st.sampled_from(Encoding)


def naive_lines(text: str) -> list[str]:
    """The lines without their ends."""
    return re.split(r"\r\n|\r|\n", text)


def width(text: str, encoding: Encoding) -> int:
    codec, size = CODECS[encoding]
    return len(text.encode(codec, "surrogatepass")) // size


@given(texts)
def test_lines_end_at_lf_cr_and_crlf_and_at_nothing_else(text: str) -> None:
    index = LineIndex(text)
    spans = [index.line_span(line) for line in range(len(index))]
    assert [span.of(text) for span in spans] == naive_lines(text)


@given(texts)
def test_every_offset_lies_on_the_line_that_its_prefix_ends_on(text: str) -> None:
    index = LineIndex(text)
    for offset in range(len(text) + 1):
        # Between CR and LF the line has not ended yet.
        prefix = text[:offset].removesuffix("\r") if text[offset - 1 : offset + 1] == "\r\n" else text[:offset]
        assert index.line_of(offset) == len(naive_lines(prefix)) - 1


@given(texts, encodings)
def test_columns_count_the_units_of_the_encoding(text: str, encoding: Encoding) -> None:
    index = LineIndex(text)
    for line in range(len(index)):
        span = index.line_span(line)
        for offset in range(span.start, span.end + 1):
            assert index.position(offset, encoding) == (line, width(text[span.start : offset], encoding))


@given(texts, encodings)
def test_positions_lead_back_to_their_offsets(text: str, encoding: Encoding) -> None:
    index = LineIndex(text)
    for offset in range(len(text) + 1):
        inside_line_break = text[offset - 1 : offset + 1] == "\r\n"
        assert index.offset(index.position(offset, encoding), encoding) == offset - inside_line_break


@given(texts, encodings, st.integers(-3, 30), st.integers(-3, 30))
def test_any_position_gives_an_offset_of_its_line(text: str, encoding: Encoding, line: int, column: int) -> None:
    """Past the end of a line is its end, past the last line is the end of the text, as LSP has it."""
    index = LineIndex(text)
    offset = index.offset(Position(line, column), encoding)
    if line < 0:
        assert offset == 0
    elif line >= len(index):
        assert offset == len(text)
    else:
        span = index.line_span(line)
        assert span.start <= offset <= span.end
        used = width(text[span.start : offset], encoding)
        assert used <= max(0, column)
        # One character more would be too many, so that half a character means its start.
        assert offset == span.end or width(text[span.start : offset + 1], encoding) > column


@given(texts, encodings, st.integers(-30, 30))
def test_offsets_outside_the_text_are_its_ends(text: str, encoding: Encoding, beyond: int) -> None:
    index = LineIndex(text)
    assert index.position(-1 - abs(beyond), encoding) == (0, 0)
    assert index.position(len(text) + abs(beyond), encoding) == index.position(len(text), encoding)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    """A text, and edits of it that do not overlap, in any order."""
    text = draw(texts)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    spans = [Span(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    edits = [Edit(span, draw(st.text("xyz\n", max_size=3))) for span in spans]
    return text, draw(st.permutations(edits))


@given(edited())
def test_edits_are_applied_as_if_one_by_one_from_the_end(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    expected = text
    # Of equal spans the last comes first, so that the earlier ones are put in before it.
    backwards = list(reversed(edits))
    for edit in sorted(backwards, key=lambda edit: edit.span, reverse=True):
        expected = expected[: edit.span.start] + edit.text + expected[edit.span.end :]
    assert apply_edits(text, edits) == expected


def test_insertions_at_one_place_keep_their_order() -> None:
    assert apply_edits("ab", [Edit(Span(1, 1), "1"), Edit(Span(1, 1), "2"), Edit(Span(0, 0), "0")]) == "0a12b"


@pytest.mark.parametrize("swapped", [False, True])
def test_an_insertion_may_touch_a_replacement_on_either_side(swapped: bool) -> None:
    edits = [Edit(Span(1, 2), "B"), Edit(Span(1, 1), "<"), Edit(Span(2, 2), ">")]
    assert apply_edits("abc", edits[::-1] if swapped else edits) == "a<B>c"


@pytest.mark.parametrize(
    ("one", "other"), [(Span(0, 2), Span(1, 3)), (Span(0, 3), Span(1, 2)), (Span(0, 3), Span(1, 1)), (Span(0, 1),) * 2]
)
def test_edits_that_share_a_character_are_refused(one: Span, other: Span) -> None:
    with pytest.raises(OverlappingEdits):
        apply_edits("abc", [Edit(other, "x"), Edit(one, "y")])


def test_both_ends_of_a_span_touch_the_cursor() -> None:
    span = Span(2, 4)
    assert [offset for offset in range(6) if span.contains(offset)] == [2, 3, 4]
    assert span.covers(Span(3, 4))
    assert not span.covers(Span(3, 5))
    assert span.of("abcdef") == "cd"


@given(texts, st.integers(-1, 13), st.integers(0, 9), encodings)
def test_one_position_is_found_where_the_index_has_it(text: str, line: int, column: int, encoding: Encoding) -> None:
    position = Position(line, column)
    expected = LineIndex(text).offset(position, encoding)
    assert offset_of(text, position, encoding) == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "_SHORT", 2)
        assert offset_of(text, position, encoding) == expected


def test_one_position_is_found_without_an_index_of_a_long_text(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "key: value\r\n" * 100_000
    read: list[int] = []

    def line_starts(part: str) -> list[int]:
        read.append(len(part))
        return [index for index, before in enumerate(f"\n{part}") if before == "\n"]

    monkeypatch.setattr(places, "_line_starts", line_starts)
    assert offset_of(text, Position(77_777, 3)) == 77_777 * 12 + 3
    assert sum(read) <= 4096
