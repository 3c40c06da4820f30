"""The classes of NeMo Gym 0.7.0 that servers derive their configs from, for when there is no NeMo Gym to read.

A server of the workspace is then still known by its own fields. A test compares all of this with that release.
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
    """The fields that a class hands down, and what it says about further keys."""

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
    """What a class of NeMo Gym hands down, by its full name; it may be imported from any of its modules."""
    return CONFIG_BASES.get(name.rpartition(".")[2]) if name.startswith(_PACKAGE) else None


def builtin_type(name: str) -> FieldType:
    """What a class of NeMo Gym is as the type of a field, by its full name; AnyType for most of them."""
    found = _TYPES.get(name.rpartition(".")[2]) if name.startswith(_PACKAGE) else None
    return AnyType() if found is None else found
