"""The cursor in a row: any text has a place for it or none, and what it replaces is at the cursor."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.rows.cursor import cursor_in
from gym_lsp.rows.places import key_at, place_of

ROWS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='ab"\\é'),
    lambda inside: (
        st.lists(inside, max_size=3) | st.dictionaries(st.text(alphabet='ab"\\', max_size=3), inside, max_size=3)
    ),
    max_leaves=8,
)


@given(st.text(alphabet='{}[],:"\\ab1 ', max_size=40), st.data())
def test_any_text(line: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(line)))
    found = cursor_in(line, 0, offset)
    assert found is None or (found.span.contains(offset) and found.span.end <= len(line))
    moved = cursor_in(line, 7, offset + 7)
    assert (moved is None) == (found is None)
    assert moved is None or found is None or moved.span == found.span.moved(7)
    key_at(line, 0, min(offset, len(line)))


@given(ROWS, st.data())
def test_a_key_is_found_where_it_is(row: object, data: st.DataObject) -> None:
    line = json.dumps(row)
    offset = data.draw(st.integers(0, len(line)))
    found = key_at(line, 0, offset)
    if found is not None:
        path, span = found
        assert json.loads(span.of(line)) == path[-1]
        place = place_of(line, 0, path)
        assert place is not None
        assert place.key is not None
        assert json.loads(place.key.of(line)) == path[-1]
