"""What is printed as JSON apart from findings: statistics, rules, resolved configurations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gym_lsp.rules import ALL_RULES
from tests.cli.conftest import BROKEN, CLEAN, TIDES, UNSET, Gym, write
from tests.cli.test_looking_around import JUDGE, JUDGED, loaded
from tests.cli.test_recipes import RECIPE

ODD = """\
odd:
  1: one
  true: yes it is
  empty: {}
  none: null
  numbers: [1, 2.5, 1e3, -.inf, .nan, 0x10]
  "1": text
  text: "a: b\\n# c"
  nested: [[1], {a: [2]}]
"""


def test_statistics(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, BROKEN)
    write(tree, "environments/other/config.yaml", UNSET)
    ran = gym("--check", "--statistics", "--format", "json")
    assert (ran.code, ran.err) == (1, "")
    document = json.loads(ran.out)
    assert list(document) == ["version", "release", "statistics", "summary"]
    assert (document["version"], document["release"]) == (1, None)
    assert document["statistics"] == [
        {"rule": "server-ref-not-found", "severity": "error", "count": 1, "fixable": 1, "safely_fixable": 0},
        {"rule": "unknown-domain", "severity": "error", "count": 1, "fixable": 1, "safely_fixable": 0},
        {"rule": "misspelt-missing-marker", "severity": "warning", "count": 1, "fixable": 1, "safely_fixable": 1},
    ]
    assert document["summary"] == json.loads(gym("--check", "--format", "json").out)["summary"]


def test_rules(gym: Gym) -> None:
    rules = json.loads(gym("--explain", "--format", "json").out)
    assert [rule["name"] for rule in rules] == sorted(rule.name for rule in ALL_RULES)
    one = json.loads(gym("--explain", "unknown-domain", "--format", "json").out)
    assert one in rules
    assert list(one) == ["name", "severity", "summary", "page", "gym_errors", "url"]
    assert (one["severity"], one["gym_errors"]) == ("error", ["AlmostServerError"])
    assert one["page"].startswith(one["summary"])


def test_an_unknown_rule(gym: Gym) -> None:
    ran = gym("--explain", "unknwon-domain", "--format", "json")
    assert (ran.code, ran.out) == (2, "")
    assert "did you mean `unknown-domain`?" in ran.err


def as_json(value: Any) -> Any:
    """A value of YAML, as the JSON of the document is meant to have it."""
    if isinstance(value, dict):
        return {str(key).lower() if isinstance(key, bool) else str(key): as_json(each) for key, each in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, list):
        return [as_json(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return ".nan" if value != value else "-.inf" if value < 0 else ".inf"
    return value


@pytest.mark.parametrize("arguments", [["--config", TIDES, "--config", JUDGE], ["--config", "odd.yaml"]])
def test_the_config_is_that_of_the_yaml(gym: Gym, tree: Path, arguments: list[str]) -> None:
    write(tree, JUDGE, JUDGED)
    write(tree, "odd.yaml", ODD.replace('  "1": text\n', ""))
    expected = as_json(loaded(gym("--resolve", *arguments).out))
    ran = gym("--resolve", *arguments, "--format", "json")
    document = json.loads(ran.out, parse_constant=pytest.fail)
    assert document.pop("config") == expected
    assert document == {"version": 1, "release": None, "not_shown": []}
    assert "never-shown" not in ran.out


def test_each_value_has_its_source(gym: Gym, tree: Path) -> None:
    write(tree, "training/grpo.yaml", RECIPE)
    document = json.loads(gym("--resolve", "training/grpo.yaml", "--provenance", "--format", "json").out)
    sources = {
        ".".join(map(str, each["path"])): (each["source"], each["line"], each["how"]) for each in document["sources"]
    }
    assert sources["tides.resources_servers.tides.domain"] == (TIDES, 5, "written")
    assert sources["config_paths.0"] == ("training/grpo.yaml", 6, "written")
    assert sources["policy_model_name"] == ("NeMo RL", None, "generated")
    overridden = json.loads(gym("--resolve", TIDES, "++a=1", "--provenance", "--format", "json").out)
    assert {"path": ["a"], "source": "command line", "line": None, "how": "override"} in overridden["sources"]


def test_the_exit_code_is_the_same(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, BROKEN)
    assert gym("--resolve", TIDES, "--format", "json").code == 1
    write(tree, TIDES, CLEAN)
    assert gym("--resolve", TIDES, "--format", "json").code == 0
