"""The index of names: definitions, and names that are spelled alike."""

from __future__ import annotations

import re
from itertools import product
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.compose.source import config_file
from gym_lsp.gym.roots import InstallRoot
from gym_lsp.workspace import names
from gym_lsp.workspace.glance import top_level_keys
from gym_lsp.workspace.names import SANDBOX, Definition, distance
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.workspace import Workspace
from tests.memory import Memory
from tests.syntax.documents import SAMPLES, written

ROOT, GYM = PurePath("/w"), PurePath("/gym")


def workspace(texts: dict[str, str], **settings: object) -> Workspace:
    files = Memory({ROOT / path: text for path, text in texts.items()})
    return Workspace(files, ROOT, Settings(**settings), InstallRoot(GYM, "--gym-root", None))  # pyright: ignore[reportArgumentType]


TEXTS = {
    "environments/a.yaml": "judge: {responses_api_models: {m: {entrypoint: app.py}}}\nnumber: 5\n",
    "environments/b.yaml": "# judge: 1\n'judge':\n  resources_servers: {}\n\"quoted name\": {x: 1}\n",
    "sandboxes/s.yaml": "sandbox: {docker: {}}\nboth: {responses_api_models: {}, resources_servers: {}}\n",
    "flow.yaml": "{braces: {responses_api_agents: {}}}\n",
    "indented.yaml": "  deep: {responses_api_agents: {}}\n  deeper: 1\n",
    "broken.yaml": "torn: {resources_servers: {}}\nx: [\nafter: {resources_servers: {}}\n",
    "/gym/environments/g.yaml": "gym_judge: {responses_api_models: {}}\njudge: {responses_api_models: {}}\n",
    "/gym/site/other.yaml": "stranger: {responses_api_models: {}}\n",
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "judge",
            [
                ("/w/environments/a.yaml", "responses_api_models"),
                ("/w/environments/b.yaml", "resources_servers"),
                ("/gym/environments/g.yaml", "responses_api_models"),
            ],
        ),
        ("number", [("/w/environments/a.yaml", None)]),
        ("quoted name", [("/w/environments/b.yaml", None)]),
        ("sandbox", [("/w/sandboxes/s.yaml", SANDBOX)]),
        ("both", [("/w/sandboxes/s.yaml", "responses_api_models"), ("/w/sandboxes/s.yaml", "resources_servers")]),
        ("braces", [("/w/flow.yaml", "responses_api_agents")]),
        ("deep", [("/w/indented.yaml", "responses_api_agents")]),
        ("torn", [("/w/broken.yaml", "resources_servers")]),
        ("after", [("/w/broken.yaml", "resources_servers")]),
        ("gym_judge", [("/gym/environments/g.yaml", "responses_api_models")]),
        ("stranger", []),
        ("x", [("/w/broken.yaml", None)]),
        ("nope", []),
        ("", []),
    ],
)
def test_every_definition_of_a_name_is_known(name: str, expected: list[tuple[str, str | None]]) -> None:
    found = workspace(TEXTS).names.defined(name)
    assert sorted((each.path.as_posix(), each.server_type or "") for each in found) == sorted(
        (path, kind or "") for path, kind in expected if (path, name) != ("/w/broken.yaml", "x")
    )
    assert all(each.name == name for each in found)


def test_the_definitions_of_the_workspace_come_first() -> None:
    found = workspace(TEXTS).names.defined("judge")
    assert [each.path.is_relative_to(ROOT) for each in found] == [True, True, False]
    assert isinstance(found[0], Definition)


def test_names_of_excluded_files_are_not_known_and_open_names_are() -> None:
    names = workspace(TEXTS, path=ROOT / "gym-lsp.toml", exclude=("sandboxes",), open_names=("policy_*",)).names
    assert not names.defined("sandbox")
    assert names.is_open("policy_x")
    assert not names.is_open("x_policy_")


