"""What is reported about rows, and what is not, as fixtures: see `tests/fixture.py`."""

from __future__ import annotations

from pathlib import Path, PurePath

import pytest

from gym_lsp.check import Checker
from gym_lsp.check_rows import check_run_with_rows
from gym_lsp.compose.run import Run
from gym_lsp.files import Disk
from gym_lsp.gym.roots import find_install_root
from gym_lsp.rows.judging import MOST_PROBLEMS
from gym_lsp.workspace.workspace import Workspace
from tests.corpus import Corpus
from tests.fixture import ROOT, assert_findings, compare, findings, parse_fixture
from tests.memory import Memory

SERVER = """\
# --- resources_servers/letters/configs/letters.yaml
letters:
  resources_servers:
    letters: {entrypoint: app.py, domain: math}
letters_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: letters}
      datasets: [{name: letters, type: example, jsonl_fpath: resources_servers/letters/data/rows.jsonl}]
"""
SCHEMA = """\
# --- resources_servers/letters/task_data.py
from typing import Annotated, Any, Literal, Optional, Union
from pydantic import BaseModel, ConfigDict, Field, model_validator
"""
ROWS = "# --- resources_servers/letters/data/rows.jsonl\n"
PROMPT = '{"responses_create_params": {"input": "?"}'


def with_schema(body: str, rows: str) -> str:
    """Return a fixture of a server with a schema."""
    return f"{SERVER}{SCHEMA}{body}\n{ROWS}{rows}"


def assert_clean(text: str) -> None:
    """Check that nothing is found in rows."""
    fixture = parse_fixture(text)
    difference = compare(fixture, findings(fixture, rows=True))
    assert not difference, difference


PLAIN = """\
class TaskData(BaseModel):
    model_config = ConfigDict(extra="allow")
    letters: int = Field(ge=1)
    word: Optional[str] = None
    tags: list[str] = []
"""


def marked(row: str, part: str, finding: str) -> str:
    """Return a row and carets under a part of it."""
    at = row.index(part)
    carets = "^" * len(part)
    return f"{row}\n{'#' + ' ' * (at - 1) if at else ''}{carets} {finding}\n"


def test_types_of_fields() -> None:
    rows = (
        marked(f'{PROMPT}, "letters": 0}}', "0", "error[invalid-task-data] `letters` is 0; expected int >= 1"),
        marked(
            f'{PROMPT}, "letters": 2, "word": ["ox"]}}', '["ox"]', "error[invalid-task-data] is a list; expected str"
        ),
        marked(f'{PROMPT}, "letters": 2, "tags": ["a", 7]}}', "7", "error[invalid-task-data] `tags[1]` is 7"),
    )
    assert_findings(with_schema(PLAIN, "".join(rows)))


def test_a_missing_field_is_at_the_row() -> None:
    row = f'{PROMPT}, "word": "ox"}}'
    assert_findings(with_schema(PLAIN, f"{row}\n{'^' * len(row)} error[invalid-task-data] missing `letters`\n"))


def test_a_mistake_of_many_rows_is_reported_once() -> None:
    rows = [f'{PROMPT}, "letters": "{word}"}}' for word in ("one", "two", "three")]
    at = rows[0].index('"one"')
    assert_findings(
        with_schema(
            PLAIN,
            f"{rows[0]}\n#{' ' * (at - 1)}^^^^^ error[invalid-task-data] (and 2 more rows)\n{rows[1]}\n{rows[2]}\n",
        )
    )


@pytest.mark.parametrize(
    "row",
    [
        '"letters": 2',
        '"letters": "2"',
        '"letters": 2.0, "word": null, "other": {}',
        '"verifier_metadata": {"letters": 2}',
        '"task_data": {"letters": 2}',
        '"letters": 2, "verifier_metadata": {"letters": 2}',
        '"verifier_metadata": null, "letters": 3',
    ],
)
def test_rows_that_the_schema_accepts(row: str) -> None:
    assert_clean(with_schema(PLAIN, f"{PROMPT}, {row}}}\n"))


def test_a_materialized_task_has_its_fields_in_its_input() -> None:
    assert_clean(with_schema(PLAIN, '{"task_id": {"taskset": "x"}, "task_input": {"task_data": {"letters": 2}}}\n'))


