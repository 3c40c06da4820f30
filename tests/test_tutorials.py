"""The tutorials: their commands print what the pages show, and their edits fit the files.

A page starts in an empty folder. A block of YAML whose first line is a comment with a path is a file. In a block of the
language `console`, lines that start with `$ ` are commands, and the others are the output; `...` stands for any lines.
A block of the language `diff` changes the file in its first line; `...` divides changes that are far apart.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
_BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# (?P<path>\S+/\S+\.yaml)\n")
_COMMAND = re.compile(r"^\$ (?P<command>.+)\n(?P<output>(?:(?!\$ ).*\n)*)", re.MULTILINE)
_ANY = "...\n"


def run(command: str, folder: Path) -> str:
    """Return what a terminal shows of a command."""
    program, *arguments = command.split()
    assert program == "gym-lsp", f"`{command}`: only commands of gym-lsp can be run here"
    inherited = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    done = subprocess.run(
        [sys.executable, "-m", "gym_lsp", *arguments],
        cwd=folder,
        env=inherited | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.stdout


def shows(output: str, shown: str) -> bool:
    """Return whether a page shows this output, with `...` for any lines."""
    parts = [re.escape(part) for part in re.split(rf"^{re.escape(_ANY)}", shown, flags=re.MULTILINE)]
    return re.fullmatch(r"(?:.*\n)*?".join(parts), output) is not None


def change(folder: Path, block: str) -> None:
    """Apply a block of the language `diff`."""
    first, *lines = block.splitlines()
    path = folder / first.strip("@ ")
    text = path.read_text("utf-8")
    for part in "\n".join(lines).split("\n...\n"):
        old = "\n".join(line[1:] for line in part.split("\n") if line[:1] in "- ")
        new = "\n".join(line[1:] for line in part.split("\n") if line[:1] in "+ ")
        assert text.count(old) == 1, f"{path.name} contains this {text.count(old)} times:\n{old}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_a_tutorial_shows_what_happens(page: Path, tmp_path: Path) -> None:
    for block in _BLOCK.finditer(page.read_text("utf-8")):
        text = block["text"]
        if block["language"] == "yaml" and (found := _FILE.match(text)):
            (tmp_path / found["path"]).parent.mkdir(parents=True)
            (tmp_path / found["path"]).write_text(text, encoding="utf-8")
        elif block["language"] == "diff":
            change(tmp_path, text)
        elif block["language"] == "console":
            for example in _COMMAND.finditer(text):
                output = run(example["command"], tmp_path)
                assert shows(output, example["output"]), f"$ {example['command']}\n{output}"


def test_an_ellipsis_is_any_number_of_lines() -> None:
    assert shows("a\nb\nc\n", "a\n...\nc\n")
    assert shows("a\nc\n", "a\n...\nc\n...\n")
    assert not shows("a\nb\n", "a\n")
