"""The vocabulary of a release, read from its source: names, models, aliases, error classes.

`behaviour` reads the other half of a profile, which is what the parser does with them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import cast

from gym_lsp.gym.fields import FieldType, ListType, LiteralType, Model, ModelType, UnionType
from gym_lsp.gym.python.models import ModelReader
from gym_lsp.gym.python.module import Module
from gym_lsp.gym.python.source import Source, SourceDefinition
from gym_lsp.gym.python.statements import Function
from gym_lsp.gym.release.behaviour import NotRead, Parser, key_defaults
from gym_lsp.gym.release.sandbox_providers import provider_names
from gym_lsp.gym.vocabulary import domain_descriptions

TYPES = "nemo_gym.config_types"
ALIASES = "nemo_gym._config_aliases"
TELEMETRY = "nemo_gym.telemetry.config"

MODELS = (
    "BaseRunServerTypeConfig",
    "DatasetConfig",
    "BenchmarkDatasetConfig",
    "GitlabDatasetSource",
    "HuggingFaceDatasetSource",
    "JsonlDatasetGitlabIdentifer",
    "JsonlDatasetHuggingFaceIdentifer",
)
"""The classes of `config_types.py` that the parser validates blocks with, and the classes of their fields."""


class Facts:
    """The vocabulary of one release. Every member raises NotRead or NotConstant if the source has another form."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._reader = ModelReader(source)

    @cached_property
    def parser(self) -> Parser:
        return Parser(self.source)

    @cached_property
    def types(self) -> Module:
        """The module `nemo_gym/config_types.py`."""
        module = self.source.module(TYPES)
        if module is None:
            raise NotRead(TYPES)
        return module

    @cached_property
    def models(self) -> Mapping[str, Model]:
        found = {name: self._reader.model(TYPES, name) for name in MODELS}
        if self.source.module(TELEMETRY):
            found["TelemetryConfig"] = self._reader.model(TELEMETRY, "TelemetryConfig")
        missing = [name for name, model in found.items() if model is None]
        if missing:
            raise NotRead(", ".join(missing))
        return {name: model for name, model in found.items() if model}

    @cached_property
    def domains(self) -> tuple[str, ...]:
        found = self.source.find(self.types, "Domain")
        enum = self._reader.enum(found) if isinstance(found, SourceDefinition) else None
        return _strings("Domain", enum.values if enum else ())

    def domain_meanings(self) -> Mapping[str, str]:
        node = self.types.definition("Domain")
        docstring = ast.get_docstring(node) if isinstance(node, ast.ClassDef) else None
        theirs = {match["name"]: " ".join(match["text"].split()) for match in _BULLET.finditer(docstring or "")}
        ours = domain_descriptions()
        return {name: ours.get(name) or theirs.get(name, "") for name in self.domains}

    def _datasets(self) -> Iterator[Model]:
        """Yield the models that an item of `datasets` may have."""
        field = self.models["BaseRunServerTypeConfig"].fields.get("datasets")
        for option in _options(field.type) if field else ():
            for item in _options(option.item) if isinstance(option, ListType) else ():
                if isinstance(item, ModelType):
                    yield item.model

    def _literals(self, field: str) -> tuple[str, ...]:
        """Return every literal that a field of a dataset accepts."""
        types = (model.fields[field].type for model in self._datasets() if field in model.fields)
        found = (option for type in types for option in _options(type) if isinstance(option, LiteralType))
        return _strings(field, tuple(value for option in found for value in option.values))

    def licenses(self) -> tuple[str, ...]:
        return self._literals("license")

    def dataset_types(self) -> tuple[str, ...]:
        return self._literals("type")

    def licensed_dataset_types(self) -> tuple[str, ...]:
        """Return the list that a validator of DatasetConfig, the one about the license, compares the type with."""
        node = self.types.definition("DatasetConfig")
        for method in node.body if isinstance(node, ast.ClassDef) else ():
            nodes = tuple(ast.walk(method)) if isinstance(method, Function) else ()
            is_about_license = any(isinstance(each, ast.Attribute) and each.attr == "license" for each in nodes)
            for each in nodes if is_about_license else ():
                match each:
                    case ast.Compare(left=ast.Attribute(attr="type"), ops=[ast.In()], comparators=[listed]):
                        return _strings("type", self.source.evaluate(self.types, listed))
                    case _:
                        pass
        raise NotRead("DatasetConfig")

    def server_types(self) -> tuple[str, ...]:
        """Return the SERVER_TYPE of each class in the union that NeMo Gym validates a block with."""
        alias = getattr(self.types.definition("ServerInstanceConfig"), "value", None)
        members = list(_union_members(alias)) if isinstance(alias, ast.expr) else []
        return _strings("SERVER_TYPE", tuple(self._server_type(member) for member in members))

    def _server_type(self, member: ast.expr) -> object:
        found = self.source.refer(self.types, member)
        for base in self.source.mro(found) if isinstance(found, SourceDefinition) else ():
            if not isinstance(base, SourceDefinition) or not isinstance(base.node, ast.ClassDef):
                continue
            for statement in base.body:
                match statement:
                    case ast.AnnAssign(target=ast.Name(id="SERVER_TYPE"), value=ast.expr() as value):
                        return self.source.evaluate(base.module, value)
                    case _:
                        pass
        raise NotRead("SERVER_TYPE")

    def reserved_keys(self) -> frozenset[str]:
        return frozenset(_strings("reserved keys", self.parser.constant("NEMO_GYM_RESERVED_TOP_LEVEL_KEYS")))

    def carried_over_keys(self) -> tuple[str, ...]:
        if self.parser.method("compose_unbound_agent") is None:
            return ()
        return _strings("carried over keys", self.parser.constant("_COMPOSED_AGENT_CARRY_OVER_KEYS"))

    def aliases(self, name: str) -> Mapping[str, str]:
        """Return a dictionary of `_config_aliases.py`; empty if the parser does not use that module."""
        module = self.source.module(ALIASES)
        if module is None:
            if self.parser.mentions("load_extra_config_paths", "legacy_config_path_alias"):
                raise NotRead(ALIASES)
            return {}
        value = self.source.constant(module, name)
        if not isinstance(value, dict):
            raise NotRead(name)
        entries = cast("dict[object, object]", value)
        return dict(zip(_strings(name, tuple(entries)), _strings(name, tuple(entries.values())), strict=True))

    def sandbox_providers(self) -> frozenset[str]:
        names = provider_names(self.source)
        if not names:
            raise NotRead("sandbox providers")
        return names

    @cached_property
    def config_errors(self) -> frozenset[str]:
        found = {"ConfigError"}
        for name, bases in self.types.class_bases.items():
            if found.intersection(bases):
                found.add(name)
        if "ConfigError" not in self.types.class_bases:
            raise NotRead("ConfigError")
        return frozenset(found - {"ConfigError"})

    def interpolation_error(self) -> str:
        translated = "ConfigInterpolationError"
        return translated if translated in self.config_errors else "InterpolationKeyError"


