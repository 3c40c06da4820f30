"""`--print-completion`: the scripts, in the shells that are installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gym_lsp.cli.options import Options
from tests.cli.conftest import Gym, write

SHELLS = ("bash", "zsh", "fish")
COMPLETED = [
    ("gym-lsp --chec", {"--check"}),
    ("gym-lsp --add-", {"--add-ignores"}),
    ("gym-lsp --list re", {"recipes", "resources-servers"}),
    ("gym-lsp --check --format j", {"json", "junit"}),
    ("gym-lsp --explain unknown-dom", {"unknown-domain"}),
    ("gym-lsp --check --select unknown-dom", {"unknown-domain"}),
    ("gym-lsp --check --settings stric", {"strict.toml"}),
    ("gym-lsp --check stric", {"strict.toml"}),
    ("gym-lsp --print-completion f", {"fish"}),
]
BASH = """\
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
COMP_LINE="$*"
COMP_POINT=${#COMP_LINE}
_shtab_gym_lsp gym-lsp "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def script(gym: Gym, tree: Path, request: pytest.FixtureRequest) -> Path:
    """The script for a shell; skips the test if this shell is not installed."""
    shell: str = request.param
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    ran = gym("--print-completion", shell)
    assert (ran.code, ran.err) == (0, "")
    return write(tree, f"completion.{shell}", ran.out)


@pytest.mark.parametrize("script", SHELLS, indirect=True)
def test_a_script_is_valid(script: Path) -> None:
    done = subprocess.run([script.suffix[1:], "-n", str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_has_every_option(gym: Gym, shell: str) -> None:
    out = gym("--print-completion", shell).out
    names = set(Options.__struct_fields__) - {"command", "paths"}
    assert [name for name in names if name.replace("_", "-") not in out] == []


@pytest.mark.parametrize("script", ["bash"], indirect=True)
@pytest.mark.parametrize(("line", "expected"), COMPLETED, ids=[line for line, _ in COMPLETED])
def test_bash_completes(tree: Path, script: Path, line: str, expected: set[str]) -> None:
    write(tree, "strict.toml", "")
    ask = ["bash", "-c", BASH, "bash", str(script), *line.split(" ")]
    done = subprocess.run(ask, cwd=tree, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == expected


@pytest.mark.parametrize("script", ["fish"], indirect=True)
@pytest.mark.parametrize(("line", "expected"), COMPLETED, ids=[line for line, _ in COMPLETED])
def test_fish_completes(tree: Path, script: Path, line: str, expected: set[str]) -> None:
    write(tree, "strict.toml", "")
    ask = ["fish", "--no-config", "-c", f"source {script}; complete -C '{line}'"]
    done = subprocess.run(ask, cwd=tree, capture_output=True, text=True, check=True)
    assert {each.partition("\t")[0] for each in done.stdout.splitlines()} == expected


def test_without_shtab_the_message_says_what_to_install(gym: Gym, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    ran = gym("--print-completion", "bash")
    assert (ran.code, ran.out) == (2, "")
    assert "run `pip install shtab`" in ran.err


def test_an_unknown_shell_has_a_suggestion(gym: Gym) -> None:
    assert "; did you mean `zsh`?" in gym("--print-completion", "zs").err
