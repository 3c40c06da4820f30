"""Commands that are not typed in full, and what they mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import BROKEN, CLEAN, FIXED, TIDES, UNSET, Gym, on_a_terminal, write
from tests.cli.test_recipes import RECIPE

OTHER = "environments/other.yaml"
ROUTE = "training/grpo.yaml"
SAME = [
    (["--fix", TIDES], ["--check", "--fix", TIDES]),
    (["--fix"], ["--check", "--fix"]),
    (["--diff", TIDES], ["--check", "--diff", TIDES]),
    (["--standalone"], ["--check", "--standalone"]),
    (["--statistics", "environments"], ["--check", "--statistics", "environments"]),
    (["--show-files"], ["--check", "--show-files"]),
    (["--select", "unknown-domain", "--config", TIDES], ["--check", "--select", "unknown-domain", "--config", TIDES]),
    (["--resolve", TIDES], ["--resolve", "--config", TIDES]),
    (["--resolve", TIDES, OTHER, "++a=1"], ["--resolve", "--config", TIDES, "--config", OTHER, "++a=1"]),
    (["--resolve", "++a=1", TIDES], ["--resolve", "--config", TIDES, "++a=1"]),
    (["--resolve", TIDES, "--agent", "x"], ["--resolve", "--config", TIDES, "--agent", "x"]),
    (["--resolve", ROUTE, "~grpo.steps"], ["--resolve", "--recipe", ROUTE, "~grpo.steps"]),
    (["--graph", TIDES], ["--graph", "--config", TIDES]),
    (["--graph", ROUTE], ["--graph", "--recipe", ROUTE]),
    (["-V"], ["--version"]),
]


@pytest.mark.parametrize(("short", "full"), SAME, ids=[" ".join(short) for short, _ in SAME])
def test_a_short_form_is_the_same_command(gym: Gym, tree: Path, short: list[str], full: list[str]) -> None:
    write(tree, OTHER, "other: {a: 1}\n")
    write(tree, ROUTE, RECIPE.replace("grpo: {", "grpo: {steps: 2, "))

    def ran(arguments: list[str]) -> object:
        write(tree, TIDES, BROKEN.replace("domain", "api_key: ??\n      domain"))
        return gym(*arguments), (tree / TIDES).read_text("utf-8")

    assert ran(short) == ran(full)


def test_fixing_needs_no_other_argument(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, UNSET)
    assert gym("--fix", TIDES).code == 0
    assert (tree / TIDES).read_text("utf-8") == FIXED


def test_a_recipe_is_a_whole_run(gym: Gym, tree: Path) -> None:
    write(tree, ROUTE, RECIPE)
    ran = gym("--resolve", ROUTE, TIDES)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"gym-lsp: {ROUTE}: this is a recipe, whose run is complete; remove the other files\n"


def test_columns_are_heeded_without_a_terminal(gym: Gym, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree, TIDES, BROKEN)
    widths: list[int] = []
    for columns in ("40", "80", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        widths.append(max(map(len, gym("--check").out.splitlines())))
    assert widths[0] < widths[1] < widths[2]
    monkeypatch.setenv("COLUMNS", "many")
    by_default = gym("--check").out
    monkeypatch.delenv("COLUMNS")
    assert gym("--check").out == by_default


def test_columns_are_heeded_on_a_terminal(tree: Path, command: list[str]) -> None:
    write(tree, TIDES, CLEAN.replace("domain: knowledge", f"domain: knowledge\n      description: {'long ' * 20}"))
    narrow = on_a_terminal(tree, [*command, "--list", "environments"], columns=200, COLUMNS="50")
    assert max(map(len, narrow.splitlines())) <= 50
