"""The fields of the rows: since 0.7.0, NeMo Gym and gym-lsp compare the datasets with them."""

from pydantic import BaseModel, ConfigDict, Field


class TaskData(BaseModel):
    model_config = ConfigDict(extra="allow")

    match: list[str] = Field(min_length=1, description="Words in which the expression has to find something.")
    avoid: list[str] = Field(description="Words in which it must find nothing.")
