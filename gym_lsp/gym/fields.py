"""The types of config fields as plain data, and the values that pydantic accepts for them.

NeMo Gym validates every block with a pydantic model. gym-lsp reads these models from source (`python.models`) and keeps
them as this data, so that it can show, complete and check fields without importing pydantic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Literal, TypeAlias, cast

from msgspec import Struct

from gym_lsp.gym.lax import is_bool, to_float, to_int
from gym_lsp.gym.layout import NAME, TYPE

Scalar: TypeAlias = str | int | float | bool | None
Extra: TypeAlias = Literal["ignore", "forbid", "allow"]


class AnyType(Struct, frozen=True, eq=False):
    """Accepts every value. It also stands for a type that cannot be read from the source.

    `name` is that type as the source spells it, for display only: all instances are equal.
    """

    name: str | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AnyType)

    def __hash__(self) -> int:
        return hash(AnyType)


class BoolType(Struct, frozen=True):
    """A boolean."""


class NullType(Struct, frozen=True):
    """Accepts only null."""


class PathType(Struct, frozen=True):
    """A string that is the path of a file or a folder."""


class StrType(Struct, frozen=True):
    """A string; lengths are in code points."""

    min_length: int | None = None
    max_length: int | None = None


class _Number(Struct, frozen=True):
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None


class IntType(_Number, frozen=True):
    """An integer within bounds."""


class FloatType(_Number, frozen=True):
    """A number within bounds."""


class LiteralType(Struct, frozen=True):
    """One of several scalars."""

    values: tuple[Scalar, ...]


class EnumType(Struct, frozen=True):
    """The value of one member of an Enum.

    `base` is the scalar type that the Enum also derives from. pydantic first converts the value to it.
    """

    name: str
    members: tuple[tuple[str, object], ...]
    base: Literal["str", "int", "float"] | None = None

    @property
    def values(self) -> tuple[object, ...]:
        return tuple(value for _, value in self.members)


class ListType(Struct, frozen=True):
    """A list with items of one type."""

    item: FieldType
    min_length: int | None = None
    max_length: int | None = None


class DictType(Struct, frozen=True):
    """A mapping with keys of one type and values of one type."""

    key: FieldType
    value: FieldType
    min_length: int | None = None
    max_length: int | None = None


class UnionType(Struct, frozen=True):
    """Any of several types. NullType comes last."""

    options: tuple[FieldType, ...]


class ModelType(Struct, frozen=True):
    """A mapping with known keys."""

    model: Model


class RefType(Struct, frozen=True):
    """A server ref: a mapping with `type`, one of `server_types`, and the `name` of an instance."""

    server_types: tuple[str, ...]


FieldType: TypeAlias = (
    AnyType
    | StrType
    | IntType
    | FloatType
    | BoolType
    | NullType
    | PathType
    | LiteralType
    | EnumType
    | ListType
    | DictType
    | UnionType
    | ModelType
    | RefType
)


class Field(Struct, frozen=True):
    """One key of a model.

    `default` is the Python source text of the default, or None if the field is required. `path` and `line` (counted
    from 1) are the place of the definition; both are None in the built-in profile. `attribute` is the name in the class
    if it differs from the key; `aliases` are further keys that the field accepts.
    """

    name: str
    type: FieldType
    required: bool
    default: str | None = None
    description: str | None = None
    path: PurePath | None = None
    line: int | None = None
    attribute: str | None = None
    aliases: tuple[str, ...] = ()


class Model(Struct, frozen=True):
    """The fields of one class, including inherited ones, in the order of pydantic: fields of the furthest base first.

    `rewrites` is True if code of the class may change the mapping before validation. Then no key and no value can be
    called wrong.
    """

    name: str
    fields: Mapping[str, Field]
    extra: Extra = "ignore"
    path: PurePath | None = None
    line: int | None = None
    doc: str | None = None
    rewrites: bool = False
    has_aliases: bool = False
    """Whether any field has aliases."""

    def field(self, key: object) -> Field | None:
        """Return the field that a key sets, or None."""
        found = self.fields.get(key) if isinstance(key, str) else None
        if found is not None or not self.has_aliases:
            return found
        return next((field for field in self.fields.values() if key in field.aliases), None)


def union(options: Iterable[FieldType]) -> FieldType:
    """Return the simplest type that accepts what any of `options` accepts.

    It flattens nested unions, joins adjacent literals and adjacent refs, drops repeated types, and puts null last.
    """
    flat: list[FieldType] = []
    for option in _flatten(options):
        last = flat[-1] if flat else None
        if isinstance(option, LiteralType) and isinstance(last, LiteralType):
            flat[-1] = LiteralType(last.values + tuple(value for value in option.values if value not in last.values))
        elif isinstance(option, RefType) and isinstance(last, RefType):
            flat[-1] = RefType(last.server_types + option.server_types)
        elif isinstance(option, AnyType) and isinstance(last, AnyType):
            flat[-1] = AnyType(f"{last.name} | {option.name}" if last.name and option.name else None)
        elif option not in flat:
            flat.append(option)
    if NullType() in flat:
        flat.remove(NullType())
        flat.append(NullType())
    return flat[0] if len(flat) == 1 else UnionType(tuple(flat))


def _flatten(options: Iterable[FieldType]) -> Iterable[FieldType]:
    for option in options:
        if isinstance(option, UnionType):
            yield from option.options
        else:
            yield option


def show(type: FieldType) -> str:
    """Return a type as text for users: `str | null`, `"train" | "validation"`, `list[str]`, `int >= 1`."""
    match type:
        case AnyType(name):
            return name or "any value"
        case StrType():
            return "str" + _show_length(type)
        case IntType():
            return "int" + _show_bounds(type)
        case FloatType():
            return "float" + _show_bounds(type)
        case LiteralType(values):
            return " | ".join(map(show_value, values))
        case EnumType():
            return " | ".join(map(show_value, type.values))
        case ListType(item):
            return f"list[{show(item)}]" + _show_length(type)
        case DictType(key, value):
            return f"dict[{show(key)}, {show(value)}]" + _show_length(type)
        case UnionType(options):
            return " | ".join(map(show, options))
        case ModelType(model):
            return model.name
        case RefType(server_types):
            return f"server ref ({' or '.join(server_types)})"
        case _:
            return _PLAIN_NAMES[type.__class__]


_PLAIN_NAMES: Mapping[type, str] = {BoolType: "bool", NullType: "null", PathType: "path"}


def show_value(value: object) -> str:
    """Return a scalar as in YAML, strings in double quotes."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _show_bounds(type: IntType | FloatType) -> str:
    bounds = ((">=", type.ge), (">", type.gt), ("<=", type.le), ("<", type.lt))
    shown = " and ".join(f"{sign} {bound:g}" for sign, bound in bounds if bound is not None)
    return f" {shown}" if shown else ""


