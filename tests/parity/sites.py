"""The places of a real config at which mistakes can be made.

They come from PyYAML's own composer and not from gym-lsp, so that the questions do not depend on what they test.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

GROUPS = ("responses_api_models", "resources_servers", "responses_api_agents", "environment_servers")


@dataclass(frozen=True, eq=False)
class Entry:
    """One `key: value` of a block mapping."""

    key: ScalarNode
    value: Node
    owner: Entry | None
    """The entry whose value contains this one, also through lists."""
    mapping: MappingNode

    @property
    def name(self) -> str:
        return self.key.value

    @property
    def ancestors(self) -> Iterator[Entry]:
        owner = self.owner
        while owner:
            yield owner
            owner = owner.owner

    @property
    def scalar(self) -> ScalarNode | None:
        """The value, if it is a scalar on the line of its key."""
        value = self.value
        if not isinstance(value, ScalarNode) or value.start_mark.index == value.end_mark.index:
            return None
        return value if value.start_mark.line == value.end_mark.line == self.key.start_mark.line else None


@dataclass(frozen=True, eq=False)
class Server:
    """A server instance that a config writes out: `instance: {group: {impl: {...}}}`."""

    instance: Entry
    group: Entry
    impl: Entry
    fields: Mapping[str, Entry]


@dataclass(frozen=True, eq=False)
class Dataset:
    """One element of a server's `datasets`."""

    server: Server
    item: MappingNode
    fields: Mapping[str, Entry]

    @property
    def type(self) -> str | None:
        entry = self.fields.get("type")
        return entry.scalar.value if entry and entry.scalar else None


@dataclass(frozen=True, eq=False)
class Item:
    """A scalar element of a block list, with the list's own entry."""

    value: ScalarNode
    owner: Entry
    siblings: int


