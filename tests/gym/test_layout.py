"""Key paths and the layout of the config language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import gym_lsp
from gym_lsp.gym import layout
from gym_lsp.gym.layout import (
    DATASETS,
    ServerPath,
    is_dataset,
    is_dataset_field,
    is_field,
    is_in_config_paths,
    is_include,
    is_name_alone,
    is_server,
    is_top_level,
    names_server_type,
)
from gym_lsp.gym.vocabulary import SERVER_TYPES
from gym_lsp.syntax import KeyPath, Mapping, parse

_SERVER: KeyPath = ("math", "resources_servers", "math_with_judge")


@pytest.mark.parametrize("rest", [(), ("domain",), (DATASETS, 0, "name")])
def test_a_server_path_has_the_parts_of_a_key_path(rest: KeyPath) -> None:
    server = ServerPath.of((*_SERVER, *rest))
    assert server == ServerPath("math", "resources_servers", "math_with_judge", rest)
    assert server is not None
    assert server.key_path == (*_SERVER, *rest)
    assert server.field == (rest[0] if rest else None)


@pytest.mark.parametrize(
    "path", [(), ("math",), _SERVER[:2], ("math", "resources_servers", 0), ("config_paths", 0, "x")]
)
def test_a_path_that_leads_to_no_server_has_no_parts(path: KeyPath) -> None:
    assert ServerPath.of(path) is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), set[str]()),
        (("math",), {"top level"}),
        (_SERVER, {"server"}),
        ((*_SERVER, "domain"), {"field"}),
        ((*_SERVER, DATASETS, 0), {"dataset"}),
        ((*_SERVER, DATASETS, 0, "name"), {"dataset field"}),
        ((*_SERVER, DATASETS, 0, "source", "type"), set[str]()),
        (("config_paths",), {"top level", "config_paths"}),
        (("config_paths", 0), {"config_paths", "include"}),
        (("config_paths", 0, "x", "y", 0), {"config_paths"}),
    ],
)
def test_what_a_key_path_leads_to(path: KeyPath, expected: set[str]) -> None:
    found = {
        "top level": is_top_level(path),
        "server": is_server(path),
        "field": is_field(path),
        "dataset": is_dataset(path),
        "dataset field": is_dataset_field(path),
        "config_paths": is_in_config_paths(path),
        "include": is_include(path),
    }
    assert {name for name, holds in found.items() if holds} == expected


@pytest.mark.parametrize(
    ("text", "is_ref", "is_alone"),
    [
        ("{type: resources_servers, name: math}", True, False),
        ("{type: resources_servers}", True, False),
        ("{type: train, name: math}", False, False),
        ("{type: [resources_servers]}", False, False),
        ("{name: math}", False, True),
        ("{name: math, size: 1}", False, False),
        ("{}", False, False),
    ],
)
def test_what_a_mapping_shows_of_a_ref(text: str, is_ref: bool, is_alone: bool) -> None:
    root = parse(text).root
    assert isinstance(root, Mapping)
    assert (names_server_type(root, SERVER_TYPES), is_name_alone(root)) == (is_ref, is_alone)


@pytest.mark.parametrize("package", ["compose", "workspace", "rules", "ide"])
def test_the_words_of_the_layout_are_spelled_in_one_module(package: str) -> None:
    # Words such as `name` and `type` have other meanings elsewhere. A word with an underscore has no other meaning.
    words = {word for name, word in vars(layout).items() if name.isupper() and isinstance(word, str) and "_" in word}
    root = Path(gym_lsp.__file__).parent
    found = [
        f"{path.relative_to(root)}:{node.lineno}: {node.value}"
        for path in sorted((root / package).rglob("*.py"))
        for node in _expressions(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in words
    ]
    assert not found


def _expressions(node: ast.AST) -> Iterator[ast.AST]:
    """Every node but the values of enum members, which name kinds of things and not keys."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.ClassDef) and isinstance(child, ast.Assign)):
            yield child
            yield from _expressions(child)
