"""The command line inside this process, which is a hundred times faster than a new process."""

from __future__ import annotations

import gc
import io
import pty
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from gym_lsp.cli import main


class Ran(NamedTuple):
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str


Gym = Callable[..., Ran]

ROOT = Path(__file__).resolve().parents[2]
TIDES = "environments/tides/config.yaml"
CLEAN = """\
tides:
  resources_servers:
    tides:
      entrypoint: app.py
      domain: knowledge

tides_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: tides}
      model_server: {type: responses_api_models, name: policy_model}
"""
BROKEN = CLEAN.replace("knowledge", "knowlege").replace("name: tides", "name: tide")
"""Two errors, each with one unsafe fix: one in line 5, one in line 11."""
UNSET = CLEAN.replace("      domain", "      api_key: ??\n      domain")
"""One warning in line 5, with a safe fix."""
FIXED = UNSET.replace("??", "???")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a workspace with one clean config, far from any NeMo Gym."""
    monkeypatch.chdir(tmp_path)
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "NEMO_GYM_EXTRA_ROOTS", "NO_COLOR", "GYM_LSP_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    write(tmp_path, TIDES, CLEAN)
    return tmp_path


def write(tree: Path, name: str, text: str | bytes) -> Path:
    path = tree / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.fixture
def gym(tree: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Iterator[Gym]:
    """Runs `gym-lsp` with some arguments, in the working directory of `tree`."""

    def run(*arguments: str, stdin: str | bytes = b"") -> Ran:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(given), isatty=lambda: False))
        capfdbinary.readouterr()
        try:
            code = main(arguments)
        except SystemExit as end:
            assert isinstance(end.code, int)
            code = end.code
        out, err = capfdbinary.readouterr()
        return Ran(code, out.decode(), err.decode())

    yield run
    # A check turns it off, because its process ends soon.
    gc.enable()


@pytest.fixture
def command(tree: Path) -> list[str]:
    """`gym-lsp` as a separate process."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from gym_lsp.cli import run; run()"
    return [sys.executable, "-c", code]


def on_a_terminal(tree: Path, command: list[str], *, columns: int, **environment: str) -> str:
    """The output of a command on a terminal with `columns`; it has to fit into the buffer of the terminal."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    with open(ours, "rb", buffering=0) as screen:
        subprocess.run(command, cwd=tree, stdout=theirs, env={"PATH": "", "TERM": "xterm", **environment}, check=False)
        return screen.read(65536).decode().replace("\r\n", "\n")
