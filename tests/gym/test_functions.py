"""Our `config_types` and `sandbox` agree with those of NeMo Gym 0.4.0, recorded by `record_functions.py`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gym_lsp.gym import config_types, sandbox
from tests.gym.answers import Answers, shapes
from tests.gym.questions import questions

DATA = Path(__file__).parent / "data"
RECORDED: list[dict[str, Any]] = [
    json.loads(line) for line in (DATA / "functions.jsonl").read_text(encoding="utf-8").splitlines()
]
SHAPES: dict[str, Any] = json.loads((DATA / "shapes.json").read_text(encoding="utf-8"))
OURS = shapes(config_types)

SINCE_0_4_0 = {
    "AgentCompositionError",
    "AgentWithoutEnvironmentServerError",
    "AmbiguousAgentRenameError",
    "AmbiguousEnvironmentServerError",
    "ConfigInterpolationError",
    "UnsupportedAgentOverrideError",
    "UnsupportedAgentPairingError",
    "UnsupportedModelPairingError",
}


def test_every_question_was_recorded() -> None:
    assert [[row["ask"], row["arguments"]] for row in RECORDED] == [list(question) for question in questions()]


@pytest.mark.parametrize("row", RECORDED, ids=[f"{row['ask']}-{index}" for index, row in enumerate(RECORDED)])
def test_answers_are_nemo_gyms(row: dict[str, Any]) -> None:
    assert Answers(config_types, sandbox).answer(row["ask"], row["arguments"]) == row["answer"], row["arguments"]


@pytest.mark.parametrize("name", SHAPES["models"])
def test_models_have_nemo_gyms_shape(name: str) -> None:
    assert OURS["models"][name] == SHAPES["models"][name]


def test_there_are_no_other_models() -> None:
    assert set(OURS["models"]) == set(SHAPES["models"])


def test_errors_derive_from_what_nemo_gyms_do() -> None:
    assert {name: bases for name, bases in OURS["errors"].items() if name not in SINCE_0_4_0} == SHAPES["errors"]


@pytest.mark.parametrize("name", sorted(SINCE_0_4_0))
def test_newer_errors_are_value_errors_too(name: str) -> None:
    error = getattr(config_types, name)
    assert issubclass(error, config_types.ConfigError)
    assert issubclass(error, ValueError)


@pytest.mark.parametrize("name", [name for name in SHAPES if name not in ("models", "errors")])
def test_data_is_nemo_gyms(name: str) -> None:
    assert OURS[name] == SHAPES[name]
