"""New components are valid: NeMo Gym's own parser accepts them, and gym-lsp has no error or warning."""

from __future__ import annotations

import ast
import json
import runpy
from pathlib import Path, PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.check import Checker, one_by_one
from gym_lsp.check_rows import check_with_rows
from gym_lsp.diagnostic import Severity
from gym_lsp.files import Disk, Unwritable
from gym_lsp.rules.engine.context import Scope
from gym_lsp.scaffold.plan import plan
from gym_lsp.scaffold.request import KINDS, Request, ScaffoldError, check_name, class_name
from tests.corpus import WHEELS, Corpus
from tests.scaffold.made import CONFIGS, ENVIRONMENT, REQUESTS, digest, made, made_alone, opened
from tests.scaffold.record import DATA

UNBOUND = {"0.4.0": "ConfigMissingValuesError", "0.5.1": "ConfigMissingValuesError"}
"""What NeMo Gym reports about an agent on its own, which a run has to bind to a resources server."""
BUILTIN = [case for case in REQUESTS if not case.startswith("on-")]
"""What can be made without an installed NeMo Gym."""


@pytest.mark.corpus
@pytest.mark.parametrize("release", WHEELS)
@pytest.mark.parametrize("case", CONFIGS)
def test_the_parser_accepts_a_new_config(corpus: Corpus, release: str, case: str, tmp_path: Path) -> None:
    recorded = json.loads(DATA.read_text("utf-8"))[release][case]
    assert digest(made_alone(tmp_path, corpus.release(release), case)) == recorded["texts"], "run `make record`"
    expected = UNBOUND.get(release, "AgentCompositionError") if case == "agent" else "ok"
    assert recorded["verdict"] == expected


@pytest.mark.corpus
@pytest.mark.parametrize("release", WHEELS)
def test_new_components_are_clean(corpus: Corpus, release: str, tmp_path: Path) -> None:
    for case, request in REQUESTS.items():
        if case != "sandbox" or opened(tmp_path, corpus.release(release)).profile.sandbox_providers:
            made(tmp_path, corpus.release(release), request)
    assert_clean(tmp_path, corpus.release(release))


def test_new_components_are_clean_without_nemo_gym(tmp_path: Path) -> None:
    for case in BUILTIN:
        made(tmp_path, None, REQUESTS[case])
    assert_clean(tmp_path, None)


def assert_clean(folder: Path, release: Path | None) -> None:
    checker = Checker(opened(folder, release))
    found = check_with_rows(
        checker, checker.check_workspace, checker.workspace.members, one_by_one, Scope.WORKSPACE
    ).diagnostics
    assert [each for each in found if each.severity <= Severity.WARNING] == []


def test_each_program_is_python(tmp_path: Path) -> None:
    for case in BUILTIN:
        for path, text in made(tmp_path, None, REQUESTS[case]).items():
            assert text.endswith("\n")
            if path.endswith(".py"):
                ast.parse(text)
                assert all(len(line) <= 120 for line in text.splitlines())


def test_the_example_of_a_resources_server_has_five_rows(tmp_path: Path) -> None:
    texts = made(tmp_path, None, REQUESTS["resources-server"])
    rows = [json.loads(line) for line in texts["resources_servers/grader/data/example.jsonl"].splitlines()]
    assert len(rows) == 5
    assert {row["agent_ref"]["name"] for row in rows} == {"grader_agent"}


def test_a_prepare_script_makes_the_rows_of_its_config(tmp_path: Path) -> None:
    made(tmp_path, None, REQUESTS["benchmark"])
    script = runpy.run_path(str(tmp_path / "benchmarks/trivia/prepare.py"))
    assert script["prepare"]() == tmp_path / "benchmarks/trivia/data/trivia.jsonl"
    assert_clean(tmp_path, None)


@pytest.mark.corpus
def test_in_a_checkout_a_server_uses_the_nemo_gym_next_to_it(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "nemo_gym").mkdir()
    texts = made(tmp_path, corpus.release("0.7.0"), ENVIRONMENT)
    assert texts["resources_servers/quiz/requirements.txt"] == "-e nemo-gym[dev] @ ../../\n"


WRONG: dict[str, tuple[Request, str]] = {
    "name": (Request(kind="agent", name="Word-Count"), "invalid name `Word-Count`; did you mean `word_count`?"),
    "camel": (Request(kind="agent", name="wordCount"), "invalid name `wordCount`; did you mean `word_count`?"),
    "keyword": (Request(kind="agent", name="class"), "and not a keyword of Python"),
    "path": (Request(kind="agent", name="../up"), "invalid name `../up`; did you mean `up`?"),
    "long": (Request(kind="agent", name="a" * 65), "the name has 65 characters; expected at most 64"),
    "domain": (Request(kind="environment", name="a", domain="maths"), "unknown domain `maths`; did you mean `math`?"),
    "provider": (Request(kind="sandbox", name="a", provider="dokcer"), "did you mean `docker`?"),
    "recipe": (Request(kind="recipe", name="a"), "a recipe needs the environment that it trains on"),
    "environment": (Request(kind="recipe", name="a", environment="b"), "unknown environment `b`"),
    "server": (Request(kind="environment", name="a", resources_server="b"), "unknown resources server `b`"),
    "own rows": (Request(kind="benchmark", name="a", resources_server="b"), "a benchmark has rows of its own"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_made(case: str, tmp_path: Path) -> None:
    request, message = WRONG[case]
    with pytest.raises(ScaffoldError) as caught:
        plan(opened(tmp_path, None), request)
    assert message in str(caught.value)


@pytest.mark.corpus
def test_an_agent_that_needs_more_fields_is_an_error(corpus: Corpus, tmp_path: Path) -> None:
    workspace = opened(tmp_path, corpus.release("0.7.0"))
    for agent, message in (
        ("simple_agnet", "did you mean `simple_agent`?"),
        ("codex_agent", "`codex_agent` also needs `codex_version`"),
    ):
        with pytest.raises(ScaffoldError) as caught:
            plan(workspace, Request(kind="environment", name="a", agent=agent))
        assert message in str(caught.value)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    made(tmp_path, None, ENVIRONMENT)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(ScaffoldError, match=r"quiz/app\.py and \d more of its files exist already"):
        plan(opened(tmp_path, None), ENVIRONMENT)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_link_out_of_the_workspace_is_not_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (inside / "environments").symlink_to(outside)
    with pytest.raises(Unwritable, match="out of the workspace"):
        Disk().create(PurePath(inside / "environments" / "a.yaml"), "", PurePath(inside))
    assert list(outside.iterdir()) == []


@given(st.text(max_size=70))
def test_any_name_is_usable_or_an_error(name: str) -> None:
    try:
        check_name(name)
    except ScaffoldError:
        return
    assert name.isidentifier()
    assert class_name(name).isidentifier()


def test_each_kind_is_tried() -> None:
    assert {request.kind for request in REQUESTS.values()} == set(KINDS)