def _show_length(type: StrType | ListType | DictType) -> str:
    least, most = type.min_length, type.max_length
    if least is None and most is None:
        return ""
    if least == most:
        return f" of length {least}"
    if most is None:
        return f" of length >= {least}"
    return f" of length <= {most}" if least is None else f" of length {least} to {most}"


def accepts(type: FieldType, value: object) -> bool:
    """Whether pydantic 2 in lax mode accepts a plain Python value for a type.

    `value` is a result of `OmegaConf.to_container(..., resolve=False)`: dict, list, str, int, float, bool or None. An
    unresolved interpolation is a string, as for NeMo Gym. Validators of the class do not run.
    """
    match type:
        case AnyType():
            return True
        case NullType():
            return value is None
        case PathType():
            return isinstance(value, str)
        case StrType():
            return isinstance(value, str) and _length_fits(type, value)
        case BoolType():
            return is_bool(value)
        case IntType():
            return _within(type, to_int(value))
        case FloatType():
            return _within(type, to_float(value))
        case LiteralType(values):
            return not isinstance(value, list | dict) and value in values
        case EnumType():
            return _is_member(type, value)
        case UnionType(options):
            return any(accepts(option, value) for option in options)
        case _:
            return _accepts_collection(type, value)


def _accepts_collection(type: ListType | DictType | ModelType | RefType, value: object) -> bool:
    match type:
        case ListType(item):
            if not isinstance(value, list):
                return False
            items = cast("list[object]", value)
            return _length_fits(type, items) and all(accepts(item, each) for each in items)
        case DictType(key, item):
            if not isinstance(value, dict):
                return False
            entries = cast("dict[object, object]", value)
            return _length_fits(type, entries) and all(accepts(key, k) and accepts(item, v) for k, v in entries.items())
        case ModelType(model):
            return isinstance(value, dict) and model_accepts(model, cast("dict[object, object]", value))
        case RefType(server_types):
            if not isinstance(value, dict):
                return False
            ref = cast("dict[object, object]", value)
            return ref.get(TYPE) in server_types and isinstance(ref.get(NAME), str)


def model_accepts(model: Model, values: Mapping[object, object]) -> bool:
    """Whether a mapping has every required field, only values that fit, and no key that the model forbids."""
    for field in model.fields.values():
        if field.name not in values:
            if field.required:
                return False
        elif not accepts(field.type, values[field.name]):
            return False
    # Only `ignore` does not check the other keys: `allow` keeps them, and they must be strings.
    if model.extra == "forbid":
        return all(key in model.fields for key in values)
    return model.extra == "ignore" or all(isinstance(key, str) for key in values)


def _within(type: IntType | FloatType, number: float | None) -> bool:
    if number is None:
        return False
    if number != number:  # NaN is within no bound. `math.isnan` overflows for large integers.
        return type.ge is type.gt is type.le is type.lt is None
    return (
        (type.ge is None or number >= type.ge)
        and (type.gt is None or number > type.gt)
        and (type.le is None or number <= type.le)
        and (type.lt is None or number < type.lt)
    )


def _length_fits(type: StrType | ListType | DictType, value: str | list[object] | dict[object, object]) -> bool:
    least, most = type.min_length, type.max_length
    return (least is None or len(value) >= least) and (most is None or len(value) <= most)


def _is_member(type: EnumType, value: object) -> bool:
    if isinstance(value, list | dict):
        return False
    if type.base == "int":
        return to_int(value) in type.values
    if type.base == "float":
        return to_float(value) in type.values
    return any(value == known for _, known in type.members)