@given(written | st.sampled_from(SAMPLES))
def test_a_glance_finds_every_key_that_parsing_finds(text: str) -> None:
    """That is, every key at the start of a line that can be the name of an instance. Others are found by parsing."""
    file = config_file(PurePath("x.yaml"), text)
    if file.document.problems or not file.root_is_mapping:
        return
    at_margin = [
        entry.key.text  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        for entry in getattr(file.document.root, "entries", ())
        if entry.key.start == 0 or text[entry.key.start - 1] == "\n"
    ]
    glance = top_level_keys(text)
    assert all(key in glance for key in at_margin if re.fullmatch(r"\w[\w ./'-]*", key))


# Slips


def textbook(left: str, right: str) -> int:
    """Optimal string alignment, by its recurrence."""
    if not left or not right:
        return len(left) + len(right)
    options = [textbook(left[1:], right) + 1, textbook(left, right[1:]) + 1]
    options.append(textbook(left[1:], right[1:]) + (left[0] != right[0]))
    if len(left) > 1 and len(right) > 1 and left[:2] == right[1::-1]:
        options.append(textbook(left[2:], right[2:]) + 1)
    return min(options)


def test_the_distance_is_the_textbooks_for_all_short_words() -> None:
    words = ["".join(letters) for size in range(4) for letters in product("ab", repeat=size)] + ["abc", "bca", "cab"]
    for left, right, limit in product(words, words, (0, 1, 2, 5)):
        assert distance(left, right, limit) == min(textbook(left, right), limit + 1)


@given(st.text("abcd", max_size=6), st.text("abcd", max_size=6), st.integers(0, 7))
def test_the_distance_is_the_textbooks(left: str, right: str, limit: int) -> None:
    expected = min(textbook(left, right), limit + 1)
    assert distance(left, right, limit) == expected == distance(right, left, limit)


@pytest.mark.parametrize(
    ("name", "server_type", "expected"),
    [
        ("jugde", None, ("judge",)),
        ("jdge", None, ("judge",)),
        ("judges", "responses_api_models", ("judge",)),
        ("judge", None, ()),
        ("judgeee", None, ("judge",)),
        ("jge", None, ()),
        ("sandbx", "responses_api_models", ()),
        ("gymjudge", "responses_api_models", ("gym_judge",)),
        ("brace", "responses_api_agents", ("braces",)),
        ("bracez", "responses_api_agents", ("braces",)),
        ("unknown", None, ()),
    ],
)
def test_names_that_were_probably_meant(name: str, server_type: str | None, expected: tuple[str, ...]) -> None:
    """Two slips in a name of six letters or more, one in a shorter one."""
    assert workspace(TEXTS).names.spelled_like(name, server_type) == expected


def test_the_nearest_name_comes_first() -> None:
    texts = {"a.yaml": "policy_modle_b: 1\npolicy_model: 1\npolicy_model_a: 1\n"}
    assert workspace(texts).names.spelled_like("policy_model_b", None) == (
        "policy_model_a",
        "policy_modle_b",
        "policy_model",
    )


def test_too_many_names_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {f"{letter}.yaml": f"name_{letter}: 1\n" for letter in "abcd"}
    assert workspace(texts).names.spelled_like("name_x", None) == ("name_a", "name_b", "name_c", "name_d")
    monkeypatch.setattr(names, "MOST_COMPARED", 3)
    assert workspace(texts).names.spelled_like("name_x", None) == ()


def test_a_shadowed_file_defines_nothing() -> None:
    found = workspace(
        {
            "environments/a.yaml": "agent_x: {responses_api_agents: {}}\n",
            "/gym/environments/a.yaml": "agent: {responses_api_agents: {}}\n",
            "/gym/environments/b.yaml": "other: {responses_api_agents: {}}\n",
        }
    )
    assert found.names.defined("agent") == ()
    assert found.names.spelled_like("agent", "responses_api_agents") == ()
    assert [each.path for each in found.names.defined("other")] == [GYM / "environments" / "b.yaml"]