@pytest.mark.parametrize(
    "body",
    [
        # Code decides.
        """\
class TaskData(BaseModel):
    letters: int
    @model_validator(mode="before")
    @classmethod
    def fill(cls, data):
        return unknown(data)
""",
        # A type that cannot be read.
        "from elsewhere import Letters\nclass TaskData(BaseModel):\n    letters: Letters\n",
        "from elsewhere import Letters as TaskData\n",
        "TaskData = build()\n",
    ],
)
def test_what_cannot_be_read_accepts_all(body: str) -> None:
    assert_clean(with_schema(body, f'{PROMPT}, "letters": []}}\n'))


@pytest.mark.parametrize("body", ["class Other(BaseModel):\n    letters: int\n", "class TaskData("])
def test_what_nemo_gym_cannot_use_either_is_reported_once(body: str) -> None:
    rows = f'{PROMPT}, "letters": []}}\n'
    marked = "^ warning[unusable-task-data] the fields of these rows are not compared"
    assert_findings(with_schema(body, f"{rows}{marked}\n{rows}".replace("[]", "[1]", 1)))


UNION = """\
class Count(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["count"]
    letters: int
class Spell(BaseModel):
    kind: Literal["spell"]
    word: str
TaskData = Annotated[Union[Count, Spell], Field(discriminator="kind")]
"""


def test_a_union_reports_the_mistake_in_the_model_that_is_meant() -> None:
    missing = f'{PROMPT}, "kind": "spell"}}'
    unknown = f'{PROMPT}, "kind": "count", "letters": 2, "leters": 3}}'
    at = unknown.index('"leters"')
    assert_findings(
        with_schema(
            UNION,
            f"{missing}\n{'^' * len(missing)} error[invalid-task-data] missing `word`; expected str\n"
            f"{unknown}\n#{' ' * (at - 1)}^^^^^^^^ error[invalid-task-data] `leters` is not a field\n",
        )
    )


def test_a_misspelt_key_has_a_suggestion() -> None:
    missing = f'{PROMPT}, "kind": "spell", "wrod": "ox"}}'
    unknown = f'{PROMPT}, "kind": "count", "leters": 3}}'
    at = unknown.index('"leters"')
    assert_findings(
        with_schema(
            UNION,
            f"{missing}\n{'^' * len(missing)} error[invalid-task-data] did you mean `word` instead of `wrod`?\n"
            f"{unknown}\n#{' ' * (at - 1)}^^^^^^^^ error[invalid-task-data] not a field in the rows of `letters`; "
            "did you mean `letters`?\n"
            f"{'^' * len(unknown)} error[invalid-task-data] did you mean `letters` instead of `leters`?\n",
        )
    )


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ('"kind": "spell"', "    word: str"),
        ('"kind": "spell", "word": 1', "    word: str"),
        ('"kind": "count", "letters": 2, "x": 1', "class Count(BaseModel):"),
    ],
)
def test_the_line_of_the_schema_is_related(row: str, line: str) -> None:
    fixture = parse_fixture(with_schema(UNION, f"{PROMPT}, {row}}}\n"))
    [found] = findings(fixture, rows=True)
    [related] = found.related
    text = next(text for path, text in fixture.files.items() if path.name == "task_data.py")
    assert related.span.of(text) == line.strip()


def test_the_key_of_a_nested_field_is_marked() -> None:
    row = f'{PROMPT}, "verifier_metadata": {{"word": "ox", "letters": "x"}}}}'
    at = row.index('"x"')
    assert_findings(with_schema(PLAIN, f"{row}\n#{' ' * (at - 1)}^^^ error[invalid-task-data] `letters` is a string\n"))


def of_message(message: str) -> str:
    return f'{{"responses_create_params": {{"input": [{message}]}}}}'


@pytest.mark.parametrize(
    ("role", "hint"), [('"usr"', "did you mean `user`?"), ('"tool"', "unknown role `tool`"), ("null", "role null")]
)
def test_the_role_of_a_message(role: str, hint: str) -> None:
    row = of_message(f'{{"type": "message", "role": {role}, "content": "?"}}')
    at = row.index(role)
    mark = f"#{' ' * (at - 1)}{'^' * len(role)} error[unknown-message-role] {hint}"
    assert_findings(f"{SERVER}{ROWS}{row}\n{mark}\n")


