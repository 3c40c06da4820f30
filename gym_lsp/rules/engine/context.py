"""What a rule may read in addition to its subject."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from enum import Enum
from pathlib import PurePath
from typing import TypeAlias, TypeVar, cast

from msgspec import Struct
from msgspec.structs import asdict

from gym_lsp.commands.problem import CommandProblem
from gym_lsp.compose.blocks import Spelled, spelled_servers
from gym_lsp.compose.config import Table
from gym_lsp.compose.problem import Malformed, Problem
from gym_lsp.compose.run import Composition
from gym_lsp.compose.source import ConfigFile
from gym_lsp.files import Files, Unreadable
from gym_lsp.gym.fields import Model
from gym_lsp.gym.release.profile import Profile
from gym_lsp.gym.roots import SearchRoots
from gym_lsp.rows.problem import RowProblem
from gym_lsp.rules.engine.suppression import InvalidSuppression, UnusedSuppression
from gym_lsp.workspace.names import NameIndex
from gym_lsp.workspace.workspace import Workspace

T = TypeVar("T")


class Scope(Enum):
    """What is checked: one run, or the files of a workspace, whose runs are not known."""

    RUN = "run"
    WORKSPACE = "workspace"


class Block(Struct, frozen=True):
    """A top-level mapping of a composed run: a server instance or a sandbox.

    `servers` are the implementations in the block, and `datasets` the datasets of all of them; they are collected once
    for all rules.
    """

    name: str
    table: Table
    servers: tuple[Spelled, ...]
    datasets: tuple[Table, ...]

    @classmethod
    def of(cls, name: str, table: Table, profile: Profile) -> Block:
        servers = tuple(spelled_servers(table, profile))
        return cls(name, table, servers, tuple(dataset for server in servers for dataset in server.datasets))

    @property
    def server(self) -> Spelled | None:
        """The only server in the block; None if there is none, or several."""
        return self.servers[0] if len(self.servers) == 1 and self.servers[0].is_server else None


class Manifest(Struct, frozen=True):
    """A manifest.yaml."""

    file: ConfigFile


class Prompt(Struct, frozen=True):
    """A prompt file, which a `prompt_config` may name."""

    file: ConfigFile


class EnvironmentFile(Struct, frozen=True):
    """An env.yaml."""

    file: ConfigFile


SharedSubject: TypeAlias = (
    Block
    | ConfigFile
    | Malformed
    | Manifest
    | Prompt
    | EnvironmentFile
    | UnusedSuppression
    | InvalidSuppression
    | Unreadable
    | RowProblem
    | CommandProblem
)
"""What is the same in every run that it is part of. Rules about it cannot depend on the run."""

RunSubject: TypeAlias = Problem | Composition
"""What belongs to one run: the run itself, and the problems that composing it reported."""


class Context(Struct, frozen=True):
    """What a rule may read, except for the run that its subject is part of.

    Rules about blocks and files receive only this, because all runs share their findings.
    """

    scope: Scope
    workspace: Workspace
    profile: Profile
    files: Files
    search: SearchRoots
    names: NameIndex
    answers: dict[Hashable, object]
    """Remembered answers about the subjects of this context, by question; see `once`."""

    @staticmethod
    def of(workspace: Workspace, scope: Scope) -> Context:
        """Return the context of what does not depend on the run that it is part of."""
        return Context(scope, workspace, workspace.profile, workspace.files, workspace.search, workspace.names, {})

    @property
    def install_root(self) -> PurePath | None:
        return None if self.workspace.install is None else self.workspace.install.path

    @property
    def environment(self) -> Mapping[str, str]:
        return self.workspace.environment

    def server_model(self, server_type: str, implementation: str, entrypoint: str) -> Model | None:
        return self.workspace.server_model(server_type, implementation, entrypoint)

    def once(self, question: Hashable, answer: Callable[[], T]) -> T:
        """Return the result of `answer`, which is called only once per question in this context.

        A question is a tuple that begins with the function that asks it. It ends with the subjects that are checked in
        this context; what more than one of them needs is a `query` of the workspace.
        """
        if question not in self.answers:
            self.answers[question] = answer()
        return cast("T", self.answers[question])

    def program(self, path: PurePath) -> str:
        """Return the text of a Python file; empty if it cannot be read.

        It is not remembered, because programs are large and rarely needed.
        """
        try:
            return self.workspace.files.programs().read(path)
        except Unreadable:
            return ""

    @property
    def checks_run(self) -> bool:
        return self.scope is Scope.RUN

    @property
    def sees_components(self) -> bool:
        """Whether NeMo Gym itself was found, so that a file that is in no root does not exist at all."""
        return self.install_root is not None

    def of_run(self, composition: Composition) -> RunContext:
        """Return the same context with a run."""
        return RunContext(**asdict(self), composition=composition)


class RunContext(Context, frozen=True):
    """What a rule may read about a subject of one run: the run itself, or a problem that composing it reported."""

    composition: Composition
