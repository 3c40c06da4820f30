"""Where the unpacked editors are, and how each is started from its folder instead of from the system's."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

FOLDER_VARIABLE = "GYM_LSP_EDITORS"
"""Names the folder that `tests.editors.unpack` filled. Where it is unset, these tests are not collected."""
TESTS = ("test_entries.py", "test_every_editor.py", "test_neovim.py")
"""The files of tests that need the editors."""
REPOSITORY = Path(__file__).parents[2]
_INHERITED = ("HOME", "LANG", "PATH", "TMPDIR", "USER")


@dataclass(frozen=True)
class Program:
    """An editor of one suite: its program, and what its environment has to say."""

    suite: str
    name: str
    environment: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def root(self) -> Path:
        return Path(os.environ[FOLDER_VARIABLE]).absolute() / self.suite

    def command(self, *arguments: str) -> list[str]:
        """The command line. The loader is that of the suite; what the editor starts has the system's again."""
        program = str(self.root / self.name)
        libraries = next((self.root / "usr/lib").glob("*-linux-gnu"))
        loader = next(libraries.glob("ld-linux-*.so.*"))
        return [str(loader), "--library-path", str(libraries), "--argv0", program, program, *arguments]

    def variables(self, home: Path) -> dict[str, str]:
        """An environment in which the editor sees nothing of the user's settings, and finds `gym-lsp`."""
        kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        own = {name: str(self.root / value) for name, value in self.environment.items()}
        folders = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA", "STATE")}
        path = f"{install_server(home)}{os.pathsep}{kept.get('PATH', '')}"
        return kept | own | folders | {"HOME": str(home), "PATH": path, "LANG": "C.UTF-8", "TERM": "xterm-256color"}


def install_server(home: Path) -> Path:
    """A folder that holds `gym-lsp` as this checkout has it, for the PATH."""
    folder = home / "bin"
    program = folder / "gym-lsp"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        lines = ("#!/bin/sh", f"PYTHONPATH='{REPOSITORY}' exec '{sys.executable}' -m gym_lsp \"$@\"", "")
        program.write_text("\n".join(lines), encoding="utf-8")
        program.chmod(0o755)
    return folder


def copy_of_the_sample(folder: Path) -> Path:
    """A copy of the sample workspace, to be edited."""
    for name in ("environments", "responses_api_agents"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


NEOVIM = {"VIM": "usr/share/nvim", "VIMRUNTIME": "usr/share/nvim/runtime"}
NEW_NEOVIM = Program("forky", "usr/bin/nvim", NEOVIM)
OLD_NEOVIM = Program("trixie", "usr/bin/nvim", NEOVIM)
HELIX = Program("forky", "usr/lib/hx/hx", {"HELIX_RUNTIME": "usr/lib/hx/runtime"})
EMACS = Program("forky", "usr/bin/emacs-nox")
EMACS_CLIENT = Program("forky", "usr/bin/emacsclient.emacs")
VIM = Program("trixie", "usr/bin/vim.basic", {"VIM": "usr/share/vim", "VIMRUNTIME": "usr/share/vim/vim91"})
