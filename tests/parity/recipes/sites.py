"""The places of a recipe at which mistakes can be made.

A recipe is two configs in one text: the settings of NeMo RL, and a NeMo Gym config below `env.nemo_gym`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import yaml
from yaml.nodes import ScalarNode, SequenceNode

from tests.parity.sites import Config, Entry, Server


class Settings(Config):
    """A recipe as NeMo RL reads it."""

    @property
    def defaults(self) -> Entry | None:
        return next((entry for entry in self.top if entry.name == "defaults"), None)

    @property
    def default_items(self) -> tuple[ScalarNode, ...]:
        """The paths under `defaults`, whether it is a text or a list."""
        value = self.defaults.value if self.defaults else None
        nodes = value.value if isinstance(value, SequenceNode) else [value]
        return tuple(node for node in nodes if isinstance(node, ScalarNode))

    @cached_property
    def embedded(self) -> Entry | None:
        """The entry `env.nemo_gym`."""
        env = next((entry for entry in self.top if entry.name == "env"), None)
        return self.children(env).get("nemo_gym") if env else None


class Embedded(Settings):
    """The same text as the NeMo Gym config that it embeds. Its top level is that below `env.nemo_gym`."""

    @cached_property
    def settings(self) -> Settings:
        return Settings(self.path, self.text)

    @cached_property
    def top(self) -> tuple[Entry, ...]:
        block = self.settings.embedded
        return tuple(self._below(block.key.start_mark.index)) if block else ()

    def _below(self, start: int) -> Iterator[Entry]:
        for entry in self.entries:
            if entry.owner and entry.owner.name == "nemo_gym" and entry.owner.key.start_mark.index == start:
                yield entry

    @cached_property
    def complete_servers(self) -> tuple[Server, ...]:
        """All server blocks, because in a recipe nearly all of them override those of a file."""
        return tuple(server for server in self.servers if server.fields)

    @cached_property
    def scalars(self) -> tuple[Entry, ...]:
        """Those below `env.nemo_gym` alone."""
        block = self.settings.embedded
        if block is None:
            return ()
        start, end = block.value.start_mark.index, block.value.end_mark.index
        return tuple(entry for entry in super().scalars if start <= entry.key.start_mark.index < end)


def bases(path: str, text: str) -> tuple[str, ...]:
    """Return the files under `defaults` of a text, as paths from the root of the tree. This is quick."""
    try:
        document: Any = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return ()
    named: Any = document.get("defaults") if isinstance(document, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    listed: list[Any] = named if isinstance(named, list) else [named]  # pyright: ignore[reportUnknownVariableType]
    folder = posixpath.dirname(path)
    return tuple(posixpath.normpath(posixpath.join(folder, name)) for name in listed if isinstance(name, str))


def family(path: str, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Return a file and all files below its `defaults`, in the order in which they are found."""
    found: dict[str, None] = {}

    def follow(name: str) -> None:
        if name in texts and name not in found:
            found[name] = None
            for base in bases(name, texts[name]):
                follow(base)

    follow(path)
    return tuple(found)
