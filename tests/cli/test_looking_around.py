"""`--list`, `--resolve` and `--explain`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from gym_lsp.rules import ALL_RULES
from tests.cli.conftest import BROKEN, CLEAN, TIDES, Gym, on_a_terminal, write

JUDGE = "environments/judge/config.yaml"
JUDGED = """\
judge:
  responses_api_models:
    m: {entrypoint: app.py, api_key: never-shown, base_url: "https://host/v1?key=never-shown", model: x}
"""


def loaded(text: str) -> Any:
    yaml: Any = YAML(typ="safe")
    return yaml.load(text)


@pytest.fixture
def sample(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample workspace as the working directory."""
    monkeypatch.chdir(Path(__file__).resolve().parents[2])


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize(("kind", "some"), [("environments", "museum_guide"), ("agents", "direct_agent")])
def test_a_list_is_tsv_or_json(gym: Gym, kind: str, some: str) -> None:
    ran = gym("--list", kind)
    assert (ran.code, ran.err) == (0, "")
    rows = json.loads(gym("--list", kind, "--format", "json").out)
    assert some in [row["name"] for row in rows]
    cells = [line.split("\t") for line in ran.out.splitlines()]
    assert cells[0] == [*rows[0]]
    assert [row[0] for row in cells[1:]] == [row["name"] for row in rows]
    assert {len(row) for row in cells} == {len(rows[0])}
    assert "  " not in ran.out


@pytest.mark.parametrize("kind", ["environments", "agents", "models", "resources-servers", "benchmarks"])
def test_an_empty_list_has_a_message(gym: Gym, tree: Path, kind: str) -> None:
    (tree / TIDES).unlink()
    ran = gym("--list", kind)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith(
        f"gym-lsp: no {kind.replace('-', ' ')} found in {tree}; search another folder with `--search-dir DIR`, or "
    )
    assert json.loads(gym("--list", kind, "--format", "json").out) == []


def test_a_run_is_resolved(gym: Gym, tree: Path) -> None:
    write(tree, JUDGE, JUDGED)
    ran = gym("--resolve", "--config", TIDES, "--config", JUDGE, "++judge.responses_api_models.m.model=other")
    assert (ran.code, ran.err) == (0, "")
    resolved = loaded(ran.out)
    assert resolved["tides"]["resources_servers"]["tides"]["domain"] == "knowledge"
    assert resolved["judge"]["responses_api_models"]["m"]["model"] == "other"


def test_each_value_with_its_place(gym: Gym, tree: Path) -> None:
    write(tree, JUDGE, JUDGED)
    run = ["--config", TIDES, "--config", JUDGE, "++judge.responses_api_models.m.model=other"]
    ran = gym("--resolve", "--provenance", *run)
    origins = {line.split("#")[0].strip(): line.split("#")[1].strip() for line in ran.out.splitlines() if "#" in line}
    assert origins["domain: knowledge"] == f"{TIDES}:5"
    assert "override" in origins["model: other"] or "command line" in origins["model: other"]
    plain, expected = loaded(gym("--resolve", *run).out), loaded(ran.out)
    assert plain == expected


@pytest.mark.parametrize("arguments", [[], ["--provenance"]])
def test_no_secret_is_resolved(gym: Gym, tree: Path, arguments: list[str]) -> None:
    write(tree, JUDGE, JUDGED)
    out = gym("--resolve", "--config", JUDGE, *arguments).out
    assert "judge" in out
    assert "never-shown" not in out


def test_a_run_with_problems_is_shown_and_1(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, BROKEN)
    ran = gym("--resolve", "--config", TIDES)
    assert ran.code == 1
    assert "knowlege" in ran.out
    assert ran.err == f"gym-lsp: this run has 2 errors; show them with `gym-lsp --check --config {TIDES}`\n"


def test_what_is_resolved_can_go_to_a_file(gym: Gym, tree: Path) -> None:
    shown = gym("--resolve", "--config", TIDES).out
    assert gym("--resolve", "--config", TIDES, "--output-file", "run.yaml").out == ""
    assert (tree / "run.yaml").read_text("utf-8") == shown


def test_every_rule_is_explained(gym: Gym) -> None:
    for rule in ALL_RULES:
        out = gym("--explain", rule.name).out
        assert out.startswith(f"# {rule.name} ({rule.severity.label})\n\n{rule.page}")
        assert all(error in out for error in rule.predicts)


def test_the_rules_are_listed(gym: Gym) -> None:
    names = [line.partition(" ")[0] for line in gym("--explain").out.splitlines()]
    assert names == sorted(rule.name for rule in ALL_RULES)


def test_a_list_fits_its_terminal(tree: Path, command: list[str]) -> None:
    write(tree, JUDGE, JUDGED)
    described = CLEAN.replace("domain: knowledge", f"domain: knowledge\n      description: {'long and 日本語 ' * 9}")
    write(tree, TIDES, described)
    assert on_a_terminal(tree, [*command, "--list", "environments"], columns=60).splitlines() == [
        "judge",
        "    status: no-manifest",
        "    config: environments/judge/config.yaml",
        "tides",
        "    domain: knowledge",
        "    status: no-manifest",
        "    config: environments/tides/config.yaml",
        "    description: long and 日本語 long and 日本語 long and",
        "        日本語 long and 日本語 long and 日本語 long and",
        "        日本語 long and 日本語 long and 日本語 long and",
        "        日本語",
    ]


def test_each_config_path_with_its_place(gym: Gym, tree: Path) -> None:
    write(tree, JUDGE, f"config_paths:\n- {TIDES}\n{JUDGED}")
    out = gym("--resolve", "--provenance", "--config", JUDGE).out
    sources = [line.split("  # ") for line in out.splitlines() if line.startswith("  - ")]
    assert [(value.strip(), source) for value, source in sources] == [
        (f"- {JUDGE}", "command line"),
        (f"- {TIDES}", f"{JUDGE}:2"),
    ]
