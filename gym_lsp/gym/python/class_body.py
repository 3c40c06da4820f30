"""The parts of a class body other than fields: the settings of pydantic, validators, docstrings."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msgspec import Struct

from gym_lsp.gym.fields import Extra
from gym_lsp.gym.python.constant import NotConstant
from gym_lsp.gym.python.input_changes import InputChanges, input_changes
from gym_lsp.gym.python.module import Module
from gym_lsp.gym.python.source import External, Source, SourceDefinition
from gym_lsp.gym.python.statements import Function

EARLY = frozenset({"before", "wrap", "plain"})
"""Modes of validators that run before the type is checked and may return any value."""

_UNKNOWN: Mapping[str, ast.expr] = {"extra": ast.Name("unknown")}
"""Settings that cannot be read. A model with them may accept any key."""

_DICTIONARIES = ("ConfigDict", "SettingsConfigDict", "dict")


class Validator(NamedTuple):
    """A validator of pydantic: the name of its decorator, its fields, its mode and its function."""

    decorator: str
    fields: tuple[str, ...]
    mode: str
    function: str


class ModelConfig(Struct, frozen=True):
    """The settings of a class about the keys that its models accept; None if it does not set them."""

    extra: Extra | None
    by_name: bool | None
    """Whether a field with an alias also accepts its own name."""
    renames: bool
    """Whether a function generates the aliases, so that the keys are unknown."""


def settings_of(source: Source, definition: SourceDefinition) -> ModelConfig:
    """Return the settings in `model_config`, in the keywords of the class, or in an old-style class `Config`."""
    keywords = _keywords(source, definition)
    by_name = [_value(source, definition.module, keywords[name]) for name in _BY_NAME if name in keywords]
    extra = _extra(source, definition.module, keywords)
    return ModelConfig(extra, any(by_name) if by_name else None, _RENAMING in keywords)


_BY_NAME = ("populate_by_name", "validate_by_name", "allow_population_by_field_name")
_RENAMING = "alias_generator"


def _extra(source: Source, module: Module, keywords: Mapping[str, ast.expr]) -> Extra | None:
    if "extra" not in keywords:
        return None
    extra = _value(source, module, keywords["extra"])
    return extra if extra in ("ignore", "forbid", "allow") else "allow"


def _value(source: Source, module: Module, node: ast.expr) -> object:
    try:
        return source.evaluate(module, node)
    except NotConstant:
        return None


def _keywords(source: Source, definition: SourceDefinition) -> Mapping[str, ast.expr]:
    header = definition.node.keywords if isinstance(definition.node, ast.ClassDef) else []
    keywords = {keyword.arg: keyword.value for keyword in header if keyword.arg}
    for statement in definition.body:
        if isinstance(statement, ast.ClassDef) and statement.name == "Config":
            keywords.update(_assigned(statement))
        elif _target(statement) == "model_config":
            value = getattr(statement, "value", None)
            if isinstance(value, ast.expr):
                keywords.update(_entries(source, definition.module, value))
    return keywords


def _assigned(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for statement in node.body:
        name, value = _target(statement), getattr(statement, "value", None)
        if name is not None and isinstance(value, ast.expr):
            yield name, value


def _target(statement: ast.stmt) -> str | None:
    target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
    return target.id if isinstance(target, ast.Name) else None


def _entries(source: Source, module: Module, value: ast.expr) -> Mapping[str, ast.expr]:
    """Return the entries of a `ConfigDict(...)`, of a dictionary, or of a constant with such a value."""
    if isinstance(value, ast.Name):
        found = source.refer(module, value)
        constant = getattr(found.node, "value", None) if isinstance(found, SourceDefinition) else None
        return _entries(source, module, constant) if isinstance(constant, ast.Call | ast.Dict) else _UNKNOWN
    if isinstance(value, ast.Call):
        name = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        if name not in _DICTIONARIES:
            return _UNKNOWN
        entries = {keyword.arg: keyword.value for keyword in value.keywords if keyword.arg}
        return entries if len(entries) == len(value.keywords) and not value.args else {**_UNKNOWN, **entries}
    if isinstance(value, ast.Dict):
        pairs = zip(value.keys, value.values, strict=True)
        entries = {str(key.value): each for key, each in pairs if isinstance(key, ast.Constant)}
        return entries if len(entries) == len(value.keys) else {**_UNKNOWN, **entries}
    return _UNKNOWN


def validators(definition: SourceDefinition) -> Iterator[Validator]:
    """Yield the validators in the body of a class."""
    for function in definition.body:
        if not isinstance(function, Function):
            continue
        for each in function.decorator_list:
            call = each if isinstance(each, ast.Call) else ast.Call(each, [], [])
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            named = (each.value for each in call.args if isinstance(each, ast.Constant))
            modes = (keyword.value.value for keyword in call.keywords if isinstance(keyword.value, ast.Constant))
            fields = tuple(each for each in named if isinstance(each, str))
            yield Validator(name, fields, next(map(str, modes), "after"), function.name)


def checked_early(definition: SourceDefinition) -> frozenset[str]:
    """Return the names of the fields with a validator that runs before the type is checked."""
    return frozenset(
        field
        for decorator, fields, mode, _ in validators(definition)
        if (decorator == "field_validator" and mode in EARLY) or decorator == "validator"
        for field in fields
    )


def changes_of_input(source: Source, definition: SourceDefinition) -> InputChanges | None:
    """Return what the code of a class changes in a mapping before it is validated; None if that is uncertain."""
    if any(isinstance(each, Function) and each.name in _ENTRANCES for each in definition.body):
        return None
    found: list[InputChanges] = []
    for decorator, _, mode, function in validators(definition):
        if decorator == "root_validator":
            return None
        if decorator == "model_validator" and mode in EARLY:
            changes = _changes_by(source, definition, function) if mode == "before" else None
            if changes is None:
                return None
            found.append(changes)
    values = (key for changes in found for key in changes.values)
    added = (key for changes in found for key in changes.added)
    return InputChanges(frozenset(values), frozenset(added)) if found else _NO_CHANGES


_NO_CHANGES = InputChanges()


def _changes_by(source: Source, definition: SourceDefinition, name: str) -> InputChanges | None:
    module = definition.module
    function = module.method(definition.name, name)
    if function is None:
        return None

    def name_of(node: ast.expr) -> str | None:
        found = source.refer(module, node)
        return found.name if isinstance(found, External) else None

    return input_changes(function, name_of, lambda node: source.evaluate_or_none(module, node))


_ENTRANCES = frozenset({"__init__", "model_validate", "__get_pydantic_core_schema__"})
"""Functions that turn a mapping into a model. A class that defines one may change the mapping."""


def docstring(body: list[ast.stmt]) -> str | None:
    """Return the docstring of a class without its indentation, or None."""
    return ast.get_docstring(ast.Module(body, []))


def docstring_after(body: list[ast.stmt], index: int) -> str | None:
    """Return the string after a field, which documents it, as one line; None if there is none."""
    after = body[index + 1] if index + 1 < len(body) else None
    if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
        return " ".join(after.value.value.split())
    return None


def switched_off(keywords: list[ast.keyword], name: str) -> bool:
    """Whether a keyword argument is False."""
    values = (keyword.value for keyword in keywords if keyword.arg == name)
    return any(isinstance(value, ast.Constant) and value.value is False for value in values)
