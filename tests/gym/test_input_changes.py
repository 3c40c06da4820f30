"""What a validator changes in a mapping, read from its source, is what Python does when it runs the validator."""

from __future__ import annotations

import ast
import builtins
import copy
import textwrap
import typing
from typing import Any, cast

import pytest

from gym_lsp.gym.python.input_changes import ALL, InputChanges, input_changes

KEY = "size"
NAMES = ("size", "name")

KEEPS: dict[str, tuple[str, str, str]] = {
    "only compares": ("if 'old' in data:\n    raise ValueError(f'{data}')\nreturn data", "", ""),
    "checks the type": ("if not isinstance(data, dict):\n    return data\nreturn data", "", ""),
    "compares a value": ("if data.get('size') == 3 or not data['size']:\n    raise ValueError\nreturn data", "", ""),
    "lists the keys": (
        "old = sorted({'a'}.intersection(set(data.keys())))\nif old:\n    raise ValueError\nreturn data",
        "",
        "",
    ),
    "checks several keys": (
        "old = [key for key in ('a', 'b') if key in data]\nassert not old, old\nreturn data",
        "",
        "",
    ),
    "copies": ("data = data.copy()\nreturn data", "", ""),
    "copies into another name": ("new: dict = dict(data)\nreturn new", "", ""),
    "copies deeply": ("return copy.deepcopy(data)", "", ""),
    "casts": ("return typing.cast('dict', data)", "", ""),
    "chooses": ("return dict(data) if isinstance(data, dict) else data", "", ""),
    "converts a value": ("data = dict(data)\ndata['size'] = int(data['size'])\nreturn data", "size", ""),
    "converts a value in place": ("data['size'] += 1\nreturn data", "size", ""),
    "converts the items of a list": ("data['items'] = [str(each) for each in data['items']]\nreturn data", "items", ""),
    "converts by a constant": ("data[KEY] = str(data[KEY])\nreturn data", "size", ""),
    "converts in a loop": ("for key in NAMES:\n    data[key] = str(data[key])\nreturn data", "name size", ""),
    "tries to convert": (
        "try:\n    data['size'] = int(data['size'])\nexcept ValueError:\n    pass\nreturn data",
        "size",
        "",
    ),
    "sets a value": ("data['size'] = 3\nreturn data", "size", "size"),
    "sets a missing value": ("data.setdefault('more', []).append(1)\nreturn data", "more", "more"),
    "might set a value": (
        "if 'more' not in data:\n    data['more'] = data.get('size', 3)\nreturn data",
        "more size",
        "more",
    ),
    "converts if there is one": ("data['more'] = data['more'] if 'more' in data else 1\nreturn data", "more", "more"),
    "updates": ("data.update({'size': 1}, name='b')\nreturn data", "name size", "name size"),
    "unpacks": ("return {'more': 1, **data, 'size': 2}", "more size", "more size"),
    "joins": ("return data | {'more': 1}", "more", "more"),
    "joins defaults": ("return {'more': 1} | data", "more", "more"),
    "copies with a keyword": ("return dict(data, more=1)", "more", "more"),
    "maps every value": ("return {key: str(value) for key, value in data.items()}", ALL, ""),
    "changes every value": ("for key, value in data.items():\n    data[key] = str(value)\nreturn data", ALL, ""),
    "changes every value by its key": ("for key in list(data):\n    data[key] = str(data[key])\nreturn data", ALL, ""),
    "passes a value on": ("change(data['items'])\nreturn data", "items", ""),
    "changes a value": ("items = data.get('items')\nitems.append(3)\nreturn data", "items", ""),
    "passes a copy on": ("change(dict(data))\nreturn data", ALL, ""),
    "passes an unknown value on": ("change(data[unknown()])\nreturn data", ALL, ""),
    "uses a context": ("with context() as opened:\n    data['size'] = opened\nreturn data", "size", "size"),
}
"""The body of a validator, the keys whose values it may change, and the keys that it may add."""

