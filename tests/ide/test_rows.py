"""Rows in the editor: the instances that they name, their references, and hovers on the path of a dataset."""

from __future__ import annotations

import pytest

from gym_lsp.gym.layout import ROWS
from gym_lsp.ide.completion import complete, most_likely
from gym_lsp.ide.definition import declaration, definition, implementation
from gym_lsp.ide.hover import hover
from gym_lsp.ide.references import references
from gym_lsp.ide.rename import Refusal, RenamedRows, prepare_rename, rename, rename_in_rows
from tests.fixture import ROOT
from tests.ide.cursor import ask_everything, read, shown, spots, written

CONFIG = """
# --- resources_servers/letters/configs/letters.yaml
letters:
  resources_servers:
    letters: {entrypoint: app.py, domain: math, description: Count the letters of a word.}
letters_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: letters}
      datasets:
        - {name: letters, type: example, jsonl_fpath: resources_servers/letters/data/rows.jsonl}
# --- resources_servers/letters/task_data.py
from typing import Literal
from pydantic import BaseModel
class Turn(BaseModel):
    text: str
class TaskData(BaseModel):
    letters: int
    word: str | None = None
    kind: Literal["short", "long"] = "short"  # the length of the word
    turns: list[Turn] = []
    is_hard: bool = False
# --- other.yaml
other_agent: {responses_api_agents: {simple_agent: {entrypoint: app.py}}}
"""
ROW = '{"responses_create_params": {"input": "?"}, "agent_ref": {"name": "%s"}, "letters": 2}'
FILE = "# --- resources_servers/letters/data/rows.jsonl\n"


def asked(rows: str) -> str:
    """Return a fixture with some rows. One of them has the cursor."""
    return f"{CONFIG}{FILE}{rows}\n"


def test_the_definition_of_an_agent() -> None:
    fixture, workspace, path, offset = read(asked(f"{ROW % 'other_agent'}\n{ROW % 'letters_$0agent'}"))
    found = definition(workspace, path, offset)
    assert found is not None
    assert found[0].of(fixture.files[path]) == "letters_agent"
    assert shown(fixture, spots(found[1])) == ["resources_servers/letters/configs/letters.yaml:4:1 letters_agent"]
    assert declaration(workspace, path, offset) == found
    assert implementation(workspace, path, offset) is None


def test_an_agent_of_another_run() -> None:
    fixture, workspace, path, offset = read(asked(ROW % "other_a$0gent"))
    found = definition(workspace, path, offset)
    assert found is not None
    assert shown(fixture, spots(found[1])) == ["other.yaml:1:1 other_agent"]


def test_a_task_source() -> None:
    fixture, workspace, path, offset = read(asked('{"task_source": "let$0ters"}'))
    found = definition(workspace, path, offset)
    assert found is not None
    assert shown(fixture, spots(found[1])) == ["resources_servers/letters/configs/letters.yaml:1:1 letters"]


def test_elsewhere_in_a_row_there_is_nothing() -> None:
    for rows in ('{"unk$0nown": {"name": "letters_agent"}}', '{"other": "letters$0_agent"}', "not $0JSON", "$0"):
        _, workspace, path, offset = read(asked(rows))
        assert definition(workspace, path, offset) is None
        assert hover(workspace, path, offset) is None
        assert references(workspace, path, offset) == ()
        ask_everything(workspace, path, offset)


def test_a_hover_shows_the_agent() -> None:
    fixture, workspace, path, offset = read(asked('{"task_source": "let$0ters"}'))
    found = hover(workspace, path, offset)
    assert found is not None
    assert found.span.of(fixture.files[path]) == "letters"
    assert "Count the letters of a word." in written(found.content)