class Config:
    """One YAML file of a release, composed; offsets are code points of `text`."""

    def __init__(self, path: str, text: str) -> None:
        """Raises `yaml.YAMLError` where PyYAML cannot compose the text, and `ValueError` for a byte order mark."""
        if text.startswith("\ufeff"):
            raise ValueError(path)
        self.path = path
        self.text = text
        self.root: Node | None = yaml.compose(text, Loader=yaml.SafeLoader)  # pyright: ignore[reportUnknownMemberType]
        self._line_starts = [0, *(index + 1 for index, character in enumerate(text) if character == "\n")]

    def line(self, offset: int) -> int:
        """The line of an offset, counted from 1."""
        return bisect_right(self._line_starts, offset)

    def line_start(self, offset: int) -> int:
        return self._line_starts[self.line(offset) - 1]

    def line_end(self, offset: int) -> int:
        """Return the offset after the line break, or the end of the text."""
        line = self.line(offset)
        return self._line_starts[line] if line < len(self._line_starts) else len(self.text)

    def opens_its_line(self, node: Node) -> bool:
        """Return whether only spaces are before the node on its line."""
        start = node.start_mark.index
        return not self.text[self.line_start(start) : start].strip(" ")

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of all block mappings, in document order; what an alias repeats is not listed again."""
        found: list[Entry] = []
        if self.root is not None:
            self._collect(self.root, None, found, set())
        return tuple(found)

    def _collect(self, node: Node, owner: Entry | None, found: list[Entry], seen: set[int]) -> None:
        if id(node) in seen:
            return
        seen.add(id(node))
        if isinstance(node, SequenceNode):
            for element in node.value:
                self._collect(element, owner, found, seen)
        elif isinstance(node, MappingNode):
            for key, value in node.value:
                if not isinstance(key, ScalarNode):
                    continue
                entry = Entry(key, value, owner, node)
                if not node.flow_style:
                    found.append(entry)
                self._collect(value, entry, found, seen)

    @cached_property
    def top(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.owner is None)

    def children(self, entry: Entry) -> Mapping[str, Entry]:
        return self._children.get(id(entry.value), {})

    @cached_property
    def _children(self) -> Mapping[int, Mapping[str, Entry]]:
        children: dict[int, dict[str, Entry]] = {}
        for entry in self.entries:
            children.setdefault(id(entry.mapping), {})[entry.name] = entry
        return children

    @cached_property
    def servers(self) -> tuple[Server, ...]:
        """The server blocks that are written in block style, complete or not."""
        found: list[Server] = []
        for instance in self.top:
            for group in self.children(instance).values():
                if group.name in GROUPS:
                    found += [
                        Server(instance, group, impl, self.children(impl))
                        for impl in self.children(group).values()
                        if isinstance(impl.value, MappingNode)
                    ]
        return tuple(found)

    @cached_property
    def complete_servers(self) -> tuple[Server, ...]:
        """The server blocks with an entrypoint, which do not just override another file."""
        return tuple(server for server in self.servers if "entrypoint" in server.fields)

    @cached_property
    def references(self) -> tuple[tuple[Server, Entry, Mapping[str, Entry]], ...]:
        """The server refs that the parser looks at: fields of a server whose value has a `name` and maybe a `type`."""
        return tuple(
            (server, field, self.children(field))
            for server in self.servers
            for field in server.fields.values()
            if "name" in self.children(field) and set(self.children(field)) <= {"name", "type"}
        )

    @cached_property
    def datasets(self) -> tuple[Dataset, ...]:
        found: list[Dataset] = []
        for server in self.servers:
            listed = server.fields.get("datasets")
            if listed and isinstance(listed.value, SequenceNode):
                found += [
                    Dataset(server, item, self._children.get(id(item), {}))
                    for item in listed.value.value
                    if isinstance(item, MappingNode) and not item.flow_style
                ]
        return tuple(found)

    @cached_property
    def includes(self) -> tuple[Item, ...]:
        """The entries of the `config_paths` list."""
        for entry in self.top:
            if entry.name == "config_paths" and isinstance(entry.value, SequenceNode) and not entry.value.flow_style:
                elements: list[Node] = entry.value.value
                return tuple(
                    Item(element, entry, len(elements)) for element in elements if isinstance(element, ScalarNode)
                )
        return ()

    @cached_property
    def scalars(self) -> tuple[Entry, ...]:
        """Entries with a scalar on their own line, which a one-line mistake can change."""
        return tuple(entry for entry in self.entries if entry.scalar and self.opens_its_line(entry.key))

    @cached_property
    def own_scalars(self) -> tuple[Entry, ...]:
        """Scalar fields that only the server's own class knows: direct fields of a server, beyond the common ones."""
        common = {"entrypoint", "domain", "host", "port", "num_workers", "datasets", "description", "value", "verified"}
        return tuple(
            field
            for server in self.servers
            for field in server.fields.values()
            if field.name not in common and not field.name.startswith("_") and field in self._scalar_set
        )

    @cached_property
    def _scalar_set(self) -> frozenset[Entry]:
        return frozenset(self.scalars)

    def lines_that_name(self, instance: str) -> Iterator[int]:
        """Return the offsets of the places in this file that name `instance`: refs, directives, interpolations."""
        for entry in self.entries:
            scalar = entry.scalar
            if scalar and (scalar.value == instance or f"{{{instance}." in scalar.value):
                yield scalar.start_mark.index


def read_configs(root: Path) -> dict[str, Config]:
    """Every YAML file below `root` that composes, by its path with forward slashes, in the order of the paths."""
    configs: dict[str, Config] = {}
    for path in sorted(yaml_paths(root)):
        try:
            configs[path] = Config(path, (root / path).read_bytes().decode("utf-8"))
        except (yaml.YAMLError, ValueError):
            continue
    return configs


def yaml_paths(root: Path) -> list[str]:
    """The paths of all YAML files below `root`, sorted."""
    return sorted(
        path.relative_to(root).as_posix() for path in root.rglob("*.y*ml") if path.suffix in (".yaml", ".yml")
    )
