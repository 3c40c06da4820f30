"""Where the fields of a row do not match the type of its server, as deep as possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.gym.fields import (
    AnyType,
    DictType,
    Field,
    FieldType,
    ListType,
    LiteralType,
    Model,
    ModelType,
    RefType,
    UnionType,
    accepts,
)
from gym_lsp.rows.places import Step

Path = tuple[Step, ...]
Place = tuple[PurePath, int]


class Mismatch(Struct, frozen=True):
    """A value at a key path that is not of the type `expected`.

    `absent` is a key that a mapping needs and does not contain, and `unknown` means that a mapping must not contain the
    last key of the path. For these two, `alike` are the keys that can be meant: those of the mapping that are not
    fields, or the fields that it lacks. `place` is the file and the line, counted from 1, of the field that the value
    belongs to, or of the class if it does not belong to a field.
    """

    path: Path
    expected: FieldType
    value: object
    absent: str | None = None
    unknown: bool = False
    alike: tuple[str, ...] = ()
    place: Place | None = None


def mismatches(expected: FieldType, value: object, path: Path = ()) -> Iterator[Mismatch]:
    """Yield the mismatches between a type and a plain value. None means that pydantic accepts the value."""
    match expected:
        case AnyType():
            return
        case UnionType(options):
            yield from _of_union(expected, options, value, path)
        case ListType(item) if isinstance(value, list):
            items = cast("list[object]", value)
            inside = [each for index, one in enumerate(items) for each in mismatches(item, one, (*path, index))]
            yield from inside or _as_a_whole(expected, items, path)
        case DictType(key, item) if isinstance(value, dict):
            entries = cast("dict[str, object]", value)
            found = [each for name, one in entries.items() for each in mismatches(item, one, (*path, name))]
            found += [Mismatch((*path, name), key, name) for name in entries if not accepts(key, name)]
            yield from found or _as_a_whole(expected, entries, path)
        case ModelType(model) if isinstance(value, dict):
            yield from _of_model(model, cast("dict[str, object]", value), path)
        case ListType() | DictType() | ModelType() | RefType():
            yield Mismatch(path, expected, value)
        case _:
            if not accepts(expected, value):
                yield Mismatch(path, expected, value)


def _as_a_whole(
    expected: ListType | DictType, value: list[object] | dict[str, object], path: Path
) -> Iterator[Mismatch]:
    """Yield a mismatch if a collection has a wrong length."""
    least, most = expected.min_length, expected.max_length
    if (least is not None and len(value) < least) or (most is not None and len(value) > most):
        yield Mismatch(path, expected, value)


def _of_union(expected: UnionType, options: tuple[FieldType, ...], value: object, path: Path) -> Iterator[Mismatch]:
    attempts = [(option, list(mismatches(option, value, path))) for option in options]
    if not all(found for _, found in attempts):
        return
    meant = [found for option, found in attempts if _is_meant(option, value)]
    yield from meant[0] if len(meant) == 1 else (Mismatch(path, expected, value),)


def _is_meant(option: FieldType, value: object) -> bool:
    """Whether a value has the shape of an option, so that the mistake is inside it.

    A model with a literal that the value has is meant, as pydantic's discriminated unions decide.
    """
    if isinstance(option, ModelType):
        if not isinstance(value, dict):
            return False
        entries = cast("dict[str, object]", value)
        tags = [field for field in option.model.fields.values() if isinstance(field.type, LiteralType)]
        return all(field.name not in entries or accepts(field.type, entries[field.name]) for field in tags)
    if isinstance(option, DictType):
        return isinstance(value, dict)
    return isinstance(option, ListType) and isinstance(value, list)


def _of_model(model: Model, value: Mapping[str, object], path: Path) -> Iterator[Mismatch]:
    if model.rewrites:
        return
    for name, each in value.items():
        field = model.field(name)
        if field is not None:
            for found in mismatches(field.type, each, (*path, name)):
                yield found if found.place is not None else replace(found, place=_place(field))
        elif model.extra == "forbid":
            lacks = tuple(other for other in model.fields if other not in value)
            yield Mismatch((*path, name), ModelType(model), each, unknown=True, alike=lacks, place=_place(model))
    for field in model.fields.values():
        if field.required and value.keys().isdisjoint((field.name, *field.aliases)):
            others = tuple(name for name in value if model.field(name) is None)
            yield Mismatch(path, field.type, value, absent=field.name, alike=others, place=_place(field))


def _place(declared: Field | Model) -> Place | None:
    return None if declared.path is None or declared.line is None else (declared.path, declared.line)
