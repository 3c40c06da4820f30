"""Starts the editors, set up as docs/editors.md describes.

`make test-terminals` unpacks them and names their folder. Without it, the tests that need them are not collected.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.editors.editor import Editor
from tests.editors.emacs import Emacs
from tests.editors.helix import Helix
from tests.editors.neovim import Neovim
from tests.editors.programs import (
    FOLDER_VARIABLE,
    NEW_NEOVIM,
    OLD_NEOVIM,
    REPOSITORY,
    TESTS,
    Program,
    copy_of_the_sample,
)
from tests.editors.snippets import snippets
from tests.editors.vim import Vim

collect_ignore = [] if FOLDER_VARIABLE in os.environ else [*TESTS]

NEOVIMS = {"neovim-0.12": NEW_NEOVIM, "neovim-0.10": OLD_NEOVIM}


def start_neovim(program: Program, home: Path, folder: Path) -> Neovim:
    """A Neovim that has the plugin from a clone; the page's last snippet is for that."""
    init = snippets("Neovim")[-1].replace("/path/to/gym-lsp", str(REPOSITORY))
    return Neovim(program, home, folder, init)


EDITORS: dict[str, Callable[[Path, Path], Editor]] = {
    "neovim-0.12": lambda home, folder: start_neovim(NEW_NEOVIM, home, folder),
    "neovim-0.10": lambda home, folder: start_neovim(OLD_NEOVIM, home, folder),
    "helix": lambda home, folder: Helix(home, folder, snippets("Helix")[0]),
    "emacs": lambda home, folder: Emacs(home, folder, snippets("Emacs")[0]),
    "vim": lambda home, folder: Vim(home, folder, snippets("Vim")[0]),
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home folder of the editor's user."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A copy of the sample workspace."""
    return copy_of_the_sample(tmp_path / "workspace")


@pytest.fixture(params=EDITORS)
def editor(request: pytest.FixtureRequest, home: Path, workspace: Path) -> Generator[Editor]:
    """Each of the editors, in the workspace."""
    started = EDITORS[request.param](home, workspace)
    yield started
    started.close()


@pytest.fixture(params=NEOVIMS)
def nvim(request: pytest.FixtureRequest, home: Path, workspace: Path) -> Generator[Neovim]:
    """Each Neovim, in the workspace."""
    started = start_neovim(NEOVIMS[request.param], home, workspace)
    yield started
    started.close()
