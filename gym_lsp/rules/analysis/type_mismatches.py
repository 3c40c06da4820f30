"""Values that do not match the type of their field, reported as deep as possible.

Unlike `compose.servers.flaws_of`, which judges what NeMo Gym's parser judges and when it does, this checks a block as
the server will read it: interpolations are resolved, and values that are not known yet are left alone.
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
"""Returns the value of an interpolation at a key path; None if it is not known."""


class TypeMismatch(Struct, frozen=True):
    """A value that is not of the type `expected`. `written` is in a file; `value` is what it resolves to.

    `path` leads to `written` from where the search began. `absent` is a key that a mapping needs and does not contain.
    """

    written: Config
    value: Config
    path: KeyPath
    expected: FieldType
    absent: str | None = None


def unresolved(leaf: Leaf, path: KeyPath) -> None:
    """Return None: without a run, the value of an interpolation is not known."""


def type_mismatches(
    expected: FieldType, config: Config, path: KeyPath, resolve: Resolve = unresolved
) -> Iterator[TypeMismatch]:
    """Yield the mismatches between a type and the value at a key path."""
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
    for mismatch in _mismatches(expected, value, path, resolve):
        # Nothing inside the value of an interpolation is written at this place.
        yield mismatch if value is config else replace(mismatch, written=config, path=path)


def _is_open(value: Config) -> bool:
    """Whether a value depends on something unknown: an environment variable, or a missing value."""
    if isinstance(value, Leaf):
        return value.is_missing or value.is_interpolation or FROM_ENVIRONMENT in str(value.value)
    return value.marks & _OPEN != 0


def _mismatches(expected: FieldType, value: Config, path: KeyPath, resolve: Resolve) -> Iterator[TypeMismatch]:
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
    """Whether a collection has the shape of an option, so that the mistake is inside it."""
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
    """Return the type of a field that accepts only server refs, and perhaps null."""
    if isinstance(expected, UnionType):
        others = [option for option in expected.options if not isinstance(option, NullType)]
        return ref_type(others[0]) if len(others) == 1 else None
    return expected if isinstance(expected, RefType) else None
