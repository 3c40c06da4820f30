"""The lines of a text of rows, in part and one by one, compared with all of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.rows.reading import first_rows, row_at, rows_in

TEXT = st.text(alphabet='{"a}\r\n', max_size=30)


@given(TEXT, st.integers(0, 9))
def test_the_first_rows(text: str, number: int) -> None:
    first = first_rows(text, number)
    assert text.startswith(first)
    assert [row.text for row in rows_in(first)] == [row.text for row in rows_in(text)][:number]


@given(TEXT, st.data())
def test_the_row_at_each_offset(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    # Between CR and LF, there is no cursor.
    if text[offset - 1 : offset + 1] == "\r\n":
        return
    found = row_at(text, offset)
    expected = [row for row in rows_in(text) if row.start <= offset <= row.start + len(row.text)]
    shown = [] if found is None else [(found.start, found.text)]
    assert shown == [(row.start, row.text) for row in expected]
