"""What can be wrong with a command in a document, as data. The rules make messages of it."""

from __future__ import annotations

from pathlib import PurePath

from msgspec import Struct

from gym_lsp.text import Span


class CommandProblem(Struct, frozen=True):
    """A problem at a place in a document. `command` is the command as the document spells it."""

    path: PurePath
    span: Span
    command: str


class ReplacedConfigs(CommandProblem, frozen=True):
    """Configs that a later override of `config_paths` in the same command replaces."""

    number: int


class UnknownOverride(CommandProblem, frozen=True):
    """An override of a server instance that the run of the command does not have.

    `key` is the whole key, `name` its first step, and `instances` are those of the run.
    """

    key: str
    name: str
    instances: tuple[str, ...]


class OverrideOfOther(CommandProblem, frozen=True):
    """An override of an implementation that the instance in the run does not have."""

    key: str
    name: str
    implementation: str
    found: str


class UnknownComponent(CommandProblem, frozen=True):
    """A name that selects no config. `option` is the flag without its dashes, `wanted` the path that is looked up.

    `is_variant` means that the component is there, and only its variant is not. `known` are the names to choose from.
    """

    option: str
    name: str
    wanted: str
    is_variant: bool
    known: tuple[str, ...]


class UnknownFlag(CommandProblem, frozen=True):
    """A flag that the command does not have. `flags` are those that it has."""

    flag: str
    flags: tuple[str, ...]
