"""Whatever a file of rows contains, it is read without an exception, and every place is in the text."""

from __future__ import annotations

import io
import json
from pathlib import PurePath
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.gym.fields import AnyType, Field, IntType, ListType, Model, ModelType, StrType
from gym_lsp.gym.task_data import TaskData
from gym_lsp.rows.judging import Expected, judge
from gym_lsp.rows.places import place_of
from gym_lsp.rows.problem import DuplicateRow, RowProblem
from gym_lsp.rows.reading import Broken, rows_in, value_of

MODEL = Model(
    "TaskData",
    {
        "letters": Field("letters", IntType(ge=0), required=True),
        "words": Field("words", ListType(StrType()), required=False),
        "any": Field("any", AnyType(), required=False),
    },
    "forbid",
)
SCHEMA = TaskData(ModelType(MODEL), PurePath("task_data.py"), 1, frozenset({"words"}))
EXPECTED = Expected(needs_prompt=True, prompt=None, server="letters", schema=SCHEMA, is_counted=True)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
keys = st.sampled_from(
    ["letters", "words", "any", "responses_create_params", "agent_ref", "verifier_metadata", "task_data", "task_id",
     "task_input", "task_source", "x"]
)  # fmt: skip
rows = st.dictionaries(keys, json_values | st.dictionaries(keys, json_values, max_size=3), max_size=6)
lines = rows.map(json.dumps) | json_values.map(json.dumps) | st.text(max_size=40)
texts = st.lists(lines, max_size=8).flatmap(
    lambda each: st.sampled_from(["\n", "\r\n", "\r", "\n\n"]).map(lambda separator: separator.join(each))
)


def problems(text: str) -> tuple[RowProblem, ...]:
    return judge(PurePath("rows.jsonl"), text, [EXPECTED], frozenset({"letters_agent"}), ("letters_agent",))


@given(texts | st.binary(max_size=200).map(lambda data: data.decode("utf-8", "replace")))
def test_any_text_is_judged(text: str) -> None:
    for problem in problems(text):
        assert 0 <= problem.span.start <= problem.span.end <= len(text)


@given(texts)
def test_lines_are_those_of_text_mode(text: str) -> None:
    read = io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "surrogatepass")), "utf-8", "surrogatepass")
    assert [row.text for row in rows_in(text)] == [line.removesuffix("\n") for line in read]
    assert all(row.text == text[row.start : row.start + len(row.text)] for row in rows_in(text))


@given(lines)
def test_a_line_has_the_value_that_json_reads(line: str) -> None:
    try:
        theirs: Any = json.loads(line)
    except ValueError:
        assert isinstance(value_of(line), Broken)
    else:
        # NaN differs from itself.
        assert repr(value_of(line)) == repr(theirs)


inputs: st.SearchStrategy[Any] = st.text() | st.lists(json_values)
valid_rows: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "responses_create_params": st.fixed_dictionaries({"input": inputs}),
        "letters": st.integers(min_value=0),
    },
    optional={
        "any": json_values,
        "agent_ref": st.just({"name": "letters_agent"}),
        "verifier_metadata": st.fixed_dictionaries({"words": st.lists(st.text())}),
    },
)


@given(st.lists(valid_rows, min_size=5, max_size=5), st.booleans())
def test_a_valid_row_has_no_finding(each: list[Any], ascii: bool) -> None:
    text = "".join(json.dumps(row, ensure_ascii=ascii) + "\n" for row in each)
    assert {type(problem) for problem in problems(text)} <= {DuplicateRow}


@given(rows, st.sampled_from(["", " ", "\t"]))
def test_a_place_is_that_of_its_value(row: dict[str, Any], space: str) -> None:
    text = space + json.dumps(row, separators=(f",{space}", f"{space}:{space}"))
    for key, value in row.items():
        place = place_of(text, 0, (key,))
        assert place is not None
        assert place.key is not None
        assert json.loads(place.key.of(text)) == key
        assert repr(json.loads(place.value.of(text))) == repr(json.loads(json.dumps(value)))
        last: list[Any] = [cast("list[Any]", value)[-1]] if isinstance(value, list) and value else []
        if last:
            inner = place_of(text, 0, (key, len(cast("list[Any]", value)) - 1))
            assert inner is not None
            assert repr(json.loads(inner.value.of(text))) == repr(json.loads(json.dumps(last[0])))
    assert place_of(text, 0, ("absent",)) is None
