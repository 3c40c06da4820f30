"""What only a separate process can show: closed pipes, missing streams, and both ways to start."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import BROKEN, CLEAN, ROOT, TIDES, write
from tests.patience import PATIENCE

TIMEOUT = PATIENCE


@pytest.fixture
def long_tree(tree: Path) -> Path:
    """More findings than a pipe holds."""
    for number in range(150):
        write(tree, f"environments/e{number}/config.yaml", BROKEN.replace("tides", f"tides{number}"))
    return tree


def test_python_m_starts_it(tree: Path) -> None:
    write(tree, TIDES, BROKEN)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ask = [sys.executable, "-m", "gym_lsp", "--check", "-", "--stdin-filename", TIDES]
    done = subprocess.run(ask, input=CLEAN, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "No problems in 1 file\n", "")


def test_the_exit_code_is_true_though_nobody_reads_on(long_tree: Path, command: list[str]) -> None:
    """As in `gym-lsp --check | head -1`."""
    with subprocess.Popen([*command, "--check"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline().startswith(b"error[")
        process.stdout.close()
        expected = process.stderr.read()
        assert process.wait(TIMEOUT) == 1
    assert b"Broken" not in expected
    assert b"Traceback" not in expected


def test_closed_streams(long_tree: Path, command: list[str]) -> None:
    """As in `gym-lsp --check 2>&1 | true`."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*command, "--check"], stdout=writer, stderr=writer, timeout=TIMEOUT, check=False)
    os.close(writer)
    assert done.returncode == 1


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), (["--explain"], 0), (["--bogus"], 2)])
def test_closed_streams_of_the_help(tree: Path, command: list[str], arguments: list[str], code: int) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*command, *arguments], stdout=writer, stderr=writer, timeout=TIMEOUT, check=False)
    os.close(writer)
    assert done.returncode == code


@pytest.mark.parametrize(
    ("redirection", "code"), [("</dev/null", 1), ("<&-", 2), ("<config.yaml", 1)], ids=["empty", "closed", "no message"]
)
def test_a_server_without_an_editor_says_what_it_is(
    tree: Path, command: list[str], redirection: str, code: int
) -> None:
    write(tree, "config.yaml", CLEAN)
    ask = ["sh", "-c", f'exec "$@" {redirection}', "sh", *command]
    done = subprocess.run(ask, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert done.returncode == code
    first, second = done.stderr.splitlines()[-2:]
    assert first.startswith("gym-lsp: standard input ")
    assert "this is the language server" in first
    assert second == "gym-lsp: `gym-lsp --check` checks configs; `gym-lsp --help` lists all options"
    assert "Traceback" not in done.stderr


def test_a_server_on_a_terminal_says_what_it_is(tree: Path, command: list[str]) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "wb", buffering=0) as keyboard:
        process = subprocess.Popen(command, cwd=tree, stdin=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert process.stderr is not None
        first = process.stderr.readline()
        keyboard.write(b"\x04")
        process.wait(TIMEOUT)
        rest = process.stderr.read()
        process.stderr.close()
    os.close(theirs)
    assert first == b"gym-lsp: this is the language server; it expects an editor on standard input\n"
    assert rest == b"gym-lsp: `gym-lsp --check` checks configs; `gym-lsp --help` lists all options\n"


@pytest.mark.parametrize(
    ("redirection", "code", "expected"),
    [
        (">/dev/full", 2, "cannot write the output: No space left on device"),
        (">&-", 2, "standard output is closed"),
        ("2>&-", 0, ""),
        ("2>/dev/full", 0, ""),
        ("</dev/null", 0, ""),
        ("<&-", 0, ""),
    ],
)
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no such device here")
def test_unusable_streams(tree: Path, command: list[str], redirection: str, code: int, expected: str) -> None:
    ask = ["sh", "-c", f'exec "$@" {redirection}', "sh", *command, "--check"]
    done = subprocess.run(ask, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert done.returncode == code
    assert expected in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_locale_without_utf_8(tree: Path, command: list[str]) -> None:
    write(tree, TIDES, BROKEN.replace("knowlege", "mathé"))
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run([*command, "--check"], capture_output=True, env=environment, timeout=TIMEOUT, check=False)
    assert done.returncode == 1
    assert "mathé" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("asked", ["--check", "--check --docs", "--list models", "--environment tides --check"])
def test_a_working_directory_that_no_longer_exists(tree: Path, command: list[str], asked: str) -> None:
    (tree / "gone").mkdir()
    ask = ["sh", "-c", 'cd gone && rmdir ../gone && exec "$@"', "sh", *command, *asked.split()]
    done = subprocess.run(ask, cwd=tree, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