@pytest.mark.parametrize(
    "message",
    [
        '{"role": "usr", "content": "?"}',
        '{"role": "developer", "content": "?", "type": "message"}',
        '{"role": "usr", "type": "reasoning"}',
        '{"role": "usr", "type": "message", "call_id": "1"}',
        '{"type": "message", "content": "?"}',
        '"text"',
    ],
)
def test_items_that_are_not_judged(message: str) -> None:
    assert_clean(f"{SERVER}{ROWS}{of_message(message)}\n")


@pytest.mark.corpus
def test_before_0_5_1_the_role_of_an_untyped_message_counts(corpus: Corpus, tmp_path: Path) -> None:
    row = of_message('{"role": "usr", "content": "?"}')
    for release, count in (("0.4.0", 1), ("0.5.1", 0), ("0.7.0", 0)):
        fixture = parse_fixture(f"{SERVER}{ROWS}{row}\n")
        install = find_install_root(Disk(), explicit=corpus.release(release), workspace=PurePath(tmp_path), environ={})
        found = findings(fixture, Disk(), install, rows=True)
        assert [each.rule for each in found].count("unknown-message-role") == count


def test_the_prompt_of_a_row() -> None:
    key = '"responses_create_params"'
    rows = (
        marked(f"{{{key}: {{}}}}", key, "error[missing-row-prompt] missing `responses_create_params.input`"),
        marked(f'{{{key}: {{"input": 7}}}}', "7", "error[missing-row-prompt] `responses_create_params.input` is 7"),
        marked(f'{{{key}: "x"}}', '"x"', "error[missing-row-prompt] a string; expected an object"),
        marked('{"a": 1}', '{"a": 1}', "error[missing-row-prompt] missing `responses_create_params`"),
    )
    assert_findings(f"{SERVER}{ROWS}{''.join(rows)}")


def test_invalid_lines() -> None:
    assert_findings(
        f"""{SERVER}{ROWS}{PROMPT}}}

{PROMPT}
#{" " * (len(PROMPT) - 2)}^ error[invalid-row] expecting ',' delimiter
7
^ error[row-not-object] this row is 7
"<PLACEHOLDER ROW>"
^^^^^^^^^^^^^^^^^^^ warning[placeholder-row]
""".replace("\n\n", "\n")
    )


@pytest.mark.parametrize("text", [f"[{PROMPT}}}]", f"[\n{PROMPT}}},\n{PROMPT}}}\n]", '{\n  "a": 1\n}'])
def test_a_file_of_one_value(text: str) -> None:
    fixture = parse_fixture(f"{SERVER}{ROWS}{text}\n")
    assert [each.rule for each in findings(fixture, rows=True)] == ["not-json-lines"]


def test_an_empty_file() -> None:
    fixture = parse_fixture(f"{SERVER}{ROWS}")
    files = {**fixture.files, ROOT / "resources_servers/letters/data/rows.jsonl": ""}
    checker = Checker(Workspace(Memory(files), ROOT))
    found = check_run_with_rows(checker, Run(("resources_servers/letters/configs/letters.yaml",)))
    assert [(each.path.name, each.rule) for each in found.diagnostics] == [("rows.jsonl", "no-rows")]
    assert PurePath("rows.jsonl").name in {path.name for path in found.files}


def test_an_empty_line_is_a_warning() -> None:
    fixture = parse_fixture(f'{SERVER}{ROWS}{PROMPT}}}\n\n{PROMPT}, "a": 1}}\n')
    found = findings(fixture, rows=True)
    assert [(each.rule, each.severity.label) for each in found] == [("invalid-row", "warning")]


AGENT = '{"responses_create_params": {"input": "?"}, "agent_ref": {"name": "letters_agnet"}}'


@pytest.mark.parametrize(("release", "severity"), [("0.5.1", "error"), ("0.6.0", "warning")])
def test_the_severity_of_an_unknown_agent_depends_on_the_release(release: str, severity: str) -> None:
    at = AGENT.index('"letters_agnet"')
    assert_findings(
        f"# release: {release}\n{SERVER}{ROWS}{AGENT}\n"
        f"#{' ' * (at - 1)}^^^^^^^^^^^^^^^ {severity}[row-agent-not-found] did you mean `letters_agent`?\n"
    )


