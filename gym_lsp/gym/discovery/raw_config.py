"""One config as it is written: plain values, with nothing included, merged or resolved.

The registries look at configs in this way, so that a file lists its servers even where it could not run: without
its includes, without the keys it is to be given, without the secrets it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import TypeGuard, cast

from msgspec import Struct

from gym_lsp import syntax
from gym_lsp.files import Files, Unreadable
from gym_lsp.syntax.interpolation import fails_on_load, parse_template

Written = Mapping[object, object]
"""A mapping of a config; its keys are whatever scalars were written."""

_MERGE_KEY = "<<"


class Unparseable(Exception):
    """A file was read, but the loader that NeMo Gym reads it with would not take its text."""


_PYYAML_TAKES = frozenset({syntax.SyntaxProblemKind.DUPLICATE_KEY, syntax.SyntaxProblemKind.NULL_KEY})


def load_config(path: PurePath, files: Files) -> object:
    """What a config holds, as dicts, lists and scalars, merge keys followed and interpolations as they are written.

    Raises Unreadable, and Unparseable where `OmegaConf.load` would fail.
    """
    value = _load(path, files, frozenset())
    if _fails_on_load(value):
        raise Unparseable(f"{path}: an interpolation is not complete")
    return value


def load_yaml(path: PurePath, files: Files) -> object:
    """What a file holds that NeMo Gym reads with PyYAML alone: the last of duplicate keys counts, `${` is just text.

    Raises Unreadable, and Unparseable where PyYAML would fail.
    """
    return _load(path, files, _PYYAML_TAKES)


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


def read_written(path: PurePath, files: Files) -> Written | None:
    """The top-level mapping of a config; None where it holds something else or cannot be read."""
    try:
        written = load_config(path, files)
    except (Unreadable, Unparseable):
        return None
    return written if is_mapping(written) else None


def is_mapping(value: object) -> TypeGuard[Written]:
    return isinstance(value, Mapping)


def items_of(value: object) -> list[object]:
    """The items of a list; none where there is no list."""
    return cast("list[object]", value) if isinstance(value, list) else []


class ServerBlock(Struct, frozen=True):
    """A server as one file writes it: its server type, its implementation and its own mapping."""

    server_type: str
    implementation: object
    block: Written


def server_blocks(written: object, server_types: tuple[str, ...]) -> Iterator[ServerBlock]:
    """Every server of a config in the order in which it is written; within one instance in that of `server_types`.

    What is no mapping where a mapping is expected is passed over, as NeMo Gym's `iter_server_configs` does.
    """
    for instance in _mappings_in(written):
        for server_type in server_types:
            group = instance.get(server_type)
            if is_mapping(group):
                for implementation, block in group.items():
                    if is_mapping(block):
                        yield ServerBlock(server_type, implementation, block)


def _mappings_in(value: object) -> Iterator[Written]:
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
    """A mapping with its merge keys followed: what they bring in comes first, and what is written out wins."""
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
    """Add what one `<<` names; of several mappings in a list the first wins."""
    match source:
        case syntax.Mapping():
            merged.update(_mapping(source))
        case syntax.Sequence(items=items):
            for item in reversed(items):
                _merge(merged, syntax.resolve(item))
        case syntax.Scalar():
            pass
