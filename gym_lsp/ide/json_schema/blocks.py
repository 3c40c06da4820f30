"""Definitions of the JSON Schema for instances, their servers, and the mappings below those."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from gym_lsp.gym.fields import Field, LiteralType, RefType
from gym_lsp.gym.layout import (
    COPY,
    DATASETS,
    DELETE_KEY,
    DOMAIN,
    DUMMY_MODEL,
    ENTRYPOINT,
    INHERIT_FROM,
    NAME,
    RESOURCES,
    TYPE,
    USUAL_ENTRYPOINT,
)
from gym_lsp.gym.meanings import (
    DEFAULT_METADATA_FIELD,
    DIRECTIVES,
    REF_FIELDS,
    SANDBOX_PROVIDER_FIELD,
    SANDBOX_PROVIDERS,
    SERVER_REF,
)
from gym_lsp.gym.vocabulary import SERVER_TYPES
from gym_lsp.ide.fields import SERVER_MODEL, server_fields
from gym_lsp.ide.json_schema.datasets import dataset_schema, datasets_schema
from gym_lsp.ide.json_schema.names import DATASET, INSTANCE, NESTED, NOT_SERVERS, SANDBOX, named, ref_name, server_name
from gym_lsp.ide.json_schema.sandboxes import sandbox_definition
from gym_lsp.ide.json_schema.types import Json, Wording, field_schema, type_schema
from gym_lsp.workspace.implementations import implementation_folders
from gym_lsp.workspace.workspace import Workspace


def block_definitions(workspace: Workspace) -> Mapping[str, Json]:
    """Return the definitions of instances and of everything below them."""
    profile = workspace.profile
    wording = Wording(profile)
    found: dict[str, Json] = {
        INSTANCE: _instance(workspace),
        NOT_SERVERS: _not_servers(),
        DATASET: dataset_schema(profile),
        NESTED: _nested(),
        SANDBOX: sandbox_definition(workspace),
    }
    for ref in {*REF_FIELDS.values(), *(RefType((each,)) for each in profile.server_types)}:
        found[ref_name(ref.server_types)] = _ref(ref, wording)
    for server_type in profile.server_types:
        found[server_name(server_type)] = _server(workspace, server_type)
    return found


# Instances


def _instance(workspace: Workspace) -> Json:
    profile = workspace.profile
    groups = {server_type: _group(workspace, server_type) for server_type in profile.server_types}
    providers = {name: {"description": SANDBOX_PROVIDERS.get(name, "")} for name in sorted(profile.sandbox_providers)}
    return {
        "description": "A server, a sandbox, or values that other blocks refer to.",
        "properties": {**groups, **providers, **_directives()},
        "additionalProperties": named(NOT_SERVERS),
        "dependencies": {server_type: _no_other(server_type, groups) for server_type in groups},
        "allOf": [
            _unless_inherited({"properties": {RESOURCES: _unless_inherited(_with_domain())}}),
            {
                "if": {"propertyNames": {"enum": [*providers, DEFAULT_METADATA_FIELD.name, *DIRECTIVES]}},
                "then": named(SANDBOX),
            },
        ],
    }


def _not_servers() -> Json:
    """Return the schema below a key that is not a server type. NeMo Gym ignores a server there."""
    message = f"NeMo Gym does not read this as a server. The server types are {', '.join(SERVER_TYPES)}."
    return {
        "allOf": [named(NESTED)],
        "additionalProperties": {"properties": {ENTRYPOINT: False}, "errorMessage": message},
    }


def _no_other(server_type: str, server_types: Iterable[str]) -> Json:
    others = [other for other in server_types if other != server_type]
    return {
        "properties": dict.fromkeys(others, False),
        "errorMessage": f"An instance is one server, and this one already has `{server_type}`.",
    }


def _unless_inherited(then: Json) -> Json:
    """Return a schema that applies `then` to mappings without directives."""
    return {"if": {"not": _has(INHERIT_FROM, COPY)}, "then": then}


def _has(*names: str) -> Json:
    return {"anyOf": [{"required": [name]} for name in names]}


def _with_domain() -> Json:
    """Return the schema that requires a domain for a resources server with an entrypoint."""
    whole: Json = {"if": {"required": [ENTRYPOINT]}, "then": {"required": [DOMAIN]}}
    return {"additionalProperties": _unless_inherited(whole)}


# Servers


def _group(workspace: Workspace, server_type: str) -> Json:
    """Return the schema below a server type: exactly one implementation."""
    server = named(server_name(server_type))
    known = {
        name: {
            "description": f"The implementation in `{workspace.spelled(folder)}`.",
            "allOf": [server, *_own_fields(workspace, server_type, name)],
        }
        for name, folder in sorted(implementation_folders(workspace, server_type).items())
    }
    several = _has(INHERIT_FROM, COPY, DELETE_KEY, DUMMY_MODEL)
    wording = Wording(workspace.profile, parsed=True)
    return {
        "description": SERVER_TYPES.get(server_type, ""),
        "type": ["object", "string"],
        "pattern": wording.open,
        "patternErrorMessage": "Expected the name of an implementation, with its fields below it.",
        "properties": {**known, **_directives()},
        "additionalProperties": server,
        "if": {"not": several},
        "then": {
            "minProperties": 1,
            "maxProperties": 1,
            "errorMessage": "An instance has exactly one implementation.",
        },
    }


def _own_fields(workspace: Workspace, server_type: str, implementation: str) -> Iterator[Json]:
    """Yield the schema of the fields of a server's own class, for blocks with the usual entrypoint."""
    usual = server_fields(workspace, server_type, "")
    every = server_fields(workspace, server_type, implementation, USUAL_ENTRYPOINT)
    wording = Wording(workspace.profile, nullable=True, shallow=True)
    own = {name: field_schema(field, wording) for name, field in every.items() if name not in usual}
    if own:
        starts: Json = {"properties": {ENTRYPOINT: {"const": USUAL_ENTRYPOINT}}, "required": [ENTRYPOINT]}
        yield {"if": starts, "then": {"properties": own}}


