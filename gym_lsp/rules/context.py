"""What a rule may look at besides its subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath
from typing import NamedTuple, Protocol

from gym_lsp.compose.config import Table
from gym_lsp.compose.run import Composition
from gym_lsp.files import Files
from gym_lsp.gym.profile import Profile
from gym_lsp.gym.roots import SearchRoots


class View(Enum):
    """What was asked: about one run, or about the files of a workspace, whose runs are not known."""

    RUN = "run"
    WORKSPACE = "workspace"


class Definition(NamedTuple):
    """A top-level name defined somewhere in the search roots.

    `server_type` is the server type of the block, "sandbox" for a sandbox block, None for anything else.
    """

    name: str
    path: PurePath
    server_type: str | None


class Names(Protocol):
    """The top-level names that the files of the search roots define."""

    def defined(self, name: str) -> tuple[Definition, ...]:
        """Every definition of a name, those of the workspace before those of the install root."""
        ...

    def spelled_like(self, name: str, server_type: str | None) -> tuple[str, ...]:
        """Names one or two edits away, the nearest first; of one server type where it is given."""
        ...

    def is_open(self, name: str) -> bool:
        """Whether the settings declare that the name comes from outside."""
        ...


class Block(NamedTuple):
    """A top-level mapping of a composed run, which is what a server instance or a sandbox is."""

    name: str
    table: Table


@dataclass(frozen=True, slots=True, eq=False)
class RuleContext:
    """The surroundings of a subject.

    `composition` is the run that the subject is part of. Rules about blocks and files must not look at it: their
    findings are kept for every run that shares the block or the file.
    """

    view: View
    composition: Composition
    profile: Profile
    files: Files
    search: SearchRoots
    names: Names
    install_root: PurePath | None
    environment: Mapping[str, str]

    @property
    def asked_about_run(self) -> bool:
        return self.view is View.RUN

    @property
    def sees_components(self) -> bool:
        """Whether NeMo Gym itself is there, so that what is missing from the roots is missing indeed."""
        return self.install_root is not None
