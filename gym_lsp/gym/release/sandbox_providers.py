"""The sandbox providers of NeMo Gym and their arguments, read from source.

The registry maps each provider to a loader function, the loader returns a class, and the keys below the provider are
the arguments of that class. This is read only when a sandbox block needs it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.files import Files
from gym_lsp.gym.fields import DictType, Field, FieldType, Model, ModelType, UnionType, union
from gym_lsp.gym.python.class_body import docstring
from gym_lsp.gym.python.models import ModelReader
from gym_lsp.gym.python.module import Module
from gym_lsp.gym.python.source import Source, SourceDefinition
from gym_lsp.gym.python.statements import Function

REGISTRY = "nemo_gym.sandbox.providers.registry"
LOADERS = "_BUILTIN_PROVIDER_LOADERS"


class SandboxProvider(Struct, frozen=True):
    """A provider with the keys that a sandbox block may have below its name.

    `model` has a field for each argument of the class. It is None if the class accepts any argument or cannot be read;
    then no key is known to be wrong.
    """

    name: str
    model: Model | None

    @property
    def sections(self) -> Mapping[str, Model] | None:
        """The arguments that are mappings with known keys, by name; None if any argument is accepted."""
        if self.model is None:
            return None
        return {field.name: model for field in self.model.fields.values() if (model := _section(field.type))}


def provider_names(source: Source) -> frozenset[str]:
    """Return the names of the providers of a release; empty if the registry cannot be read."""
    registry = source.module(REGISTRY)
    return frozenset(registry.items(LOADERS)) if registry else frozenset()


def sandbox_providers(files: Files, install_root: PurePath) -> Mapping[str, SandboxProvider]:
    """Return the providers of the NeMo Gym in `install_root` by name. Mirrors `get_provider_class`.

    A package or a program may register further providers, so any other name can still be valid.
    """
    source = Source(files, (install_root,))
    registry = source.module(REGISTRY)
    if registry is None:
        return {}
    reader = ModelReader(source)
    return {name: _provider(reader, name, loader) for name, loader in sorted(registry.items(LOADERS).items())}


def sandbox_provider(files: Files, install_root: PurePath, name: str) -> SandboxProvider | None:
    """Return one provider without reading the source of the others, or None if there is none of that name."""
    source = Source(files, (install_root,))
    registry = source.module(REGISTRY)
    loader = registry.items(LOADERS).get(name) if registry else None
    return None if loader is None else _provider(ModelReader(source), name, loader)


def _provider(reader: ModelReader, name: str, loader: ast.expr) -> SandboxProvider:
    registry = reader.source.module(REGISTRY)
    definition = _loaded_class(reader.source, registry, loader) if registry else None
    return SandboxProvider(name, _arguments(reader, definition) if definition else None)


def _loaded_class(source: Source, registry: Module, loader: ast.expr) -> SourceDefinition | None:
    """Return the class that a loader function imports and returns."""
    node = registry.definition(loader.id) if isinstance(loader, ast.Name) else None
    if not isinstance(node, Function):
        return None
    imports: dict[str, ast.ImportFrom] = {}
    for statement in node.body:
        if isinstance(statement, ast.ImportFrom) and not statement.level:
            imports.update((alias.asname or alias.name, statement) for alias in statement.names)
        elif isinstance(statement, ast.Return) and isinstance(statement.value, ast.Name):
            name = statement.value.id
            module = imports[name].module if name in imports else None
            found = source.member(module, name) if module else None
            return found if isinstance(found, SourceDefinition) else None
    return None


def _arguments(reader: ModelReader, definition: SourceDefinition) -> Model | None:
    """Return the arguments of a class as a model, or None if it accepts any keyword or has no own `__init__`."""
    node = definition.node
    init = next((each for each in definition.body if isinstance(each, Function) and each.name == "__init__"), None)
    if init is None or init.args.kwarg is not None or not isinstance(node, ast.ClassDef):
        return None
    fields = {field.name: field for field in _fields(reader, definition.module, init.args)}
    return Model(definition.name, fields, "forbid", definition.module.path, node.lineno, docstring(definition.body))


def _fields(reader: ModelReader, module: Module, arguments: ast.arguments) -> Iterator[Field]:
    positional = arguments.args[1:]
    defaults: list[ast.expr | None] = [*([None] * (len(positional) - len(arguments.defaults))), *arguments.defaults]
    for argument, default in zip(
        [*positional, *arguments.kwonlyargs], [*defaults, *arguments.kw_defaults], strict=True
    ):
        yield Field(
            name=argument.arg,
            type=_closed(reader.type_of(module, argument.annotation or ast.Name("object"))),
            required=default is None,
            default=module.segment(default) if default else None,
            path=module.path,
            line=argument.lineno,
        )


def _closed(type: FieldType) -> FieldType:
    """Return the type of an argument such as `SomeConfig | Mapping[str, Any] | None` without the plain mapping.

    The provider passes the entries of the mapping to SomeConfig as arguments, so other keys are not accepted.
    """
    options = type.options if isinstance(type, UnionType) else (type,)
    if not any(isinstance(option, ModelType) for option in options):
        return type
    kept = (option for option in options if not isinstance(option, DictType))
    return union(_forbidding(option) if isinstance(option, ModelType) else option for option in kept)


def _forbidding(type: ModelType) -> ModelType:
    return ModelType(replace(type.model, extra="forbid"))


def _section(type: FieldType) -> Model | None:
    options = type.options if isinstance(type, UnionType) else (type,)
    return next((option.model for option in options if isinstance(option, ModelType)), None)
