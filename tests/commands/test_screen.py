"""The glance at a document that decides whether its commands are read."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from gym_lsp.commands.invocation import invocations
from gym_lsp.commands.screen import may_have_commands

COMMANDS = (
    "gym env start --config a.yaml",
    "gym --verbose env start",
    "gym \\\n  env start",
    "ng_run +config_paths=[a.yaml]",
    "nemo_gym_run",
    "uv run ng  eval run",
    "'gym' env start",
    "HF_TOKEN=x gym\tlist benchmarks",
    "gym search math",
)
OTHERS = (
    "The training is running in a gym for words.",
    "import nemo_gym",
    "gym-lsp --check",
    "NeMo Gym environments",
    "a long_string, or along env start",
    "gymnasium env start",
)


@pytest.mark.parametrize("text", COMMANDS)
def test_a_command_passes(text: str) -> None:
    assert list(invocations(PurePath("a.sh"), text))
    assert may_have_commands(text)


@pytest.mark.parametrize("text", OTHERS)
def test_other_text_does_not(text: str) -> None:
    assert not list(invocations(PurePath("a.sh"), text))
    assert not may_have_commands(text)
