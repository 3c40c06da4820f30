"""The meaning of names in annotations: builtins, `typing`, and the constrained types of pydantic."""

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
"""Names without brackets. Strict types also reject what lax types convert, but here both are the same."""

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


def _current_name(name: str) -> str:
    """Return the current name of a type of `typing` or `typing_extensions`."""
    if name.startswith("typing_extensions."):
        name = "typing" + name[len("typing_extensions") :]
    return _OLD_NAMES.get(name, name)


def named_type(name: str) -> FieldType:
    """Return the type of a name without brackets; AnyType for an unknown name."""
    name = _current_name(name)
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
    """Return the meaning of a name before brackets, or None if it is unknown."""
    return _GENERICS.get(_current_name(name))


_CONSTRAINED: Mapping[str, FieldType] = {
    "pydantic.conint": IntType(),
    "pydantic.confloat": FloatType(),
    "pydantic.constr": StrType(),
}


def constrained_type(function: str, constraints: Mapping[str, object]) -> FieldType:
    """Return the type that a function of pydantic such as `conint` creates; AnyType for any other function."""
    return constrain(_CONSTRAINED[function], constraints) if function in _CONSTRAINED else AnyType()


_BOUNDS = ("ge", "gt", "le", "lt")
_LENGTHS = ("min_length", "max_length")


def constrain(type: FieldType, constraints: Mapping[str, object]) -> FieldType:
    """Return a type with the bounds and lengths in `constraints`, the keywords of pydantic's `Field`.

    Keywords that do not apply to the type are ignored. In a union, every option is constrained; pydantic does so for
    the option that is not null.
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
