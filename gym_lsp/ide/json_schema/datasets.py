"""The datasets of a server as JSON Schemas."""

from __future__ import annotations

from gym_lsp.gym.fields import Field, FieldType, ListType, ModelType, UnionType
from gym_lsp.gym.layout import DATASETS, IDENTIFIERS, LICENSE, SOURCE
from gym_lsp.gym.release.profile import Profile
from gym_lsp.ide.fields import SERVER_MODEL
from gym_lsp.ide.json_schema.names import DATASET, named
from gym_lsp.ide.json_schema.types import Json, Wording, field_schema, models_schema


def datasets_schema(field: Field, wording: Wording) -> Json:
    """The list of datasets. It is replaced as a whole by another one, so each dataset in it is complete."""
    return field_schema(field, wording) | {"items": named(DATASET)}


def dataset_schema(profile: Profile) -> Json:
    """One dataset: the fields of its type, a license where the type needs one, and one source."""
    models = tuple(_models(profile.models[SERVER_MODEL].fields[DATASETS].type))
    schema = models_schema(models, Wording(profile, parsed=True, whole=True))
    return {"allOf": [schema, _licensed(profile), _one_source()]}


def _models(type: FieldType) -> list[ModelType]:
    match type:
        case ModelType():
            return [type]
        case ListType(item):
            return _models(item)
        case UnionType(options):
            return [model for option in options for model in _models(option)]
        case _:
            return []


def _licensed(profile: Profile) -> Json:
    licensed = {"properties": {"type": {"enum": list(profile.licensed_dataset_types)}}, "required": ["type"]}
    return {"if": licensed, "then": {"required": [LICENSE], "properties": {LICENSE: {"type": "string"}}}}


def _one_source() -> Json:
    return {
        "if": {"properties": {SOURCE: {"type": "object"}}, "required": [SOURCE]},
        "then": {
            "properties": {
                name: {
                    "type": "null",
                    "errorMessage": f"`{SOURCE}` already specifies where the rows come from; remove this key.",
                }
                for name in IDENTIFIERS
            }
        },
    }
