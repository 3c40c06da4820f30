"""The classes of NeMo Gym 0.7.0 that the configs of servers derive from, for use when no NeMo Gym is installed.

With them, the fields of a server in the workspace are known even then. A test compares them with that release.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from gym_lsp.gym.fields import (
    AnyType,
    BoolType,
    EnumType,
    Extra,
    Field,
    FieldType,
    FloatType,
    IntType,
    ListType,
    NullType,
    RefType,
    StrType,
    union,
)
from gym_lsp.gym.vocabulary import Domain

_PACKAGE = "nemo_gym."
_DOMAIN = EnumType("Domain", tuple((domain.name, domain.value) for domain in Domain), "str")
_SECONDS = FloatType(gt=0)


class ConfigBase(Struct, frozen=True):
    """The fields that a class passes on to its subclasses, and its policy for further keys."""

    fields: tuple[Field, ...]
    extra: Extra


def _required(name: str, type: FieldType) -> Field:
    return Field(name, type, required=True)


def _optional(name: str, type: FieldType, default: str) -> Field:
    return Field(name, type, required=False, default=default)


def _nullable(name: str, type: FieldType) -> Field:
    return _optional(name, union((type, NullType())), "None")


_OF_ALL = (
    _required("host", StrType()),
    _required("port", IntType()),
    _nullable("num_workers", IntType()),
    _required("entrypoint", StrType()),
    _nullable("domain", _DOMAIN),
    _required("name", StrType()),
)

CONFIG_BASES: Mapping[str, ConfigBase] = MappingProxyType(
    {
        "BaseRunServerInstanceConfig": ConfigBase(_OF_ALL, "ignore"),
        "BaseResourcesServerConfig": ConfigBase(
            (*_OF_ALL, _optional("expose_tools_over_mcp", BoolType(), "False")), "ignore"
        ),
        "BaseResponsesAPIAgentConfig": ConfigBase(
            (
                *_OF_ALL,
                _optional("session_close_retry_window_seconds", _SECONDS, "300"),
                _optional("skip_verification", BoolType(), "False"),
                _optional("skip_verification_reward", FloatType(), "0.0"),
                _optional("token_id_capture", BoolType(), "False"),
                _optional("tool_accesses", ListType(AnyType()), "[]"),
            ),
            "ignore",
        ),
        "BaseResponsesAPIModelConfig": ConfigBase(
            (*_OF_ALL, _optional("token_id_capture_non_generating_requests", ListType(AnyType()), "[]")), "ignore"
        ),
        "BaseEnvironmentServerConfig": ConfigBase(
            (
                *_OF_ALL,
                _nullable("max_concurrent_episodes", IntType(gt=0)),
                _nullable("queue_timeout_seconds", _SECONDS),
                _nullable("default_episode_timeout_seconds", _SECONDS),
                _required("cleanup_timeout_seconds", _SECONDS),
            ),
            "forbid",
        ),
    }
)

_TYPES: Mapping[str, FieldType] = MappingProxyType(
    {
        "AgentServerRef": RefType(("responses_api_agents",)),
        "Domain": _DOMAIN,
        "EnvironmentServerRef": RefType(("environment_servers",)),
        "ModelServerRef": RefType(("responses_api_models",)),
        "ResourcesServerRef": RefType(("resources_servers",)),
    }
)


def builtin_base(name: str) -> ConfigBase | None:
    """Return the base for the full name of a class in any module of NeMo Gym, or None."""
    return CONFIG_BASES.get(name.rpartition(".")[2]) if name.startswith(_PACKAGE) else None


def builtin_type(name: str) -> FieldType:
    """Return the field type for the full name of a class in any module of NeMo Gym; AnyType for most classes."""
    found = _TYPES.get(name.rpartition(".")[2]) if name.startswith(_PACKAGE) else None
    return AnyType() if found is None else found
