"""`--watch`: a process that reports again whenever a file changes, until it is interrupted."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gym_lsp.cli.failure import EXIT_INTERRUPTED, EXIT_USAGE
from tests.cli.conftest import BROKEN, CLEAN, TIDES, Gym, write

Until = Callable[[str], list[str]]


@contextmanager
def watching(command: list[str], *arguments: str) -> Generator[Until, None, None]:
    """A process that watches, as a function that reads its output up to a line with a text. Ctrl+C ends it."""
    started = [*command, "--check", "--watch", *arguments]
    with subprocess.Popen(started, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:

        def until(text: str) -> list[str]:
            assert process.stdout is not None
            lines: list[str] = []
            while not lines or text not in lines[-1]:
                line = process.stdout.readline()
                assert line, f"it ended after {lines}"
                lines.append(line.rstrip())
            return lines

        try:
            until("waiting for changes")
            yield until
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == EXIT_INTERRUPTED
        finally:
            process.kill()


def test_it_reports_after_each_change(tree: Path, command: list[str]) -> None:
    with watching(command, "--format", "concise") as until:
        write(tree, TIDES, BROKEN)
        assert [line.split("[")[1].split("]")[0] for line in until("server-ref-not-found")] == [
            "unknown-domain",
            "server-ref-not-found",
        ]
        until("waiting for changes")
        write(tree, TIDES, CLEAN)
        assert until("waiting for changes") == ["gym-lsp: waiting for changes; press Ctrl+C to stop"]
        write(tree, "environments/more/config.yaml", BROKEN)
        assert until("server-ref-not-found")[0].startswith("environments/more/config.yaml:5:15")


def test_nested_roots_are_watched(tree: Path, command: list[str]) -> None:
    (tree / TIDES).unlink()
    write(tree, f"one/{TIDES}", CLEAN)
    with watching(command, "--format", "concise") as until:
        write(tree, f"one/{TIDES}", BROKEN)
        assert until("server-ref-not-found")[0].startswith(f"one/{TIDES}:5:15")
        until("waiting for changes")
        write(tree, f"two/{TIDES}", BROKEN)
        assert [line.partition("/")[0] for line in until("waiting for changes")[:4]] == ["one", "one", "two", "two"]


def test_changed_settings_apply(tree: Path, command: list[str]) -> None:
    write(tree, TIDES, BROKEN)
    with watching(command, "--format", "concise") as until:
        write(tree, "gym-lsp.toml", 'ignore = ["unknown-domain"')
        assert "gym-lsp.toml:1:" in until("gym-lsp.toml")[-1]
        write(tree, "gym-lsp.toml", 'ignore = ["unknown-domain"]')
        message = "`resources_servers` instance `tide` not found in this run; did you mean `tides`?"
        assert until("waiting")[0].partition(": ")[2] == f"error[server-ref-not-found] {message}"


@pytest.mark.parametrize(
    "arguments", [["--fix"], ["--diff"], ["--write-baseline", "b.json"], ["-", "--stdin-filename", TIDES]]
)
def test_it_rejects_options_that_write(gym: Gym, arguments: list[str]) -> None:
    ran = gym("--check", "--watch", *arguments)
    assert (ran.code, ran.out) == (EXIT_USAGE, "")
    assert "--watch" in ran.err