def test_references_of_an_agent_include_rows() -> None:
    expected = [
        "resources_servers/letters/configs/letters.yaml:4:1 letters_agent",
        "resources_servers/letters/data/rows.jsonl:1:68 letters_agent",
        "resources_servers/letters/data/rows.jsonl:3:68 letters_agent",
    ]
    rows = f"{ROW % 'letters_agent'}\n{ROW % 'other_agent'}\n{ROW % 'letters_agent'}"
    at_row = asked(rows.replace("letters_agent", "letters$0_agent", 1))
    at_key = asked(rows).replace("letters_agent:", "letters$0_agent:", 1)
    for text in (at_row, at_key):
        fixture, workspace, path, offset = read(text)
        found = references(workspace, path, offset)
        assert sorted(shown(fixture, [(each.path, each.span) for each in found])) == sorted(expected)
        assert [each.is_definition for each in found].count(True) == 1
        without = references(workspace, path, offset, include_declaration=False)
        assert {each.path.suffix for each in without} == {ROWS}


def test_a_hover_on_the_path_of_a_dataset() -> None:
    text = asked(f"{ROW % 'letters_agent'}\n\n{ROW % 'other_agent'}").replace("data/rows", "data/r$0ows", 1)
    _, workspace, path, offset = read(text)
    found = hover(workspace, path, offset)
    assert found is not None
    shown = written(found.content)
    assert "2 rows" in shown
    assert "Columns: `responses_create_params`, `agent_ref`, `letters`" in shown
    assert "`letters` `int`, required" in shown
    assert "`word` `str | null`" in shown


def test_nothing_is_shown_of_a_dataset_that_does_not_exist() -> None:
    text = CONFIG.replace("data/rows", "data/r$0ows", 1)
    _, workspace, path, offset = read(text)
    found = hover(workspace, path, offset)
    assert found is not None
    assert "Columns" not in written(found.content)


# Renames

AGENT = "resources_servers/letters/configs/letters.yaml:4:1 letters_agent"
IN_ROWS = [f"resources_servers/letters/data/rows.jsonl:{line}:68 letters_agent" for line in (1, 3)]
THREE = f"{ROW % 'letters_agent'}\n{ROW % 'other_agent'}\n{ROW % 'letters_agent'}"


def offered(text: str) -> tuple[list[str], RenamedRows]:
    fixture, workspace, path, offset = read(text)
    found = rename_in_rows(workspace, path, offset, "counting_agent")
    assert {each.edit.text for each in found.edits} <= {"counting_agent"}
    return shown(fixture, [(each.path, each.edit.span) for each in found.edits]), found


@pytest.mark.parametrize(
    "text",
    [
        asked(THREE).replace("letters_agent:", "letters$0_agent:", 1),
        asked(THREE.replace("letters_agent", "letters$0_agent", 1)),
    ],
    ids=["in the config", "in a row"],
)
def test_a_rename_offers_the_rows(text: str) -> None:
    fixture, workspace, path, offset = read(text)
    edits = rename(workspace, path, offset, "counting_agent")
    assert not isinstance(edits, Refusal)
    assert shown(fixture, [(each.path, each.edit.span) for each in edits]) == [AGENT]
    places, found = offered(text)
    assert places == IN_ROWS
    assert (found.rows, found.files, found.left_out) == (2, 1, ())


def test_a_row_that_names_an_instance_twice_is_one_row() -> None:
    row = '{"agent_ref": {"name": "letters_agent"}, "task_source": "letters$0_agent"}'
    places, found = offered(asked(row))
    assert len(places) == 2
    assert (found.rows, found.files) == (1, 1)


def test_the_name_in_a_row_can_be_renamed() -> None:
    fixture, workspace, path, offset = read(asked(ROW % "letters$0_agent"))
    found = prepare_rename(workspace, path, offset)
    assert not isinstance(found, Refusal)
    assert (found.name, found.span.of(fixture.files[path])) == ("letters_agent", "letters_agent")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ROW % "no_a$0gent", "nothing in the workspace defines `no_agent`"),
        ('{"other": "letters$0_agent"}', "only the instances that a row names can be renamed in it"),
    ],
)
def test_what_cannot_be_renamed_in_a_row(row: str, reason: str) -> None:
    _, workspace, path, offset = read(asked(row))
    assert prepare_rename(workspace, path, offset) == Refusal(reason)
    assert rename(workspace, path, offset, "counting_agent") == Refusal(reason)
    assert rename_in_rows(workspace, path, offset, "counting_agent") == RenamedRows()


