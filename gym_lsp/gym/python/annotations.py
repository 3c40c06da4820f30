"""What the names mean that annotations are made of: builtins, `typing`, pydantic's constrained types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias, cast

from msgspec.structs import replace

from gym_lsp.gym.fields import (
    AnyType,
    BoolType,
    DictType,
    FieldType,
    FloatType,
    IntType,
    ListType,
    NullType,
    PathType,
    StrType,
    UnionType,
    union,
)

Generic: TypeAlias = Literal["union", "optional", "literal", "annotated", "wrapper", "list", "tuple", "dict"]

_LIST: FieldType = ListType(AnyType())
_DICT: FieldType = DictType(AnyType(), AnyType())

_TYPES: Mapping[str, FieldType] = {
    "builtins.str": StrType(),
    "builtins.int": IntType(),
    "builtins.float": FloatType(),
    "builtins.bool": BoolType(),
    "types.NoneType": NullType(),
    "builtins.list": _LIST,
    "builtins.set": _LIST,
    "builtins.frozenset": _LIST,
    "builtins.tuple": _LIST,
    "builtins.dict": _DICT,
    "pathlib.Path": PathType(),
    "pathlib.PurePath": PathType(),
    "pydantic.FilePath": PathType(),
    "pydantic.DirectoryPath": PathType(),
    "pydantic.NewPath": PathType(),
    "pydantic.PositiveInt": IntType(gt=0),
    "pydantic.NonNegativeInt": IntType(ge=0),
    "pydantic.NegativeInt": IntType(lt=0),
    "pydantic.NonPositiveInt": IntType(le=0),
    "pydantic.PositiveFloat": FloatType(gt=0),
    "pydantic.NonNegativeFloat": FloatType(ge=0),
    "pydantic.NegativeFloat": FloatType(lt=0),
    "pydantic.NonPositiveFloat": FloatType(le=0),
    "pydantic.StrictStr": StrType(),
    "pydantic.StrictInt": IntType(),
    "pydantic.StrictFloat": FloatType(),
    "pydantic.StrictBool": BoolType(),
    "pydantic.SecretStr": StrType(),
    "pydantic.HttpUrl": StrType(),
    "pydantic.AnyUrl": StrType(),
    "pydantic.AnyHttpUrl": StrType(),
}
"""Bare names. The strict types also refuse what the lax ones convert; that is not told apart here."""

_GENERICS: Mapping[str, Generic] = {
    "typing.Union": "union",
    "typing.Optional": "optional",
    "typing.Literal": "literal",
    "typing.Annotated": "annotated",
    "typing.Final": "wrapper",
    "typing.Required": "wrapper",
    "typing.NotRequired": "wrapper",
    "builtins.list": "list",
    "builtins.set": "list",
    "builtins.frozenset": "list",
    "collections.abc.Sequence": "list",
    "collections.abc.Iterable": "list",
    "collections.abc.Set": "list",
    "builtins.tuple": "tuple",
    "builtins.dict": "dict",
    "collections.abc.Mapping": "dict",
    "collections.abc.MutableMapping": "dict",
}

_OLD_NAMES: Mapping[str, str] = {
    "typing.List": "builtins.list",
    "typing.Set": "builtins.set",
    "typing.FrozenSet": "builtins.frozenset",
    "typing.AbstractSet": "collections.abc.Set",
    "typing.Tuple": "builtins.tuple",
    "typing.Dict": "builtins.dict",
    "typing.Mapping": "collections.abc.Mapping",
    "typing.MutableMapping": "collections.abc.MutableMapping",
    "typing.Sequence": "collections.abc.Sequence",
    "typing.Iterable": "collections.abc.Iterable",
    "typing.Text": "builtins.str",
}


def _today(name: str) -> str:
    """The name under which the standard library has it today."""
    if name.startswith("typing_extensions."):
        name = "typing" + name[len("typing_extensions") :]
    return _OLD_NAMES.get(name, name)


def named_type(name: str) -> FieldType:
    """The type of a name that stands alone; AnyType for names that mean nothing here."""
    name = _today(name)
    if name in _TYPES:
        return _TYPES[name]
    match _GENERICS.get(name):
        case "list":
            return _LIST
        case "dict":
            return _DICT
        case _:
            return AnyType()


def generic(name: str) -> Generic | None:
    """What a name means that is followed by brackets."""
    return _GENERICS.get(_today(name))


_CONSTRAINED: Mapping[str, FieldType] = {
    "pydantic.conint": IntType(),
    "pydantic.confloat": FloatType(),
    "pydantic.constr": StrType(),
}


def constrained_type(function: str, constraints: Mapping[str, object]) -> FieldType:
    """What one of pydantic's functions makes that stand where a type does; AnyType for any other call."""
    return constrain(_CONSTRAINED[function], constraints) if function in _CONSTRAINED else AnyType()


_BOUNDS = ("ge", "gt", "le", "lt")
_LENGTHS = ("min_length", "max_length")


def constrain(type: FieldType, constraints: Mapping[str, object]) -> FieldType:
    """The type with the bounds and lengths among `constraints`, the keywords of pydantic's `Field`.

    Keywords that mean nothing to the type are left out. Of a union every option is constrained, as pydantic does for
    the one beside null.
    """
    if not constraints:
        return type
    if isinstance(type, UnionType):
        return union(constrain(option, constraints) for option in type.options)
    if isinstance(type, IntType | FloatType):
        return replace(type, **_pick(constraints, _BOUNDS, (int, float)))
    if isinstance(type, StrType | ListType | DictType):
        return replace(type, **_pick(constraints, _LENGTHS, (int,)))
    return type


def _pick(constraints: Mapping[str, object], names: tuple[str, ...], types: tuple[type, ...]) -> dict[str, int]:
    chosen = {name: constraints[name] for name in names if isinstance(constraints.get(name), types)}
    return cast("dict[str, int]", chosen)
