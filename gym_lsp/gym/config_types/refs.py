"""Server refs: how one server names another, by server type and instance."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, TypeAdapter, ValidationError


class ModelServerRef(BaseModel):
    """Names a model server of the same run."""

    type: Literal["responses_api_models"]
    name: str


class ResourcesServerRef(BaseModel):
    """Names a resources server of the same run."""

    type: Literal["resources_servers"]
    name: str


class AgentServerRef(BaseModel):
    """Names an agent server of the same run."""

    type: Literal["responses_api_agents"]
    name: str


ServerRef = ModelServerRef | ResourcesServerRef | AgentServerRef
ServerRefTypeAdapter: TypeAdapter[ServerRef] = TypeAdapter(ServerRef)


def is_server_ref(config_dict: object) -> ServerRef | None:
    """The server ref that a value spells, or None where it spells none.

    Further keys beside `type` and `name` do no harm. Whether such an instance exists is not asked.
    """
    try:
        return ServerRefTypeAdapter.validate_python(config_dict)
    except ValidationError:
        return None