FACTS: Mapping[str, Callable[[Facts], object]] = MappingProxyType(
    {
        "domains": lambda facts: facts.domains,
        "domain_meanings": Facts.domain_meanings,
        "licenses": Facts.licenses,
        "dataset_types": Facts.dataset_types,
        "licensed_dataset_types": Facts.licensed_dataset_types,
        "server_types": Facts.server_types,
        "reserved_keys": Facts.reserved_keys,
        "key_defaults": lambda facts: key_defaults(facts.parser),
        "agent_aliases": lambda facts: facts.aliases("LEGACY_AGENT_ALIASES"),
        "config_path_aliases": lambda facts: facts.aliases("LEGACY_CONFIG_PATH_ALIASES"),
        "carried_over_keys": Facts.carried_over_keys,
        "models": lambda facts: facts.models,
        "sandbox_providers": Facts.sandbox_providers,
        "config_errors": lambda facts: facts.config_errors,
        "interpolation_error": Facts.interpolation_error,
    }
)
"""The fields of Profile that are data, each with the function that reads it."""

_BULLET = re.compile(r"^- `(?P<name>\w+)`\s+[^\w\s]+\s+(?P<text>.*(?:\n[ \t]+.*)*)", re.MULTILINE)
"""An item of a list in a docstring: a name in backticks, a dash, a meaning."""


def _strings(name: str, values: object) -> tuple[str, ...]:
    """Return `values` if it is a non-empty sequence of strings; raise NotRead otherwise."""
    if not isinstance(values, list | tuple):
        raise NotRead(name)
    items = tuple(cast("tuple[object, ...]", values))
    found = tuple(item for item in items if isinstance(item, str))
    if not found or len(found) < len(items):
        raise NotRead(name)
    return found


def _options(type: FieldType) -> tuple[FieldType, ...]:
    return type.options if isinstance(type, UnionType) else (type,)


def _union_members(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            yield from _union_members(left)
            yield from _union_members(right)
        case ast.Subscript(slice=ast.Tuple(elts=members)):
            yield from members
        case _:
            yield node
