"""What the body of a class says besides its fields: pydantic's settings, its validators, its documentation."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msgspec import Struct

from gym_lsp.gym.fields import Extra
from gym_lsp.gym.python.constant import NotConstant
from gym_lsp.gym.python.module import Module
from gym_lsp.gym.python.source import Definition, Source
from gym_lsp.gym.python.statements import Function

EARLY = frozenset({"before", "wrap", "plain"})
"""Modes of validators that see a value before its type does, and may make anything of it."""

_UNKNOWN: Mapping[str, ast.expr] = {"extra": ast.Name("unknown")}
"""Settings that cannot be read; whatever they are, a model may then take any key."""


_DICTIONARIES = ("ConfigDict", "SettingsConfigDict", "dict")


class Validator(NamedTuple):
    """A pydantic validator: the name of its decorator, the fields that it names, its mode."""

    decorator: str
    fields: tuple[str, ...]
    mode: str


class Settings(Struct, frozen=True):
    """What a class says about the keys that its models take; None where it says nothing."""

    extra: Extra | None
    by_name: bool | None
    """Whether a field with an alias is also taken under its own name."""
    renames: bool
    """Whether a function makes the aliases, so that no key is known."""


def settings_of(source: Source, definition: Definition) -> Settings:
    """`model_config`, in either form, class keywords, or the `Config` class of old."""
    words = _words(source, definition)
    by_name = [_value(source, definition.module, words[name]) for name in _BY_NAME if name in words]
    return Settings(_extra(source, definition.module, words), any(by_name) if by_name else None, _RENAMING in words)


_BY_NAME = ("populate_by_name", "validate_by_name", "allow_population_by_field_name")
_RENAMING = "alias_generator"


def _extra(source: Source, module: Module, words: Mapping[str, ast.expr]) -> Extra | None:
    if "extra" not in words:
        return None
    said = _value(source, module, words["extra"])
    return said if said in ("ignore", "forbid", "allow") else "allow"


def _value(source: Source, module: Module, node: ast.expr) -> object:
    try:
        return source.evaluate(module, node)
    except NotConstant:
        return None


def _words(source: Source, definition: Definition) -> Mapping[str, ast.expr]:
    keywords = definition.node.keywords if isinstance(definition.node, ast.ClassDef) else []
    words = {word.arg: word.value for word in keywords if word.arg}
    for statement in definition.body:
        if isinstance(statement, ast.ClassDef) and statement.name == "Config":
            words.update(_assigned(statement))
        elif _target(statement) == "model_config":
            value = getattr(statement, "value", None)
            if isinstance(value, ast.expr):
                words.update(_entries(source, definition.module, value))
    return words


def _assigned(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for statement in node.body:
        name, value = _target(statement), getattr(statement, "value", None)
        if name is not None and isinstance(value, ast.expr):
            yield name, value


def _target(statement: ast.stmt) -> str | None:
    target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
    return target.id if isinstance(target, ast.Name) else None


def _entries(source: Source, module: Module, value: ast.expr) -> Mapping[str, ast.expr]:
    """The entries of a `ConfigDict(...)`, of a dictionary, or of a constant that is one of these."""
    if isinstance(value, ast.Name):
        found = source.refer(module, value)
        given = getattr(found.node, "value", None) if isinstance(found, Definition) else None
        return _entries(source, module, given) if isinstance(given, ast.Call | ast.Dict) else _UNKNOWN
    if isinstance(value, ast.Call):
        name = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        if name not in _DICTIONARIES:
            return _UNKNOWN
        entries = {word.arg: word.value for word in value.keywords if word.arg}
        return entries if len(entries) == len(value.keywords) and not value.args else {**_UNKNOWN, **entries}
    if isinstance(value, ast.Dict):
        pairs = zip(value.keys, value.values, strict=True)
        entries = {str(key.value): each for key, each in pairs if isinstance(key, ast.Constant)}
        return entries if len(entries) == len(value.keys) else {**_UNKNOWN, **entries}
    return _UNKNOWN


def validators(definition: Definition) -> Iterator[Validator]:
    """The pydantic validators of the class itself."""
    for statement in definition.body:
        for each in statement.decorator_list if isinstance(statement, Function) else []:
            call = each if isinstance(each, ast.Call) else ast.Call(each, [], [])
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            named = (each.value for each in call.args if isinstance(each, ast.Constant))
            modes = (word.value.value for word in call.keywords if isinstance(word.value, ast.Constant))
            yield Validator(
                name, tuple(each for each in named if isinstance(each, str)), next(map(str, modes), "after")
            )


def checked_early(definition: Definition) -> frozenset[str]:
    """The fields whose own validators see the value before their type does."""
    return frozenset(
        field
        for decorator, fields, mode in validators(definition)
        if (decorator == "field_validator" and mode in EARLY) or decorator == "validator"
        for field in fields
    )


def rewrites_input(definition: Definition) -> bool:
    """Whether the class itself may turn anything into a mapping that fits."""
    if any(
        (decorator == "model_validator" and mode in EARLY) or decorator == "root_validator"
        for decorator, _, mode in validators(definition)
    ):
        return True
    return any(isinstance(each, Function) and each.name in _ENTRANCES for each in definition.body)


_ENTRANCES = frozenset({"__init__", "model_validate", "__get_pydantic_core_schema__"})
"""Functions through which a mapping comes to be a model; a class that has its own may do what it likes with it."""


def docstring(body: list[ast.stmt]) -> str | None:
    """The string that a class opens with, without its indentation."""
    return ast.get_docstring(ast.Module(body, []))


def docstring_after(body: list[ast.stmt], index: int) -> str | None:
    """The string that stands behind a field and documents it."""
    after = body[index + 1] if index + 1 < len(body) else None
    if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
        return " ".join(after.value.value.split())
    return None


def switched_off(keywords: list[ast.keyword], name: str) -> bool:
    """Whether a keyword argument is False."""
    values = (word.value for word in keywords if word.arg == name)
    return any(isinstance(value, ast.Constant) and value.value is False for value in values)
