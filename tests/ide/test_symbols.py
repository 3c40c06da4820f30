"""Document symbols and workspace symbols."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from gym_lsp.ide.fuzzy import fuzzy_score
from gym_lsp.ide.symbols import Symbol, document_symbols
from gym_lsp.ide.workspace_symbols import workspace_symbols
from gym_lsp.text import Span
from tests.fixture import DEFAULT_FILE, ROOT, parse_fixture

OUTLINE = """\
config_paths:
- a.yaml
limit: 5
sandbox: {docker: {create: {}}, default_metadata: {}}
math:
  resources_servers:
    math:
      entrypoint: app.py
      judge: {type: responses_api_models, name: judge}
      verifiers:
        first: {name: other}
      datasets:
      - {name: rows, type: train, jsonl_fpath: a.jsonl}
      - type: example
new:
  _inherit_from: math
common: &common
  resources_servers: {tools: {entrypoint: app.py}}
shared: *common
"""


def outline(symbols: Iterable[Symbol], margin: str = "") -> str:
    lines = ""
    for each in symbols:
        lines += f"{margin}{each.kind.value} {each.name}" + (f" ({each.detail})" if each.detail else "") + "\n"
        lines += outline(each.children, margin + "  ")
    return lines


def test_document_symbols() -> None:
    workspace = parse_fixture(OUTLINE).workspace()
    assert outline(document_symbols(workspace, ROOT / DEFAULT_FILE)) == (
        "includes config_paths\n"
        "  file a.yaml\n"
        "value limit\n"
        "sandbox sandbox (docker)\n"
        "  provider docker\n"
        "instance math (resources_servers)\n"
        "  server math (resources_servers)\n"
        "    ref judge (judge)\n"
        "    ref first (other)\n"
        "    dataset rows (train)\n"
        "    dataset datasets (example)\n"
        "instance new (from math)\n"
        "instance common (resources_servers)\n"
        "  server tools (resources_servers)\n"
        "value shared\n"
    )


def test_a_symbol_lies_within_the_one_around_it() -> None:
    workspace = parse_fixture(OUTLINE).workspace()

    def check(symbols: Iterable[Symbol], around: Span) -> None:
        for each in symbols:
            assert around.covers(each.span)
            assert each.span.covers(each.selection)
            check(each.children, each.span)

    check(document_symbols(workspace, ROOT / DEFAULT_FILE), Span(0, len(OUTLINE)))


@pytest.mark.parametrize("text", ["", "- a\n", "user: hello\n", "a: {b: 1}\n"])
def test_what_is_not_gyms_has_no_symbols(text: str) -> None:
    workspace = parse_fixture(f"# --- other.yaml\n{text}").workspace()
    assert document_symbols(workspace, ROOT / "other.yaml") == ()


def test_a_manifest_shows_its_keys() -> None:
    workspace = parse_fixture("# --- environments/a/manifest.yaml\nname: a\nkind: environment\n").workspace()
    found = document_symbols(workspace, ROOT / "environments/a/manifest.yaml")
    assert outline(found) == "value name\nvalue kind\n"


WORKSPACE = """
# --- responses_api_agents/simple_agent/app.py
# --- /gym/responses_api_agents/simple_agent/app.py
# --- /gym/responses_api_agents/tool_agent/app.py
# --- /gym/responses_api_agents/configs/notes.txt
# --- /gym/environments/math_hard/config.yaml
math_hard: {resources_servers: {math: {entrypoint: app.py}}}
# --- environments/example/config.yaml
math_sandbox: {docker: {}}
limit: 5
new_math: {_inherit_from: x}
# --- benchmarks/math/config.yaml
agent: {responses_api_agents: {a: {datasets: [{type: benchmark}]}}}
# --- benchmarks/suite/hard/easy.yaml
agent: {responses_api_agents: {a: {datasets: [{type: benchmark}]}}}
# --- benchmarks/suite/all.yaml
one: {responses_api_agents: {a: {datasets: [{type: benchmark}, {type: benchmark}]}}}
"""


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "math",
            [
                "benchmark math", "instance math_hard", "environment math_hard", "sandbox math_sandbox",
                "instance new_math",
            ],
        ),
        ("MSb", ["sandbox math_sandbox"]),
        ("example", ["environment example"]),
        ("simple", ["agent simple_agent"]),
        ("t_agent", ["agent tool_agent"]),
        ("easy", ["benchmark suite/hard/easy"]),
        ("limit", []),
        ("configs", []),
    ],
)  # fmt: skip
def test_workspace_symbols(query: str, expected: list[str]) -> None:
    found = workspace_symbols(parse_fixture(WORKSPACE).workspace(), query)
    named = [f"{each.kind.value} {each.name}" for each in found if each.name != "agent"]
    assert sorted(named) == sorted(expected)


def test_the_best_match_comes_first_and_the_workspace_before_gym() -> None:
    gym = "# --- /gym/environments/b/config.yaml\nmath: {_copy: x}\n"
    own = "# --- environments/a/config.yaml\nmath: {_copy: x}\nmy_math: {_copy: x}\n"
    found = workspace_symbols(parse_fixture(gym + own).workspace(), "math")
    assert [(each.name, each.container) for each in found] == [
        ("math", "environments/a/config.yaml"),
        ("math", "environments/b/config.yaml"),
        ("my_math", "environments/a/config.yaml"),
    ]


def test_an_empty_query_finds_everything() -> None:
    found = workspace_symbols(parse_fixture(WORKSPACE).workspace(), "")
    assert {each.kind.value for each in found} == {"instance", "sandbox", "environment", "benchmark", "agent"}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("judge", ["judge", "judge_model", "my_judge", "prejudge", "just_under_dog_gate_east"]),
        ("mj", ["mj", "mjx", "math_judge", "matjx"]),
        ("math judge", ["math judge", "math_judge", "math_with_judge"]),
        ("", ["a"]),
    ],
)
def test_better_matches_score_higher(query: str, names: list[str]) -> None:
    scores = [fuzzy_score(query, name) for name in names]
    assert None not in scores
    assert sorted(scores, key=lambda score: -(score or 0)) == scores
    assert len(set(scores)) == len(scores)


@pytest.mark.parametrize(("query", "name"), [("judges", "judge"), ("ab", "ba"), ("a", "")])
def test_what_does_not_match(query: str, name: str) -> None:
    assert fuzzy_score(query, name) is None
