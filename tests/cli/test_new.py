"""`gym-lsp --new`: the files of a component, and questions on a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Gym


def test_a_new_environment_is_clean(gym: Gym, tree: Path) -> None:
    ran = gym("--new", "environment", "word_count", "--domain", "math")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "resources_servers/word_count/app.py",
        "resources_servers/word_count/requirements.txt",
        "resources_servers/word_count/task_data.py",
        "environments/word_count/config.yaml",
        "environments/word_count/data/example.jsonl",
        "environments/word_count/manifest.yaml",
        "environments/word_count/README.md",
    ]
    command = "gym-lsp --check --rows environments/word_count"
    assert ran.err == f"gym-lsp: 7 files written; check them with `{command}`\n"
    assert all((tree / path).is_file() for path in ran.out.splitlines())
    checked = gym(*command.split()[1:], "--fail-on", "warning")
    assert (checked.code, checked.out.splitlines()[-1]) == (0, "No problems in 3 files")
    assert gym("--check", "--environment", "word_count", "--fail-on", "warning").code == 0


def test_an_environment_is_made_on_the_server_of_another_one(gym: Gym) -> None:
    gym("--new", "environment", "word_count")
    ran = gym("--new", "environment", "other", "--resources-server", "word_count")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "environments/other/config.yaml")
    assert gym("--check", "--rows", "--fail-on", "warning").code == 0
    config = "environments/word_count/config.yaml"
    about = f"`word_count` is not listed, because it has no config in resources_servers/word_count/configs; {config}"
    assert about in gym("--list", "resources-servers").err
    ran = gym("--check", "--resources-server", "word_count")
    assert ran.code == 2
    assert f"{config} defines `word_count`: use `--config {config}`" in ran.err


def test_the_same_name_is_never_a_suggestion(gym: Gym, tree: Path) -> None:
    (tree / "resources_servers/lone").mkdir(parents=True)
    about = "`resources_servers/lone` has no config, and no other config defines `lone` with its agent"
    assert about in gym("--new", "environment", "other", "--resources-server", "lone").err
    assert "did you mean" not in gym("--check", "--resources-server", "lone").err


def test_a_recipe_says_how_to_check_it(gym: Gym) -> None:
    ran = gym("--new", "recipe", "small", "--environment", "tides")
    assert ran.out == "recipes/small.yaml\n"
    assert ran.err == "gym-lsp: 1 file written; check it with `gym-lsp --check --recipe recipes/small.yaml`\n"


def test_nothing_is_overwritten(gym: Gym, tree: Path) -> None:
    before = (tree / "environments/tides/config.yaml").read_text()
    ran = gym("--new", "environment", "tides")
    expected = "environments/tides/config.yaml exists already; nothing was written; choose another name"
    assert (ran.code, ran.err.splitlines()[0]) == (2, f"gym-lsp: --new environment tides: {expected}")
    assert (tree / "environments/tides/config.yaml").read_text() == before
    assert not (tree / "resources_servers").exists()


def test_if_a_file_cannot_be_written_none_is(gym: Gym, tree: Path) -> None:
    (tree / "environments/word_count").write_text("a file where a folder should be")
    ran = gym("--new", "environment", "word_count")
    assert ran.code == 2
    assert "environments/word_count/config.yaml" in ran.err
    assert "nothing was written" in ran.err
    # No folder is left, either.
    assert not (tree / "resources_servers").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--new", "enviroment", "a"), "--new: unknown kind `enviroment`; did you mean `environment`?"),
        (("--new", "environment", "A b"), "--new environment A b: invalid name `A b`; did you mean `a_b`?"),
        (("--new", "agent", "a", "--domain", "x", "--check"), "`--check` and `--new` cannot be used together"),
        (("--check", "--domain", "math"), "`--domain` can only be used with `--new`"),
        (("--new", "environment", "a", "--domain", "maths"), "--domain: unknown domain `maths`; did you mean `math`?"),
        (("--new", "recipe", "a"), "--environment: a recipe needs the environment that it trains on"),
        (("--new", "agent"), "--new agent: the name is missing, as in `gym-lsp --new agent word_count`"),
        (("--new",), "--new: the kind is missing; expected one of `environment`, `benchmark`,"),
        (("--new", "agent", "a", "b"), "--new agent: unexpected `b`; expected one name, as in"),
    ],
)
def test_wrong_arguments(gym: Gym, arguments: tuple[str, ...], message: str) -> None:
    ran = gym(*arguments)
    assert ran.code == 2
    assert ran.err.startswith(f"gym-lsp: {message}")


def answered(tree: Path, command: list[str], answers: bytes) -> tuple[int, str]:
    """Run a command on a terminal, and return its exit code and what the terminal shows."""
    ours, theirs = pty.openpty()
    os.write(ours, answers)
    environment = {"PATH": "", "TERM": "dumb"}
    done = subprocess.run(
        command, cwd=tree, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, env=environment, check=False
    )
    shown = os.read(ours, 100_000).decode()
    os.close(theirs)
    os.close(ours)
    return done.returncode, shown


def test_questions_on_a_terminal(tree: Path, command: list[str]) -> None:
    code, _ = answered(tree, [*command, "--new", "environment", "sums"], b"\nmath\n\n")
    assert code == 0
    config = (tree / "environments/sums/config.yaml").read_text()
    assert "domain: math" in config
    assert "simple_agent:" in config


def test_the_kind_and_the_name_are_asked_for(tree: Path, command: list[str]) -> None:
    code, shown = answered(tree, [*command, "--new"], b"environment\nsums\n\n\n\n")
    assert code == 0
    assert "What to make (environment, benchmark, agent, resources-server, sandbox, recipe): " in shown
    assert (tree / "environments/sums/config.yaml").is_file()
    assert answered(tree, [*command, "--new", "agent"], b"echo\n")[0] == 0
    assert (tree / "responses_api_agents/echo/app.py").is_file()


def test_after_a_wrong_answer_the_question_comes_again(tree: Path, command: list[str]) -> None:
    answers = b"enviroment\n\nenvironment\ntides\nA b\nsums\nsum\n\nmaths\nmath\n\n"
    code, shown = answered(tree, [*command, "--new"], answers)
    assert code == 0
    for wrong in (
        "unknown kind `enviroment`; did you mean `environment`?",
        "expected an answer",
        "environments/tides/config.yaml exists already; nothing was written; choose another name",
        "invalid name `A b`; did you mean `a_b`?",
        "unknown resources server `sum`",
        "unknown domain `maths`; did you mean `math`?",
    ):
        assert f"gym-lsp: {wrong}" in shown
    assert "domain: math" in (tree / "environments/sums/config.yaml").read_text()


def test_the_end_of_the_answers_is_an_error(tree: Path, command: list[str]) -> None:
    code, shown = answered(tree, [*command, "--new"], b"agent\n\x04")
    assert code == 2
    assert "gym-lsp: --new agent: the name is missing, as in `gym-lsp --new agent word_count`" in shown
