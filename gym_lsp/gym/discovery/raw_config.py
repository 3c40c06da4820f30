"""One config file as plain values, without includes, merging or resolving.

The registries read configs in this way. So they list the servers of a config that could not run alone, because its
includes, values from the command line or secrets are missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import TypeGuard, cast

from msgspec import Struct

from gym_lsp import syntax
from gym_lsp.files import Files, Unreadable
from gym_lsp.syntax.interpolation import fails_on_load, parse_template

RawMapping = Mapping[object, object]
"""A mapping of a file. Its keys are scalars of any type."""

_MERGE_KEY = "<<"


class Unparseable(Exception):
    """The loader that NeMo Gym uses for this file would reject its text."""


_ACCEPTED_BY_PYYAML = frozenset({syntax.SyntaxProblemKind.DUPLICATE_KEY, syntax.SyntaxProblemKind.NULL_KEY})


def load_config(path: PurePath, files: Files) -> object:
    """Return the content of a config as dicts, lists and scalars. Merge keys are applied; interpolations stay text.

    Raises Unreadable, and Unparseable if `OmegaConf.load` would fail.
    """
    value = _load(path, files, frozenset())
    if _fails_on_load(value):
        raise Unparseable(f"{path}: incomplete interpolation")
    return value


def load_yaml(path: PurePath, files: Files) -> object:
    """Return the content of a file that NeMo Gym reads with PyYAML alone: the last duplicate key wins, `${` is text.

    Raises Unreadable, and Unparseable if PyYAML would fail.
    """
    return _load(path, files, _ACCEPTED_BY_PYYAML)


def _load(path: PurePath, files: Files, tolerated: frozenset[syntax.SyntaxProblemKind]) -> object:
    document = syntax.parse(files.read(path))
    for problem in document.problems:
        if problem.kind not in tolerated:
            raise Unparseable(f"{path}: {problem.kind.value}: {problem.detail}")
    return None if document.root is None else _value(document.root)


def _fails_on_load(value: object) -> bool:
    if isinstance(value, str):
        return "${" in value and fails_on_load(parse_template(value))
    below = value.values() if is_mapping(value) else items_of(value)
    return any(map(_fails_on_load, below))


def read_raw_config(path: PurePath, files: Files) -> RawMapping | None:
    """Return the top-level mapping of a config, or None if it is not a mapping or cannot be read."""
    try:
        config = load_config(path, files)
    except (Unreadable, Unparseable):
        return None
    return config if is_mapping(config) else None


def is_mapping(value: object) -> TypeGuard[RawMapping]:
    return isinstance(value, Mapping)


def items_of(value: object) -> list[object]:
    """Return the items of a list; an empty list for any other value."""
    return cast("list[object]", value) if isinstance(value, list) else []


class ServerBlock(Struct, frozen=True):
    """A server in one file: its server type, its implementation and the mapping with its fields."""

    server_type: str
    implementation: object
    block: RawMapping


def server_blocks(config: object, server_types: tuple[str, ...]) -> Iterator[ServerBlock]:
    """Yield every server of a config: instances in their order in the file, server types in the given order.

    Skips every value that should be a mapping but is not. Mirrors `iter_server_configs`.
    """
    for instance in _mappings_in(config):
        for server_type in server_types:
            group = instance.get(server_type)
            if is_mapping(group):
                for implementation, block in group.items():
                    if is_mapping(block):
                        yield ServerBlock(server_type, implementation, block)


def _mappings_in(value: object) -> Iterator[RawMapping]:
    if is_mapping(value):
        yield from (below for below in value.values() if is_mapping(below))


def _value(node: syntax.Node) -> object:
    match syntax.resolve(node):
        case syntax.Scalar(value=value):
            return value
        case syntax.Sequence(items=items):
            return [_value(item) for item in items]
        case syntax.Mapping() as mapping:
            return _mapping(mapping)


def _mapping(node: syntax.Mapping) -> dict[object, object]:
    """Return a mapping with its merge keys applied: merged keys come first, and the own keys of the mapping win."""
    merged: dict[object, object] = {}
    own: dict[object, object] = {}
    for entry in node.entries:
        key = syntax.resolve(entry.key)
        if not isinstance(key, syntax.Scalar):
            continue
        if key.style is None and key.text == _MERGE_KEY:
            _merge(merged, syntax.resolve(entry.value))
        else:
            own[key.value] = _value(entry.value)
    return merged | own


def _merge(merged: dict[object, object], source: syntax.Value) -> None:
    """Add the mappings of one `<<`; in a list of mappings, the first wins."""
    match source:
        case syntax.Mapping():
            merged.update(_mapping(source))
        case syntax.Sequence(items=items):
            for item in reversed(items):
                _merge(merged, syntax.resolve(item))
        case syntax.Scalar():
            pass
