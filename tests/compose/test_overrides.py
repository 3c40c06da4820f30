"""`KEY=VALUE`, compared with Hydra's own grammar; see record_overrides.py."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.compose.config import Provenance, at, leaves, to_plain
from gym_lsp.compose.overrides import OverrideError, read_overrides
from tests.compose.record_overrides import DATA, OVERRIDES, REFUSED

ROWS: list[tuple[str, Any]] = [tuple(row) for row in json.loads(DATA.read_text("utf-8"))]


def test_the_recording_is_complete() -> None:
    assert [override for override, _ in ROWS] == OVERRIDES


@pytest.mark.parametrize(("override", "expected"), ROWS, ids=OVERRIDES)
def test_a_value_is_what_hydra_makes_of_it(override: str, expected: Any) -> None:
    if expected == REFUSED:
        with pytest.raises(OverrideError):
            read_overrides([override])
        return
    path = tuple(override.lstrip("+").partition("=")[0].split("."))
    found = at(read_overrides([override]).table, path)
    assert found is not None
    assert json.dumps(to_plain(found)) == json.dumps(expected)


def test_later_overrides_win_and_keys_are_paths() -> None:
    table = read_overrides(["++a.b=1", "++a.c=2", "+d=x", "++a.b=3"]).table
    assert to_plain(table) == {"a": {"b": 3, "c": 2}, "d": "x"}
    assert to_plain(read_overrides([]).table) == {}


def test_values_stand_where_they_are_typed() -> None:
    override = "++a.b=[1, {c: '${x}'}, y/${z}]"
    found = dict(leaves(read_overrides([override]).table))
    assert {path: leaf.node.span.of(leaf.origin.text) for path, leaf in found.items()} == {
        ("a", "b", 0): "1",
        ("a", "b", 1, "c"): "'${x}'",
        ("a", "b", 2): "y/${z}",
    }
    assert {leaf.origin.provenance for leaf in found.values()} == {Provenance.OVERRIDE}
    assert [leaf.is_interpolation for leaf in found.values()] == [False, True, True]


@given(st.text())
def test_no_argument_brings_it_down(text: str) -> None:
    for argument in (text, f"a={text}"):
        try:
            read_overrides([argument])
        except OverrideError as error:
            assert repr(argument) in str(error)