def test_a_name_of_another_instance_is_not_offered() -> None:
    text = asked(THREE).replace("other_agent:", "other$0_agent:", 1)
    places, found = offered(text)
    assert places == ["resources_servers/letters/data/rows.jsonl:2:68 other_agent"]
    assert found.rows == 1
    assert offered(asked(ROW % "third").replace("other_agent:", "other$0_agent:", 1)) == ([], RenamedRows())


def test_rows_that_may_be_of_two_instances_are_left_out() -> None:
    second = CONFIG.split("# --- resources_servers/letters/task_data.py", maxsplit=1)[0].replace(
        "configs/letters", "configs/second"
    )
    text = second + asked(THREE).replace("letters_agent:", "letters$0_agent:", 1)
    places, found = offered(text)
    assert places == []
    reason = "its rows can also refer to another instance of this name"
    assert found.left_out == ((ROOT / "resources_servers/letters/data/rows.jsonl", reason),)


def test_many_and_long_rows_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    text = asked(THREE).replace("letters_agent:", "letters$0_agent:", 1)
    monkeypatch.setattr("gym_lsp.ide.rename.MOST_RENAMED_ROWS", 1)
    ((_, reason),) = offered(text)[1].left_out
    assert reason == "a rename changes at most 1 rows"
    monkeypatch.setattr("gym_lsp.ide.rename.LARGEST_TEXT", 100)
    ((_, reason),) = offered(text)[1].left_out
    assert reason.startswith("it is larger than")


# Fields

SCHEMA = "resources_servers/letters/task_data.py"


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ('{"lett$0ers": 2}', f"{SCHEMA}:6:5 letters"),
        ('{"task_data": {"k$0ind": "short"}}', f"{SCHEMA}:8:5 kind"),
        ('{"turns": [{"text": "a"}, {"te$0xt": "b"}]}', f"{SCHEMA}:4:5 text"),
        ('{"letters": 2, "verifier_metadata": {"wor$0d": null}}', f"{SCHEMA}:7:5 word"),
        ('{"task_id": {}, "task_input": {"task_data": {"word$0": "ox"}}}', f"{SCHEMA}:7:5 word"),
    ],
)
def test_the_definition_of_a_field(row: str, place: str) -> None:
    fixture, workspace, path, offset = read(asked(f"{ROW % 'letters_agent'}\n{row}"))
    found = definition(workspace, path, offset)
    assert found is not None
    assert shown(fixture, spots(found[1])) == [place]
    assert found[0].contains(offset)


@pytest.mark.parametrize(
    ("row", "lines"),
    [
        ('{"k$0ind": "short"}', ['**kind** · `"short" | "long"`', "the length of the word", f"Declared in {SCHEMA}"]),
        ('{"lett$0ers": 2}', ["**letters** · `int`", "Required."]),
        ('{"responses_create_$0params": {}}', ["**responses_create_params**", "The request that the agent sends"]),
        ('{"agent_ref": {"na$0me": "letters_agent"}}', ["**name** · `str`"]),
    ],
)
def test_a_hover_on_a_field(row: str, lines: list[str]) -> None:
    _, workspace, path, offset = read(asked(row))
    found = hover(workspace, path, offset)
    assert found is not None
    for line in lines:
        assert line in written(found.content)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("{$0", '"letters": '),
        ('{"$0', 'letters": '),
        ('{"le$0"}', 'letters": '),
        ('{"le$0": 3}', 'letters"'),
        ('{"agent_ref": {"name": "letters_agent"}, le$0}', '"letters": '),
        ('{"agent_ref": {"name": "$0"}}', 'letters_agent"'),
        ('{"agent_ref": {"name": "oth$0}, "letters": 2}', 'other_agent"'),
        ('{"agent_ref": {"name": $0}}', '"letters_agent"'),
        ('{"agent_ref": {"$0"}}', 'name": ""'),
        ('{"task_source": "$0"}', 'letters"'),
        ('{"kind": "$0"}', 'long"'),
        ('{"kind": $0', '"short"'),
        ('{"is_hard": $0}', "true"),
        ('{"turns": [{"text": "a"}, {$0}]}', '"text": ""'),
        ('{"task_data": {"$0"}}', 'is_hard": '),
    ],
)
def test_completion(row: str, expected: str) -> None:
    _, workspace, path, offset = read(asked(f"{ROW % 'letters_agent'}\n{row}"))
    found = {each.edit.text: each for each in complete(workspace, path, offset)}
    assert expected in found, list(found)
    edit = found[expected].edit
    assert edit.span.contains(offset)
    assert most_likely(workspace, path, offset)[1]


