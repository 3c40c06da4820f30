"""JSON Schemas of field types.

A config can have an interpolation or `???` instead of a value, so every schema also accepts such text. It avoids
`anyOf` if possible, because an editor then reports one message and not a list of alternatives.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import cast

from msgspec import Struct

from gym_lsp.compose.secrets import masked_text
from gym_lsp.gym.fields import (
    AnyType,
    BoolType,
    DictType,
    EnumType,
    Field,
    FieldType,
    FloatType,
    IntType,
    ListType,
    LiteralType,
    ModelType,
    NullType,
    PathType,
    RefType,
    StrType,
    UnionType,
)
from gym_lsp.gym.release.profile import Profile
from gym_lsp.ide.fields import described
from gym_lsp.ide.json_schema.names import NESTED, named, ref_name
from gym_lsp.ide.shape import fields_for, tags
from gym_lsp.ide.value_meanings import value_meanings

Json = dict[str, object]

_MISSING = r"^\?\?\?$"
_RESOLVED_LATER = rf"\$\{{|{_MISSING}"
_MOVED_FIRST = rf"^\$\{{(inherit_from|copy):|{_MISSING}"
_WHOLE = r"^\s*[+-]?[0-9][0-9_]*(\.0+)?\s*$|^[+-]?0[bx][0-9a-fA-F_]+$|^[+-]?[0-9][0-9_]*(:[0-5]?[0-9])+$"
_DECIMAL = r"^\s*[+-]?([0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)([eE][+-]?[0-9]+)?\s*$|^[+-]?(\.?inf|\.?nan|infinity)$"
_TRUTH = "^(yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$"
"""Booleans in YAML 1.1, which NeMo Gym uses, that are text in YAML 1.2, the default of editors."""


class Wording(Struct, frozen=True):
    """The options for the schemas of a place in the config.

    With `parsed`, NeMo Gym validates values before it resolves interpolations, so only `inherit_from` and `copy` are
    allowed. With `whole`, no other mapping merges with this one, so required fields must be present. With `nullable`,
    a field can be null. With `shallow`, the keys of mappings are not checked.
    """

    profile: Profile
    parsed: bool = False
    whole: bool = False
    nullable: bool = False
    shallow: bool = False

    @property
    def open(self) -> str:
        """The pattern of text that is allowed instead of a value."""
        return _MOVED_FIRST if self.parsed else _RESOLVED_LATER


def field_schema(field: Field, wording: Wording) -> Json:
    """Return the schema of a field with its description."""
    schema = type_schema(field.type, wording, value_meanings(wording.profile, field))
    if wording.nullable:
        schema = _or_null(schema)
    return _about(field) | schema


def _about(field: Field) -> Json:
    """Return a schema with the description of a field; empty if it has none."""
    return {} if field.description is None else {"description": masked_text(field.description)}


def type_schema(type: FieldType, wording: Wording, meanings: Mapping[str, str] | None = None) -> Json:
    """Return the schema of a type."""
    match type:
        case StrType():
            return {"type": "string"} | _bounds(minLength=type.min_length, maxLength=type.max_length)
        case PathType():
            return {"type": "string"}
        case NullType():
            return {"type": "null"}
        case BoolType():
            return _or_text({"type": "boolean"}, f"{_TRUTH}|{wording.open}", "Expected true or false.")
        case IntType() | FloatType():
            return _number(type, wording)
        case LiteralType(values):
            return _choice(values, wording, meanings or {})
        case EnumType():
            return _choice(type.values, wording, meanings or {})
        case _:
            return _collection(type, wording, meanings or {})


def _collection(type: FieldType, wording: Wording, meanings: Mapping[str, str]) -> Json:
    match type:
        case ListType(item):
            return _or_open({"type": "array", "items": type_schema(item, wording)}, wording, "Expected a list.")
        case DictType(_, AnyType()):
            return _or_open({"type": "object", "allOf": [named(NESTED)]}, wording, _MAPPING)
        case DictType(_, value):
            return _or_open({"type": "object", "additionalProperties": type_schema(value, wording)}, wording, _MAPPING)
        case ModelType():
            return _or_open(models_schema((type,), wording), wording, _MAPPING)
        case RefType(server_types):
            return named(ref_name(server_types))
        case UnionType(options):
            return _union(options, wording, meanings)
        case _:
            return {}


_MAPPING = "Expected a mapping."


def _number(type: IntType | FloatType, wording: Wording) -> Json:
    is_whole = isinstance(type, IntType)
    schema: Json = {"type": "integer" if is_whole else "number"} | _bounds(
        minimum=type.ge, exclusiveMinimum=type.gt, maximum=type.le, exclusiveMaximum=type.lt
    )
    spelled = _WHOLE if is_whole else _DECIMAL
    return _or_text(schema, f"{spelled}|{wording.open}", "Expected an integer." if is_whole else "Expected a number.")


def _bounds(**bounds: float | None) -> Json:
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _choice(values: Iterable[object], wording: Wording, meanings: Mapping[str, str]) -> Json:
    given = tuple(values)
    schema: Json = {"enum": list(given)}
    if meanings:
        schema["enumDescriptions"] = [meanings.get(str(value), "") for value in given]
    return {"anyOf": [schema, {"type": "string", "pattern": wording.open}]}


def _or_open(schema: Json, wording: Wording, message: str) -> Json:
    return _or_text(schema, wording.open, message)


def _or_text(schema: Json, pattern: str, message: str) -> Json:
    """Return a schema that also accepts text that matches a pattern; `message` is the error for other text."""
    return schema | {"type": [schema["type"], "string"], "pattern": pattern, "patternErrorMessage": message}


def _or_null(schema: Json) -> Json:
    """Return a schema that also accepts null."""
    given, options = schema.get("type"), schema.get("anyOf")
    if isinstance(given, list):
        types = cast("list[str]", given)
        return schema | {"type": [*types, *(["null"] if "null" not in types else [])]}
    if isinstance(given, str):
        return schema | {"type": [given, "null"]}
    if isinstance(options, list):
        null: Json = {"type": "null"}
        known = cast("list[Json]", options)
        return schema | {"anyOf": [*known, *([null] if null not in known else [])]}
    return {"anyOf": [schema, {"type": "null"}]} if schema else schema


def _union(options: tuple[FieldType, ...], wording: Wording, meanings: Mapping[str, str]) -> Json:
    models = tuple(option for option in options if isinstance(option, ModelType))
    others = [option for option in options if not isinstance(option, ModelType | NullType)]
    if AnyType() in others:
        return {}
    schemas: list[Json] = [_or_open(models_schema(models, wording), wording, _MAPPING)] if models else []
    for option in others:
        schema = type_schema(option, wording, meanings)
        if schema not in schemas:
            schemas.append(schema)
    joined: Json = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    return _or_null(joined) if NullType() in options else joined


def models_schema(types: tuple[ModelType, ...], wording: Wording) -> Json:
    """Return the schema of a mapping that is one of several models, which its field `type` selects.

    If only some models have a field, only their branches check its value, because pydantic ignores it in the others.
    """
    if wording.shallow:
        return {"type": "object"}
    fields = fields_for(UnionType(types), None)
    common = {name for name in fields if all(name in type.model.fields for type in types)}
    properties = {
        name: field_schema(field, wording) if name in common else _of_some(field) for name, field in fields.items()
    }
    schema: Json = {"type": "object", "properties": properties}
    if all(type.model.extra != "allow" for type in types):
        # pydantic ignores other keys, but they are usually mistakes.
        schema["additionalProperties"] = False
    schema |= _requiring([name for name in common if all(type.model.fields[name].required for type in types)], wording)
    branches = [_branch(type, common, wording) for type in types if type.model.fields.keys() > common]
    return schema | ({"allOf": branches} if branches else {})


def _of_some(field: Field) -> Json:
    """Return the schema of a field that only some models have; an editor offers it if `type` selects one of them."""
    return _about(field) | {"doNotSuggest": True}


def _requiring(names: Iterable[str], wording: Wording) -> Json:
    required = sorted(names)
    return {"required": required} if required and wording.whole else {}


def _branch(type: ModelType, common: Collection[str], wording: Wording) -> Json:
    """Return the schema that applies to one of several models if the field `type` selects it."""
    own = [described(type.model, field) for name, field in type.model.fields.items() if name not in common]
    required = [field.name for field in type.model.fields.values() if field.required]
    chosen: Json = {"required": ["type"], "properties": {"type": {"enum": list(tags(type.model))}}}
    then: Json = {"properties": {field.name: field_schema(field, wording) for field in own}}
    return {"if": chosen, "then": then | _requiring(required, wording)}