def test_a_row_may_name_any_agent_of_a_run_that_lists_it() -> None:
    other = """\
# --- resources_servers/letters/configs/more.yaml
config_paths: [resources_servers/letters/configs/letters.yaml]
second_agent:
  responses_api_agents:
    simple_agent: {entrypoint: app.py}
"""
    assert_clean(f'{SERVER}{other}{ROWS}{PROMPT}, "agent_ref": {{"name": "second_agent"}}}}\n')


def test_a_task_source_names_a_server() -> None:
    assert_clean(f'{SERVER}{ROWS}{PROMPT}, "task_source": "letters"}}\n')
    row = f'{PROMPT}, "task_source": "leters"}}'
    at = row.index('"leters"')
    assert_findings(
        f"{SERVER}{ROWS}{row}\n#{' ' * (at - 1)}^^^^^^^^ information[row-agent-not-found] server `leters`\n"
    )


def test_only_the_example_file_of_a_server_has_five_rows() -> None:
    assert_clean(f"{SERVER}{ROWS}{PROMPT}}}\n")


def test_rows_are_checked_only_if_asked() -> None:
    fixture = parse_fixture(f"{SERVER}{ROWS}not JSON\n")
    assert not findings(fixture, rows=False)
    assert findings(fixture, rows=True)


def test_a_very_large_file_is_read_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gym_lsp.check_rows.LARGEST_ROWS", 100)
    rows = "".join(f'{PROMPT}, "a": {number}}}\n' for number in range(9))
    found = findings(parse_fixture(f"{SERVER}{ROWS}{rows}"), rows=True)
    assert [(each.rule, each.severity.label) for each in found] == [("unreadable-rows", "information")]
    assert "first 1 rows" in found[0].message


def test_a_very_long_line_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gym_lsp.check_rows.LARGEST_ROWS", 10)
    found = findings(parse_fixture(f"{SERVER}{ROWS}{PROMPT}}}\n"), rows=True)
    assert [each.rule for each in found] == ["unreadable-rows"]


def test_problems_are_bounded() -> None:
    rows = "".join(f"not JSON {number}\n" for number in range(1_000))
    assert len(findings(parse_fixture(f"{SERVER}{ROWS}{rows}"), rows=True)) == MOST_PROBLEMS


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    fixture = parse_fixture(f"{SERVER}{ROWS}")
    for path, text in fixture.files.items():
        there = tmp_path / path.relative_to(ROOT)
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(text.encode() if text.strip() else b"\xff\n")
    checker = Checker(Workspace(Disk(), tmp_path))
    found = check_run_with_rows(checker, Run(("resources_servers/letters/configs/letters.yaml",)))
    assert [(each.path.name, each.rule) for each in found.diagnostics] == [("rows.jsonl", "unreadable-rows")]
    assert "UTF-8" in found.diagnostics[0].message


RECIPE = """\
# --- recipes/train.yaml
data: {train: {data_path: recipes/rows.jsonl}, validation: {data_path: absent.jsonl}}
env:
  should_use_nemo_gym: true
  nemo_gym:
    config_paths: [resources_servers/letters/configs/letters.yaml]
    policy_model:
      responses_api_models:
        vllm_model: {entrypoint: app.py, return_token_id_information: true}
"""


ROUTED = [
    """\
{"responses_create_params": {"input": "?"}, "agent_ref": {"name": "letters_agent"}}
""",
    """\
{"responses_create_params": {"input": "?"}, "agent_ref": {"name": "letter_agent"}}
#                                                                 ^^^^^^^^^^^^^^ error[unrouted-row] `letters_agent`
""",
    """\
{"responses_create_params": {"input": "?"}}
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[unrouted-row] missing `agent_ref.name`
""",
    """\
{"agent_ref": {"name": "letters_agent"}}
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[missing-row-prompt]
""",
]


@pytest.mark.parametrize("rows", ROUTED)
def test_the_data_of_a_recipe_reaches_its_agents(rows: str) -> None:
    assert_clean(f"{SERVER}{ROWS}{PROMPT}}}\n{RECIPE}# --- recipes/rows.jsonl\n{rows}")