@pytest.mark.parametrize(
    "row",
    ["$0", '{"letters"$0: 2}', '{"letters": 2$0}', '{"word": "$0"}', '{"letters": 2} $0', '{"other": {"$0"}}', "[$0"],
)
def test_nothing_to_complete(row: str) -> None:
    _, workspace, path, offset = read(asked(row))
    assert complete(workspace, path, offset) == ()


def test_keys_that_a_row_has_are_not_offered() -> None:
    _, workspace, path, offset = read(asked('{"letters": 2, "$0", "word": "ox", "turns": [{"kind": 1}]}'))
    labels = [each.label for each in complete(workspace, path, offset)]
    assert labels[:2] == ["responses_create_params", "agent_ref"]
    assert {"kind", "is_hard"} <= set(labels)
    assert not {"letters", "word", "turns"} & set(labels)


def test_the_agents_of_the_run_come_first() -> None:
    _, workspace, path, offset = read(asked('{"agent_ref": {"name": "$0"}}'))
    assert [each.label for each in complete(workspace, path, offset)] == ["letters_agent", "other_agent"]


def test_a_file_that_no_dataset_names_has_nothing() -> None:
    text = asked('{"lett$0ers": 2}').replace("data/rows.jsonl}", "data/others.jsonl}")
    _, workspace, path, offset = read(text)
    assert complete(workspace, path, offset) == ()
    assert hover(workspace, path, offset) is None
    assert definition(workspace, path, offset) is None


PROMPT = """
# --- benchmarks/counting/config.yaml
counting_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      datasets:
        - name: counting
          type: benchmark
          jsonl_fpath: benchmarks/counting/rows.jsonl
          prepare_script: benchmarks/counting/prepare.py
          prompt_config: benchmarks/counting/prompt.yaml
# --- benchmarks/counting/prompt.yaml
user: "How many letters has {wo$rd}?"
# --- benchmarks/counting/rows.jsonl
""".replace("$", "")


def test_the_columns_of_a_prompt() -> None:
    _, workspace, path, offset = read(PROMPT + '{"wo$0rd": "ox"}')
    found = hover(workspace, path, offset)
    assert found is not None
    assert "Inserted into benchmarks/counting/prompt.yaml" in written(found.content)
    _, workspace, path, offset = read(PROMPT + '{"$0"}')
    assert next(iter(complete(workspace, path, offset))).edit.text == 'word": ""'


@pytest.mark.parametrize(
    ("rows", "line"),
    [('{"word": "ox"}\n{"wrod": "cat"}', ""), ('{"wrod": "ox"}', "`word` is in no row"), ("[1]", "")],
)
def test_a_hover_on_a_dataset_shows_what_its_prompt_needs(rows: str, line: str) -> None:
    _, workspace, path, offset = read(PROMPT.replace("counting/rows.jsonl\n", "counting/r$0ows.jsonl\n", 1) + rows)
    found = hover(workspace, path, offset)
    assert found is not None
    text = written(found.content)
    assert "The prompt benchmarks/counting/prompt.yaml needs `word`" in text
    assert (line in text) if line else "no row" not in text