def _server(workspace: Workspace, server_type: str) -> Json:
    profile = workspace.profile
    parsed = profile.models[SERVER_MODEL].fields
    early, late = Wording(profile, parsed=True), Wording(profile, nullable=True)
    fields = server_fields(workspace, server_type, "")
    properties = {name: _server_field(field, early if name in parsed else late) for name, field in fields.items()}
    return {
        "type": ["object", "string", "null"],
        "pattern": late.open,
        "patternErrorMessage": "Expected the fields of the server.",
        "properties": {**properties, **_directives()},
        **_anywhere(),
    }


def _server_field(field: Field, wording: Wording) -> Json:
    if field.name == DATASETS:
        return datasets_schema(field, wording)
    if field.name == SANDBOX_PROVIDER_FIELD.name:
        return _sandbox_provider()
    return field_schema(field, wording)


# Keys with the same meaning at any depth


def _nested() -> Json:
    return {"properties": _directives(), "items": named(NESTED), **_anywhere()}


def _anywhere() -> Json:
    """Return the schema of keys at any depth: refs, sandboxes, and mappings with the same keys."""
    refs = {rf"^(.+_)?{ending}$": named(ref_name(ref.server_types)) for ending, ref in REF_FIELDS.items()}
    return {
        "patternProperties": {**refs, f"^{SANDBOX_PROVIDER_FIELD.name}$": _sandbox_provider()},
        "additionalProperties": named(NESTED),
    }


def _sandbox_provider() -> Json:
    return {
        "description": SANDBOX_PROVIDER_FIELD.description,
        "type": ["string", "object", "null"],
        "allOf": [named(SANDBOX)],
    }


def _directives() -> dict[str, Json]:
    return {name: {"type": "string", "description": field.description} for name, field in DIRECTIVES.items()}


def _ref(ref: RefType, wording: Wording) -> Json:
    types = replace(SERVER_REF[TYPE], type=LiteralType(ref.server_types))
    meanings = {name: SERVER_TYPES.get(name, "") for name in ref.server_types}
    return {
        "type": ["object", "string", "null"],
        "pattern": wording.open,
        "patternErrorMessage": "Expected a server ref: a mapping with `type` and `name`.",
        "properties": {
            TYPE: {"description": types.description, **type_schema(types.type, wording, meanings)},
            NAME: field_schema(SERVER_REF[NAME], wording),
            **_directives(),
        },
    }
