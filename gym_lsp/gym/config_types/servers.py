"""Server instances: top-level blocks with one server of one server type.

Each level of such a block has its own class:

    name:                     ServerInstanceConfig
      resources_servers:      ServerTypeConfig
        implementation:       BaseRunServerTypeConfig
          entrypoint: app.py
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, cast

from omegaconf import DictConfig, OmegaConf
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from gym_lsp.gym.config_types.datasets import BenchmarkDatasetConfig, DatasetConfig
from gym_lsp.gym.config_types.refs import ServerRef, ServerRefTypeAdapter
from gym_lsp.gym.vocabulary import Domain

_ServerType = Literal["responses_api_models"] | Literal["resources_servers"] | Literal["responses_api_agents"]
_SERVER_TYPES: tuple[_ServerType, ...] = ("responses_api_models", "resources_servers", "responses_api_agents")
_ENTRYPOINT = "entrypoint"


class BaseServerConfig(BaseModel):
    """The address of a server and its number of processes."""

    host: str
    port: int
    num_workers: int | None = None


class BaseRunServerConfig(BaseServerConfig):
    """A server that NeMo Gym starts. `entrypoint` is its Python file in the folder of the implementation."""

    entrypoint: str
    domain: Domain | None = None


class BaseRunServerInstanceConfig(BaseRunServerConfig):
    """A server that NeMo Gym starts, with the name of its instance, which is unique in a run."""

    name: str


class BaseRunServerTypeConfig(BaseRunServerConfig):
    """A server as a configuration declares it, with any fields of its own class.

    Host and port are optional, because NeMo Gym sets them when it starts the server.
    """

    model_config = ConfigDict(extra="allow")

    host: str | None = None  # pyright: ignore[reportIncompatibleVariableOverride]
    port: int | None = None  # pyright: ignore[reportIncompatibleVariableOverride]
    datasets: list[DatasetConfig | BenchmarkDatasetConfig] | None = None


class BaseServerTypeConfig(BaseModel):
    """A mapping with one server below its server type."""

    SERVER_TYPE: ClassVar[_ServerType]


class ResponsesAPIModelServerTypeConfig(BaseServerTypeConfig):
    """A mapping with one model server."""

    SERVER_TYPE: ClassVar[_ServerType] = "responses_api_models"
    model_config = ConfigDict(extra="allow")

    responses_api_models: dict[str, BaseRunServerTypeConfig] = Field(min_length=1, max_length=1)


class ResourcesServerTypeConfig(BaseServerTypeConfig):
    """A mapping with one resources server."""

    SERVER_TYPE: ClassVar[_ServerType] = "resources_servers"
    model_config = ConfigDict(extra="allow")

    resources_servers: dict[str, BaseRunServerTypeConfig] = Field(min_length=1, max_length=1)


class ResponsesAPIAgentServerTypeConfig(BaseServerTypeConfig):
    """A mapping with one agent server."""

    SERVER_TYPE: ClassVar[_ServerType] = "responses_api_agents"
    model_config = ConfigDict(extra="allow")

    responses_api_agents: dict[str, BaseRunServerTypeConfig] = Field(min_length=1, max_length=1)


ServerTypeConfig = ResponsesAPIModelServerTypeConfig | ResourcesServerTypeConfig | ResponsesAPIAgentServerTypeConfig


class BaseServerInstanceConfig(BaseServerTypeConfig):
    """A server with the name of its instance and its original block."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: str
    server_type_config_dict: DictConfig = Field(exclude=True)

    @model_validator(mode="after")
    def validate_domain_for_resources_server(self) -> BaseServerInstanceConfig:
        """Raise AssertionError if a resources server has no domain; remove the domain of any other server."""
        server = self.get_inner_run_server_config()
        if self.SERVER_TYPE != "resources_servers":
            # The attribute is deleted, as in NeMo Gym, so that it cannot be mistaken for a domain that is not set.
            vars(server).pop("domain", None)
        elif server.domain is None:
            raise AssertionError("a resources server needs a domain")
        return self

    def get_server_ref(self) -> ServerRef:
        """Return the ref for other servers to name this one."""
        return ServerRefTypeAdapter.validate_python({"type": self.SERVER_TYPE, "name": self.name})

    def get_inner_run_server_config_dict(self) -> DictConfig:
        """Return the original mapping of the server, with every field of its own class."""
        (implementation,) = self._servers()
        return self.server_type_config_dict[self.SERVER_TYPE][implementation]

    def get_inner_run_server_config(self) -> BaseRunServerTypeConfig:
        """Return the validated server."""
        (server,) = self._servers().values()
        return server

    @property
    def datasets(self) -> list[DatasetConfig | BenchmarkDatasetConfig] | None:
        return self.get_inner_run_server_config().datasets

    def _servers(self) -> dict[str, BaseRunServerTypeConfig]:
        """Return the server by the name of its implementation, as a mapping with one entry."""
        return cast("dict[str, BaseRunServerTypeConfig]", getattr(self, self.SERVER_TYPE))


class ResponsesAPIModelServerInstanceConfig(ResponsesAPIModelServerTypeConfig, BaseServerInstanceConfig):
    """An instance that is a model server."""


class ResourcesServerInstanceConfig(ResourcesServerTypeConfig, BaseServerInstanceConfig):
    """An instance that is a resources server."""


class ResponsesAPIAgentServerInstanceConfig(ResponsesAPIAgentServerTypeConfig, BaseServerInstanceConfig):
    """An instance that is an agent server."""


ServerInstanceConfig = (
    ResponsesAPIModelServerInstanceConfig | ResourcesServerInstanceConfig | ResponsesAPIAgentServerInstanceConfig
)
ServerInstanceConfigTypeAdapter: TypeAdapter[ServerInstanceConfig] = TypeAdapter(ServerInstanceConfig)


def maybe_get_server_instance_config(
    name: str, server_type_config_dict: Any
) -> tuple[ServerInstanceConfig | None, ValidationError | None]:
    """Return a top-level block as a server, or the error of its validation.

    Both are None for a value that is not a DictConfig. Interpolations are validated as text, so only a field of type
    str accepts one.
    """
    if not isinstance(server_type_config_dict, DictConfig):
        return None, None
    raw_config = cast("dict[Any, Any]", OmegaConf.to_container(server_type_config_dict))
    block: dict[Any, Any] = {"name": name, "server_type_config_dict": server_type_config_dict}
    try:
        return ServerInstanceConfigTypeAdapter.validate_python(block | raw_config), None
    except ValidationError as error:
        return None, error


def is_almost_server(server_type_config_dict: Any) -> bool:
    """Whether a block is meant to be a server: an implementation below a server type has an entrypoint.

    True also for valid servers. False if the server type is misspelt or the entrypoint is missing.
    """
    if not isinstance(server_type_config_dict, DictConfig):
        return False
    block = cast("dict[Any, Any]", server_type_config_dict)
    groups = [block[server_type] for server_type in _SERVER_TYPES if server_type in block]
    return any(
        isinstance(server, DictConfig) and _ENTRYPOINT in server
        for group in groups
        if isinstance(group, DictConfig)
        for server in cast("dict[Any, Any]", group).values()
    )
