"""The help of command line configs, and when it is printed."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import pytest
from omegaconf import OmegaConf
from pydantic import Field, ValidationError

from gym_lsp.gym.config_types import BaseNeMoGymCLIConfig, DeleteJsonlDatasetGitlabConfig


class Bake(BaseNeMoGymCLIConfig):
    """
    Bake a cake.

        bake +flavour=plum
    """

    flavour: str = Field(description="What it tastes of.")
    layers: int = Field(default=2, description="How high it gets.")
    candles: list[str] = Field(default_factory=list)
    note: str | None = None


class BakeAgain(Bake):
    pass


class Rest(BaseNeMoGymCLIConfig):
    pass


HELP = """\
Displaying help for Bake

Description
-----------
Bake a cake.

    bake +flavour=plum

Parameters
----------
- flavour (str)         What it tastes of. [required]
- layers (int)          How high it gets. [default: 2]
- candles (list[str])   [default: <factory>]
- note (str | None)
"""


@pytest.fixture(autouse=True)
def no_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["program"])


def printed_help(model: type[BaseNeMoGymCLIConfig], data: object, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as leaving:
        model.model_validate(data)
    assert not leaving.value.code
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "data", [{"h": True}, {"help": True}, {"help": "yes", "flavour": 5}, OmegaConf.create({"h": 1})]
)
def test_a_key_requests_help(data: object, capsys: pytest.CaptureFixture[str]) -> None:
    printed = printed_help(Bake, data, capsys)
    assert [line.rstrip() for line in printed.splitlines()] == HELP.splitlines()


@pytest.mark.parametrize("arguments", [["-h"], ["--help"], ["+flavour=plum", "-h", "--other"], ["--hel"]])
def test_the_command_line_requests_help(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["program", *arguments])
    assert printed_help(Bake, {"flavour": "plum"}, capsys).startswith("Displaying help for Bake\n")


@pytest.mark.parametrize("data", [{}, {"h": False}, {"help": None}, {"help": ""}])
def test_no_help_without_a_request(data: Mapping[str, object], capsys: pytest.CaptureFixture[str]) -> None:
    assert Bake.model_validate({"flavour": "plum", **data}).layers == 2
    assert capsys.readouterr().out == ""


def test_the_description_of_another_command_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    printed = printed_help(BakeAgain, {"h": True}, capsys)
    assert "Bake a cake." not in printed
    assert "- flavour (str)" in printed


def test_help_of_a_command_without_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed_help(Rest, {"h": True}, capsys) == "Displaying help for Rest\n\nThis command has no parameters.\n"


@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_a_value_that_is_not_a_mapping_is_a_validation_error(data: object) -> None:
    with pytest.raises(ValidationError):
        DeleteJsonlDatasetGitlabConfig.model_validate(data)
