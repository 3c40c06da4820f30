"""The expected contents at a key path of a file, which completion and hover share.

A `Shape` describes a place in the config language: the top level, an instance, a server type, a server, or a value of a
known type. `shape_at` finds it on the way down from the root, with the models of the release.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import PurePath
from types import NoneType

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.gym.fields import (
    AnyType,
    DictType,
    EnumType,
    Extra,
    Field,
    FieldType,
    ListType,
    LiteralType,
    Model,
    ModelType,
    NullType,
    RefType,
    UnionType,
    show,
    union,
)
from gym_lsp.gym.layout import AGENT_MAP, AGENT_NAME, ENTRYPOINT, NAME, TYPE
from gym_lsp.gym.manifests.model import MANIFEST
from gym_lsp.gym.meanings import (
    DEFAULT_METADATA_FIELD,
    DIRECTIVES,
    PROMPT,
    REF_FIELDS,
    SANDBOX_PROVIDER_FIELD,
    SERVER_REF,
    TOP_LEVEL,
)
from gym_lsp.gym.release.profile import Profile
from gym_lsp.gym.release.sandbox_arguments import ARGUMENTS
from gym_lsp.ide import target
from gym_lsp.ide.fields import declaration_of, described, entrypoint_at, server_fields, usual_entrypoint
from gym_lsp.rules.engine.rule import shortened
from gym_lsp.syntax import Alias, KeyPath, Node, Scalar, Sequence, Step, resolve
from gym_lsp.syntax import Mapping as MappingNode
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace

_ANYTHING = AnyType()


class ShapeKind(Enum):
    """The kinds of places."""

    ROOT = "root"
    INSTANCE = "instance"
    GROUP = "group"
    SERVER = "server"
    VALUE = "value"
    REF_NAME = "ref-name"


class Shape(Struct, frozen=True):
    """The expected contents at a key path.

    `type` is the type of the value, and `field` is its key, if known. `server_type`, `implementation` and `entrypoint`
    are those of the server around the place, as far as the path determines them. For REF_NAME, `type` is the type of
    the ref.
    """

    kind: ShapeKind
    type: FieldType = _ANYTHING
    field: Field | None = None
    server_type: str = ""
    implementation: str = ""
    entrypoint: str = ""


_ANY = Shape(ShapeKind.VALUE)


def shape_at(workspace: Workspace, file: PurePath, kind: FileKind, root: Node | None, path: KeyPath) -> Shape:
    """Return the shape at a key path of a file whose tree is `root`."""
    shape = _root(kind)
    node = root
    for index, step in enumerate(path):
        shape = _below(workspace, shape, step, node)
        node = child(node, step)
        if shape.kind is ShapeKind.SERVER:
            given = entrypoint_in(node)
            entrypoint = entrypoint_at(workspace, file, path[: index + 1]) if given is None else given
            if not entrypoint:
                entrypoint = usual_entrypoint(workspace, shape.server_type, shape.implementation)
            shape = replace(shape, entrypoint=entrypoint)
    return shape


def entrypoint_in(server: Node | None) -> str | None:
    """Return the entrypoint in the block of a server itself, or None."""
    written = child(server, ENTRYPOINT)
    value = None if written is None else resolve(written)
    return value.value if isinstance(value, Scalar) and isinstance(value.value, str) else None


def field_at(workspace: Workspace, file: PurePath, path: KeyPath) -> Field | None:
    """Return the field of the last step of a key path, or None if it is unknown."""
    kind, root = workspace.kind(file), workspace.gym_part(file).document.root
    return shape_at(workspace, file, kind, root, path).field


def declared_at(workspace: Workspace, file: PurePath, path: KeyPath) -> target.Location | None:
    """Return the line of the class that declares the field at a key path, or None."""
    field = field_at(workspace, file, path)
    return None if field is None else declaration_of(workspace, field)


def _root(kind: FileKind) -> Shape:
    match kind:
        case FileKind.MANIFEST:
            return Shape(ShapeKind.VALUE, ModelType(MANIFEST))
        case FileKind.PROMPT:
            return Shape(ShapeKind.VALUE, ModelType(Model("Prompt", PROMPT)))
        case _:
            return Shape(ShapeKind.ROOT)


def child(node: Node | None, step: Step) -> Node | None:
    """Return the node one step below a node, through aliases, or None."""
    value = None if node is None else resolve(node)
    if isinstance(value, MappingNode):
        return next((entry.value for entry in reversed(value.entries) if str(entry.name) == step), None)
    if isinstance(value, Sequence) and isinstance(step, int) and step < len(value.items):
        return value.items[step]
    return None


def _below(workspace: Workspace, shape: Shape, step: Step, node: Node | None) -> Shape:
    profile = workspace.profile
    name = str(step)
    if isinstance(step, str) and name in DIRECTIVES and shape.kind is not ShapeKind.ROOT:
        return _of(DIRECTIVES[name])
    match shape.kind:
        case ShapeKind.ROOT:
            field = top_level(profile).get(name)
            return Shape(ShapeKind.INSTANCE) if field is None else _of(field)
        case ShapeKind.INSTANCE if name in profile.server_types:
            return Shape(ShapeKind.GROUP, server_type=name)
        case ShapeKind.INSTANCE:
            return _of_sandbox(workspace, name)
        case ShapeKind.GROUP:
            return Shape(ShapeKind.SERVER, server_type=shape.server_type, implementation=name)
        case ShapeKind.SERVER:
            fields = server_fields(workspace, shape.server_type, shape.implementation, shape.entrypoint)
            found = _by_name(workspace, name) if name not in fields else _of(fields[name])
        case _:
            found = _in_type(workspace, shape.type, step, node)
    return replace(
        found, server_type=shape.server_type, implementation=shape.implementation, entrypoint=shape.entrypoint
    )


def _of(field: Field) -> Shape:
    return Shape(ShapeKind.VALUE, field.type, field)


def _in_type(workspace: Workspace, type: FieldType, step: Step, node: Node | None) -> Shape:
    """Return the shape one step below a value of a type."""
    field = fields_for(type, node).get(str(step)) if isinstance(step, str) else None
    if field is not None and not any(isinstance(option, RefType) for option in options_for(type, node)):
        return _of(field)
    for option in options_for(type, node):
        match option:
            case ListType(item) if isinstance(step, int):
                return Shape(ShapeKind.VALUE, item)
            case RefType(server_types) if step == TYPE:
                return Shape(ShapeKind.VALUE, LiteralType(server_types), SERVER_REF[TYPE])
            case RefType() if step == NAME:
                return Shape(ShapeKind.REF_NAME, option, SERVER_REF[NAME])
            case DictType(_, value) if isinstance(step, str):
                return Shape(ShapeKind.VALUE, value) if value != AnyType() else _by_name(workspace, step)
            case _:
                continue
    return _by_name(workspace, step) if isinstance(step, str) else _ANY


def _by_name(workspace: Workspace, name: str) -> Shape:
    """Return the shape of a key that has the same meaning everywhere."""
    ref = next((type for ending, type in REF_FIELDS.items() if name == ending or name.endswith(f"_{ending}")), None)
    if ref is not None:
        return Shape(ShapeKind.VALUE, ref, Field(name, ref, required=False))
    if name == SANDBOX_PROVIDER_FIELD.name:
        return _of(SANDBOX_PROVIDER_FIELD)
    return _of_sandbox(workspace, name) if name in workspace.profile.sandbox_providers else _ANY


def _of_sandbox(workspace: Workspace, name: str) -> Shape:
    if name == DEFAULT_METADATA_FIELD.name:
        return _of(DEFAULT_METADATA_FIELD)
    if name not in workspace.profile.sandbox_providers:
        return _ANY
    model = provider_model(workspace, name)
    return _ANY if model is None else Shape(ShapeKind.VALUE, ModelType(model))


def options_for(type: FieldType, node: Node | None) -> tuple[FieldType, ...]:
    """Return the types that a value can have. If its `type` selects one of several models, the others are left out."""
    options = type.options if isinstance(type, UnionType) else (type,)
    not_null = tuple(option for option in options if option != NullType())
    models = [option for option in not_null if isinstance(option, ModelType)]
    given = child(node, TYPE)
    value = resolve(given) if isinstance(given, Scalar | Alias) else None
    if len(models) < 2 or not isinstance(value, Scalar) or value.value is None:
        return not_null
    chosen = tuple(option for option in models if value.value in tags(option.model))
    return chosen or not_null


def tags(model: Model) -> tuple[object, ...]:
    """Return the values of the field `type` that select a model."""
    field = model.fields.get(TYPE)
    return field.type.values if field is not None and isinstance(field.type, LiteralType) else ()


def fields_for(type: FieldType, node: Node | None) -> Mapping[str, Field]:
    """Return the possible keys of a value of a type, given its present contents; for several models, those of all."""
    found: dict[str, Field] = {}
    for option in options_for(type, node):
        if isinstance(option, ModelType):
            for name, field in option.model.fields.items():
                known = found.get(name)
                field = described(option.model, field)
                found[name] = field if known is None else replace(known, type=union((known.type, field.type)))
        elif isinstance(option, RefType):
            found[TYPE] = replace(SERVER_REF[TYPE], type=LiteralType(option.server_types), required=True)
            found[NAME] = replace(SERVER_REF[NAME], required=True)
    return found


def top_level(profile: Profile) -> Mapping[str, Field]:
    """Return the top-level keys that a release reads or reserves."""
    known = {name: field for name, field in TOP_LEVEL.items() if name in profile.reserved_keys or name in _UNRESERVED}
    for name in profile.reserved_keys - known.keys() - DIRECTIVES.keys():
        known[name] = Field(name, AnyType(), required=False)
    telemetry = profile.models.get("TelemetryConfig")
    if telemetry is not None and "telemetry" in known:
        known["telemetry"] = replace(known["telemetry"], type=ModelType(telemetry))
    return known


_UNRESERVED = frozenset(
    {
        AGENT_MAP,
        AGENT_NAME,
        "error_on_agent_without_environment_server",
        "error_on_almost_servers",
        "policy_api_key",
        "policy_base_url",
        "policy_model_name",
        "skills",
    }
)
"""Keys that NeMo Gym reads but does not reserve."""


def provider_model(workspace: Workspace, name: str) -> Model | None:
    """Return the model of the arguments of a sandbox provider, or None if it accepts any.

    It comes from the install root; without one, only the names of the arguments are known.
    """
    read = workspace.sandbox_provider(name)
    if read is not None:
        return read.model
    arguments = ARGUMENTS.get(name)
    if arguments is None:
        return None
    fields: dict[str, Field] = {}
    for argument, keys in arguments.items():
        type: FieldType = _ANYTHING if keys is None else ModelType(_section(argument, keys))
        fields[argument] = Field(argument, type, required=False)
    return Model(name, fields, "forbid")


def _section(name: str, keys: frozenset[str], extra: Extra = "forbid") -> Model:
    return Model(name, {key: Field(key, AnyType(), required=False) for key in sorted(keys)}, extra)


def known_values(type: FieldType) -> tuple[object, ...]:
    """Return the values of a type that has only a few, without null; empty for other types."""
    match type:
        case LiteralType(values):
            return tuple(value for value in values if value is not None)
        case EnumType():
            return type.values
        case UnionType(options):
            return tuple(value for option in options for value in known_values(option))
        case _:
            return ()


def shown_type(type: FieldType) -> str:
    """Return a type for display, on one line: Enums and models by the name of their class, if the line allows it."""
    shown = _shown(type, in_full=True)
    return shown if len(shown) <= _LONGEST_TYPE else _shown(type, in_full=False)


_LONGEST_TYPE = 60
"""Characters."""


def _shown(type: FieldType, *, in_full: bool) -> str:
    match type:
        case AnyType(str() as name) if not in_full:
            return shortened(name, _LONGEST_TYPE)
        case EnumType():
            return type.name
        case LiteralType(values) if not in_full:
            return " | ".join(dict.fromkeys(_TYPE_NAMES[value.__class__] for value in values))
        case ModelType(model):
            # The models that gym-lsp itself defines have no class that a user could know.
            return model.name if in_full and model.path is not None else "mapping"
        case ListType(item):
            shown = _shown(item, in_full=in_full)
            return "list of mappings" if shown == "mapping" else f"list[{shown}]"
        case DictType(key, value):
            return f"dict[{_shown(key, in_full=in_full)}, {_shown(value, in_full=in_full)}]"
        case UnionType(options):
            return " | ".join(dict.fromkeys(_shown(option, in_full=in_full) for option in options))
        case _:
            return show(type)


_TYPE_NAMES: Mapping[type, str] = {str: "str", int: "int", float: "float", bool: "bool", NoneType: "null"}