UNCERTAIN = {
    "removes a key": "data.pop('old', None)\nreturn data",
    "deletes a key": "del data['old']\nreturn data",
    "renames a key": "data['size'] = data.pop('length')\nreturn data",
    "clears": "data.clear()\nreturn data",
    "returns another mapping": "return {'size': data['size']}",
    "returns a conversion": "if isinstance(data, str):\n    return {'name': data}\nreturn data",
    "replaces the mapping": "if isinstance(data, str):\n    data = {'name': data}\nreturn data",
    "replaces null": "data = data or {}\nreturn data",
    "passes the mapping on": "change(data)\nreturn data",
    "passes the mapping on by a cast": "change(typing.cast('dict', data))\nreturn data",
    "passes the mapping on in a list": "change([data])\nreturn data",
    "returns what a function makes": "return change(data)",
    "keeps some keys": "return {key: value for key, value in data.items() if value}",
    "changes keys": "return {key.lower(): value for key, value in data.items()}",
    "sets an unknown key": "data[unknown()] = 1\nreturn data",
    "sets a key from a variable": "KEY = unknown()\ndata[KEY] = 1\nreturn data",
    "sets keys from a loop": "for key in unknown():\n    data[key] = 1\nreturn data",
    "sets a key after a loop": "for key in ('a', 'b'):\n    key = unknown()\n    data[key] = 1\nreturn data",
    "updates from a mapping": "data.update(unknown())\nreturn data",
    "unpacks another mapping": "return {**data, **unknown()}",
    "a function inside": "def inner():\n    data.clear()\ninner()\nreturn data",
    "a lambda": "change(lambda: data.clear())\nreturn data",
    "is set in a loop": "for data in unknown():\n    pass\nreturn data",
    "is set by a context": "with context() as data:\n    pass\nreturn data",
    "is an error": "try:\n    pass\nexcept ValueError as data:\n    pass\nreturn data",
    "a hidden builtin": "dict = unknown\nreturn dict(data)",
    "is a part of an update": "data |= unknown()\nreturn data",
    "an item by another way": "data.__setitem__('a', 1)\nreturn data",
    "is set by a context in the mapping": "with context() as data['x']:\n    pass\nreturn data",
    "nothing": "...",
    "null": "return None",
    "matches": "match data:\n    case {'a': x}:\n        return data",
}


def function_of(body: str, decorators: str = "@model_validator(mode='before')\n@classmethod\n") -> ast.FunctionDef:
    node = ast.parse(f"{decorators}def check(cls, data):\n{textwrap.indent(body, '    ')}").body[0]
    assert isinstance(node, ast.FunctionDef)
    return node


def name_of(node: ast.expr) -> str | None:
    text = ast.unparse(node)
    return f"builtins.{text}" if hasattr(builtins, text) else text if text.startswith(("copy.", "typing.")) else None


def value_of(node: ast.expr) -> object:
    try:
        return {"KEY": KEY, "NAMES": NAMES}[node.id] if isinstance(node, ast.Name) else ast.literal_eval(node)
    except (KeyError, ValueError):
        return None


def changes_of(body: str) -> InputChanges | None:
    return input_changes(function_of(body), name_of, value_of)


@pytest.mark.parametrize(("body", "values", "added"), KEEPS.values(), ids=KEEPS.keys())
def test_certain_changes(body: str, values: str, added: str) -> None:
    assert changes_of(body) == InputChanges(frozenset(values.split()), frozenset(added.split()))


@pytest.mark.parametrize("body", UNCERTAIN.values(), ids=UNCERTAIN.keys())
def test_uncertain_changes(body: str) -> None:
    assert changes_of(body) is None


INPUTS: tuple[dict[str, Any], ...] = (
    {"size": 1, "name": "a", "items": [1, 2], "other": {"b": [1]}, "more": [5]},
    {"size": 1, "name": "a", "items": [1, 2], "unknown": None},
)


class Context:
    """A stand-in for any context of a `with`."""

    def __enter__(self) -> int:
        return 7

    def __exit__(self, *_: object) -> None: ...


def change(value: Any) -> None:
    """Change a value, as a function that the source does not show might do."""
    values = list(cast("dict[str, Any]", value).values()) if isinstance(value, dict) else [value]
    for each in values:
        if isinstance(each, list):
            cast("list[object]", each).append("changed")


@pytest.mark.parametrize(("body", "values", "added"), KEEPS.values(), ids=KEEPS.keys())
def test_python_changes_nothing_else(body: str, values: str, added: str) -> None:
    function = function_of(body, "")
    scope: dict[str, Any] = {
        "copy": copy, "typing": typing, "KEY": KEY, "NAMES": NAMES, "change": change, "context": Context,
        "unknown": lambda: "items",
    }  # fmt: skip
    exec(compile(ast.fix_missing_locations(ast.Module([function], [])), "validator", "exec"), scope)
    for given in INPUTS:
        result = scope["check"](None, copy.deepcopy(given))
        assert given.keys() <= result.keys() <= given.keys() | set(added.split())
        if values != ALL:
            assert {key for key in given if given[key] != result[key]} <= set(values.split())


DECORATED = {
    "static": ("@model_validator(mode='before')\n@staticmethod\n", False),
    "another decorator": ("@model_validator(mode='before')\n@remembered\n@classmethod\n", False),
    "without classmethod": ("@pydantic.model_validator(mode='before')\n", True),
}


@pytest.mark.parametrize(("decorators", "is_certain"), DECORATED.values(), ids=DECORATED.keys())
def test_decorators(decorators: str, is_certain: bool) -> None:
    function = function_of("return data", decorators)
    assert (input_changes(function, name_of, value_of) is not None) == is_certain
