"""OmegaConf's loader as the reference for the content of a YAML text.

NeMo Gym uses OmegaConf 2.3, the newest that Hydra 1.3 accepts, which reads with PyYAML's own scanner. OmegaConf 2.4
reads with libyaml, which accepts more. The loader used here has the scanner of 2.3, whatever version is installed.
"""

from __future__ import annotations

import importlib
from collections.abc import Hashable
from functools import cache
from pathlib import PurePath
from typing import Any, NamedTuple

import yaml

from gym_lsp.compose.config import lift, to_plain
from gym_lsp.compose.source import config_file
from gym_lsp.syntax import Node, parse


class Refused(NamedTuple):
    """The text cannot be loaded. `why` is for the person who reads a failing test."""

    why: str


@cache
def loader() -> Any:
    """The class that OmegaConf loads YAML with."""
    try:
        made: Any = importlib.import_module("omegaconf._yaml").get_yaml_loader(max_yaml_expanded_nodes=None)
    except ImportError:
        return importlib.import_module("omegaconf._utils").get_yaml_loader()

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers = made.yaml_implicit_resolvers
        yaml_constructors = made.yaml_constructors

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
            names = [key.value for key, _ in node.value if key.tag == "tag:yaml.org,2002:str"]
            if len(set(names)) < len(names):
                raise yaml.constructor.ConstructorError(None, None, "a key twice", node.start_mark)
            return super().construct_mapping(node, deep)

    return Loader


def load(text: str) -> object:
    """Return what OmegaConf loads from a text, as dicts, lists and scalars. Raises Refused for any exception."""
    try:
        value: object = yaml.load(text, loader())
        unfit = _unfit(value)
    except Exception as error:  # noqa: BLE001 - PyYAML's constructors raise errors of many kinds.
        return Refused(f"{type(error).__name__}: {error}")
    return value if unfit is None else Refused(unfit)


def _unfit(value: Any) -> str | None:
    """Return why `OmegaConf.create` rejects a value that the loader created."""
    if isinstance(value, dict):
        inside: Any = value  # pyright: ignore[reportUnknownVariableType]
        if None in inside:
            return "KeyValidationError: a key is null"
        return next((why for each in inside.values() if (why := _unfit(each)) is not None), None)
    if isinstance(value, list | tuple):
        return next((why for each in value if (why := _unfit(each)) is not None), None)  # pyright: ignore[reportUnknownVariableType]
    fits = value is None or isinstance(value, bool | int | float | str)
    return None if fits else f"UnsupportedValueType: {type(value).__name__}"


def ours(text: str) -> object:
    """Return what gym-lsp reads from a text, in the same form."""
    document = parse(text)
    if document.problems:
        return Refused(", ".join(f"{problem.kind.value} {problem.detail}" for problem in document.problems))
    return None if document.root is None else value_of(document.root)


def value_of(node: Node) -> object:
    """Return the value of a node."""
    return to_plain(lift(node, config_file(PurePath("text.yaml"), "").origin))


def exactly(value: Any) -> object:
    """Return a value in a form in which 1, 1.0 and true differ, 0.0 and -0.0 differ, and nan equals nan."""
    if isinstance(value, Refused):
        return Refused
    if isinstance(value, dict):
        pairs: Any = value.items()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        return {exactly(key): exactly(each) for key, each in pairs}
    if isinstance(value, list):
        return [exactly(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
    return type(value).__name__, repr(value)


def assert_same(text: str) -> object:
    """Assert that both reject a text or read the same value, and return OmegaConf's value."""
    theirs, found = load(text), ours(text)
    assert exactly(found) == exactly(theirs), f"{text!r}\nOmegaConf: {theirs!r}\ngym-lsp:   {found!r}"
    return theirs
