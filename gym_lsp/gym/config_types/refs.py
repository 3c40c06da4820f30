"""Server refs, by which a server names another one: server type and instance."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, TypeAdapter, ValidationError


class ModelServerRef(BaseModel):
    """A ref to a model server of the same run."""

    type: Literal["responses_api_models"]
    name: str


class ResourcesServerRef(BaseModel):
    """A ref to a resources server of the same run."""

    type: Literal["resources_servers"]
    name: str


class AgentServerRef(BaseModel):
    """A ref to an agent server of the same run."""

    type: Literal["responses_api_agents"]
    name: str


ServerRef = ModelServerRef | ResourcesServerRef | AgentServerRef
ServerRefTypeAdapter: TypeAdapter[ServerRef] = TypeAdapter(ServerRef)


def is_server_ref(config_dict: object) -> ServerRef | None:
    """Return a value as a server ref, or None if it is not one.

    Keys other than `type` and `name` are ignored. The instance need not exist.
    """
    try:
        return ServerRefTypeAdapter.validate_python(config_dict)
    except ValidationError:
        return None
