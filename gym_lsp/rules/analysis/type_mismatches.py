"""Values that do not fit the type of their field, as deep as that can be said.

Unlike `compose.servers.flaws_of`, which judges what NeMo Gym's parser judges and when it does, this looks at a block as
the server will see it: interpolations are what they stand for, and what is not known yet is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.compose.config import Array, Config, Leaf, Marks, Table
from gym_lsp.compose.interpolate import FROM_ENVIRONMENT
from gym_lsp.gym.fields import (
    AnyType,
    DictType,
    FieldType,
    ListType,
    LiteralType,
    Model,
    ModelType,
    NullType,
    RefType,
    StrType,
    UnionType,
    accepts,
)
from gym_lsp.gym.layout import NAME, TYPE
from gym_lsp.syntax import KeyPath

_TEXT = StrType()
_OPEN = int(Marks.INTERPOLATION | Marks.MISSING)

Resolve = Callable[[Leaf, KeyPath], Config | None]
"""What an interpolation at a key path stands for, None where that is not known."""


class TypeMismatch(Struct, frozen=True):
    """A value that is not of the type `expected`. `written` stands in a file; `value` is what it amounts to.

    `path` leads to `written` from where the search began. `absent` is the key that a mapping needs and does not have.
    """

    written: Config
    value: Config
    path: KeyPath
    expected: FieldType
    absent: str | None = None


def unresolved(leaf: Leaf, path: KeyPath) -> None:
    """For where no run is known: no interpolation stands for anything yet."""


def type_mismatches(
    expected: FieldType, config: Config, path: KeyPath, resolve: Resolve = unresolved
) -> Iterator[TypeMismatch]:
    """What keeps a value at a key path from being of a type."""
    value = config
    if isinstance(config, Leaf):
        if config.is_missing:
            return
        if config.is_interpolation:
            found = resolve(config, path)
            if found is None or _is_open(found):
                return
            value = found
    if isinstance(expected, AnyType) or value.holds_directives:
        return
    for misfit in _misfits(expected, value, path, resolve):
        # Inside of what an interpolation stands for there is nothing that was written here.
        yield misfit if value is config else replace(misfit, written=config, path=path)


def _is_open(value: Config) -> bool:
    """Whether a value depends on what is not known: a variable of the environment, or something that is missing."""
    if isinstance(value, Leaf):
        return value.is_missing or value.is_interpolation or FROM_ENVIRONMENT in str(value.value)
    return value.marks & _OPEN != 0


def _misfits(expected: FieldType, value: Config, path: KeyPath, resolve: Resolve) -> Iterator[TypeMismatch]:
    match expected:
        case UnionType(options):
            yield from _of_union(expected, options, value, path, resolve)
        case ListType(item) if isinstance(value, Array):
            yield from _of_length(expected, value, len(value.items), path)
            for index, each in enumerate(value.items):
                yield from type_mismatches(item, each, (*path, index), resolve)
        case DictType(key, item) if isinstance(value, Table):
            yield from _of_length(expected, value, len(value.entries), path)
            for name, each in value.entries.items():
                if not accepts(key, name):
                    yield TypeMismatch(each, each, (*path, str(name)), key)
                yield from type_mismatches(item, each, (*path, str(name)), resolve)
        case ModelType(model) if isinstance(value, Table):
            yield from _of_model(model, value, path, resolve)
        case RefType(server_types) if isinstance(value, Table):
            yield from _of_ref(server_types, value, path, resolve)
        case ListType() | DictType() | ModelType() | RefType():
            yield TypeMismatch(value, value, path, expected)
        case _:
            if not isinstance(value, Leaf) or not accepts(expected, value.value):
                yield TypeMismatch(value, value, path, expected)


def _of_union(
    expected: UnionType, options: tuple[FieldType, ...], value: Config, path: KeyPath, resolve: Resolve
) -> Iterator[TypeMismatch]:
    attempts = [(option, list(type_mismatches(option, value, path, resolve))) for option in options]
    if not all(found for _, found in attempts):
        return
    shaped = [found for option, found in attempts if _has_shape(option, value)]
    yield from shaped[0] if len(shaped) == 1 else (TypeMismatch(value, value, path, expected),)


def _has_shape(option: FieldType, value: Config) -> bool:
    """Whether a collection is of the sort that an option is, so that what is wrong lies within it."""
    if isinstance(option, ModelType | DictType | RefType):
        return isinstance(value, Table)
    return isinstance(option, ListType) and isinstance(value, Array)


def _of_length(expected: ListType | DictType, value: Config, length: int, path: KeyPath) -> Iterator[TypeMismatch]:
    least, most = expected.min_length, expected.max_length
    if (least is not None and length < least) or (most is not None and length > most):
        yield TypeMismatch(value, value, path, expected)


def _of_model(model: Model, value: Table, path: KeyPath, resolve: Resolve) -> Iterator[TypeMismatch]:
    if model.rewrites:
        return
    for name, each in value.entries.items():
        field = model.field(name)
        if field is not None:
            yield from type_mismatches(field.type, each, (*path, str(name)), resolve)
    for field in model.fields.values():
        if field.required and value.entries.keys().isdisjoint((field.name, *field.aliases)):
            yield TypeMismatch(value, value, path, field.type, field.name)


def _of_ref(server_types: tuple[str, ...], value: Table, path: KeyPath, resolve: Resolve) -> Iterator[TypeMismatch]:
    for name, expected in ((TYPE, LiteralType(server_types)), (NAME, _TEXT)):
        given = value.get(name)
        if given is None:
            yield TypeMismatch(value, value, path, RefType(server_types), name)
        else:
            yield from type_mismatches(expected, given, (*path, name), resolve)


def ref_type(expected: FieldType) -> RefType | None:
    """The type of a field that takes server refs and nothing else, but perhaps null."""
    if isinstance(expected, UnionType):
        others = [option for option in expected.options if not isinstance(option, NullType)]
        return ref_type(others[0]) if len(others) == 1 else None
    return expected if isinstance(expected, RefType) else None
