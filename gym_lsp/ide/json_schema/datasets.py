"""Definitions of the JSON Schema for the datasets of a server."""

from __future__ import annotations

from gym_lsp.gym.fields import Field, FieldType, ListType, ModelType, UnionType
from gym_lsp.gym.layout import DATASETS, IDENTIFIERS, LICENSE, SOURCE
from gym_lsp.gym.release.profile import Profile
from gym_lsp.ide.fields import SERVER_MODEL
from gym_lsp.ide.json_schema.names import DATASET, named
from gym_lsp.ide.json_schema.types import Json, Wording, field_schema, models_schema


def datasets_schema(field: Field, wording: Wording) -> Json:
    """Return the schema of the list of datasets. Another list replaces it as a whole, so each dataset is complete."""
    return field_schema(field, wording) | {"items": named(DATASET)}


def dataset_schema(profile: Profile) -> Json:
    """Return the schema of a dataset: the fields of its type, a license if the type needs one, and one source."""
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
