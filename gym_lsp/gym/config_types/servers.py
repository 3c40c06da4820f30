"""Server instances: a top-level block that holds one server of one server type, and what makes it valid.

Each level of such a block has a class of its own:

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
    """Where a server listens, and with how many processes."""

    host: str
    port: int
    num_workers: int | None = None


class BaseRunServerConfig(BaseServerConfig):
    """A server that is started: `entrypoint` is its Python file, below the implementation's folder."""

    entrypoint: str
    domain: Domain | None = None


class BaseRunServerInstanceConfig(BaseRunServerConfig):
    """A server that is started, with the name of its instance, which is unique in a run."""

    name: str


class BaseRunServerTypeConfig(BaseRunServerConfig):
    """A server as a configuration declares it; the fields of its own class come on top.

    Host and port may be left open: NeMo Gym fills them in when it starts the server.
    """

    model_config = ConfigDict(extra="allow")

    host: str | None = None  # pyright: ignore[reportIncompatibleVariableOverride]
    port: int | None = None  # pyright: ignore[reportIncompatibleVariableOverride]
    datasets: list[DatasetConfig | BenchmarkDatasetConfig] | None = None


class BaseServerTypeConfig(BaseModel):
    """A mapping with one server under the key of its server type."""

    SERVER_TYPE: ClassVar[_ServerType]


class ResponsesAPIModelServerTypeConfig(BaseServerTypeConfig):
    """A mapping that holds one model server."""

    SERVER_TYPE: ClassVar[_ServerType] = "responses_api_models"
    model_config = ConfigDict(extra="allow")

    responses_api_models: dict[str, BaseRunServerTypeConfig] = Field(min_length=1, max_length=1)


class ResourcesServerTypeConfig(BaseServerTypeConfig):
    """A mapping that holds one resources server."""

    SERVER_TYPE: ClassVar[_ServerType] = "resources_servers"
    model_config = ConfigDict(extra="allow")

    resources_servers: dict[str, BaseRunServerTypeConfig] = Field(min_length=1, max_length=1)


class ResponsesAPIAgentServerTypeConfig(BaseServerTypeConfig):
    """A mapping that holds one agent server."""

    SERVER_TYPE: ClassVar[_ServerType] = "responses_api_agents"
    model_config = ConfigDict(extra="allow")

    responses_api_agents: dict[str, BaseRunServerTypeConfig] = Field(min_length=1, max_length=1)


ServerTypeConfig = ResponsesAPIModelServerTypeConfig | ResourcesServerTypeConfig | ResponsesAPIAgentServerTypeConfig


class BaseServerInstanceConfig(BaseServerTypeConfig):
    """A server with the name of its instance and the block that it was read from."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: str
    server_type_config_dict: DictConfig = Field(exclude=True)

    @model_validator(mode="after")
    def validate_domain_for_resources_server(self) -> BaseServerInstanceConfig:
        """Raise AssertionError where a resources server has no domain; take the domain from any other server."""
        server = self.get_inner_run_server_config()
        if self.SERVER_TYPE != "resources_servers":
            # Afterwards the attribute is gone, and not None: nobody can mistake it for a domain that was left open.
            vars(server).pop("domain", None)
        elif server.domain is None:
            raise AssertionError("a resources server needs a domain")
        return self

    def get_server_ref(self) -> ServerRef:
        """The ref by which other servers name this one."""
        return ServerRefTypeAdapter.validate_python({"type": self.SERVER_TYPE, "name": self.name})

    def get_inner_run_server_config_dict(self) -> DictConfig:
        """The server's own block as it was read, with every field of its own class."""
        (implementation,) = self._servers()
        return self.server_type_config_dict[self.SERVER_TYPE][implementation]

    def get_inner_run_server_config(self) -> BaseRunServerTypeConfig:
        """The server itself, validated."""
        (server,) = self._servers().values()
        return server

    @property
    def datasets(self) -> list[DatasetConfig | BenchmarkDatasetConfig] | None:
        return self.get_inner_run_server_config().datasets

    def _servers(self) -> dict[str, BaseRunServerTypeConfig]:
        """The one server by the name of its implementation."""
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
    """The server that a top-level block is, or why it is none.

    Both are None for a value that is not a DictConfig and so could not be a server. Interpolations are validated
    as they are written: only a field of type str can hold one.
    """
    if not isinstance(server_type_config_dict, DictConfig):
        return None, None
    written = cast("dict[Any, Any]", OmegaConf.to_container(server_type_config_dict))
    block: dict[Any, Any] = {"name": name, "server_type_config_dict": server_type_config_dict}
    try:
        return ServerInstanceConfigTypeAdapter.validate_python(block | written), None
    except ValidationError as error:
        return None, error


def is_almost_server(server_type_config_dict: Any) -> bool:
    """Whether a block was meant to be a server: below a server type, some implementation has an entrypoint.

    True for valid servers as well. A misspelt server type or a forgotten entrypoint makes it False.
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
