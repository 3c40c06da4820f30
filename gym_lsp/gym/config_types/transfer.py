"""The arguments of the commands that transfer datasets to and from the GitLab model registry and Hugging Face Hub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, cast

from pydantic import BaseModel, Field, model_validator

from gym_lsp.gym.config_types.command import BaseNeMoGymCLIConfig

_RESOURCE_CONFIG = "The config of the resources server of the dataset. Its domain becomes part of the dataset name."
_TOKEN = "The access token for Hugging Face."
_NAME = "The name of the dataset in the registry."
_VERSION = "The version of the dataset, as three numbers: `x.x.x`."


class UploadJsonlDatasetGitlabConfig(BaseNeMoGymCLIConfig):
    """
    Upload a local JSONL file to the GitLab model registry.

    Example:

        gym dataset upload --storage gitlab +dataset_name=sums +version=1.0.0 +input_jsonl_fpath=data/sums.jsonl
    """

    dataset_name: str = Field(description=_NAME)
    version: str = Field(description=_VERSION)
    input_jsonl_fpath: str = Field(description="The local file to upload.")


class JsonlDatasetGitlabIdentifer(BaseModel):
    """A JSONL file in the GitLab model registry."""

    dataset_name: str
    version: str
    artifact_fpath: str


class DownloadJsonlDatasetGitlabConfig(JsonlDatasetGitlabIdentifer, BaseNeMoGymCLIConfig):
    """
    Download a JSONL file from the GitLab model registry.

    Example:

        gym dataset download --storage gitlab +dataset_name=sums +version=1.0.0 \\
            +artifact_fpath=sums.jsonl +output_fpath=data/sums.jsonl
    """

    dataset_name: str = Field(description=_NAME)
    version: str = Field(description=_VERSION)
    artifact_fpath: str = Field(description="The file in the registry.")
    output_fpath: str = Field(description="The local file to write.")


class DeleteJsonlDatasetGitlabConfig(BaseNeMoGymCLIConfig):
    """
    Delete a dataset from the GitLab model registry, after a confirmation.

    Example:

        gym dataset rm +dataset_name=sums
    """

    dataset_name: str = Field(description=_NAME)


class JsonlDatasetHuggingFaceIdentifer(BaseModel):
    """A dataset on the Hugging Face Hub."""

    repo_id: str = Field(description="The repository, as `organization/name`.")
    artifact_fpath: str | None = Field(
        default=None,
        description="A file in the repository; without it, a split is loaded as a structured dataset.",
    )


class BaseUploadJsonlDatasetHuggingFaceConfig(BaseNeMoGymCLIConfig):
    """
    Upload a local JSONL file to the Hugging Face Hub, with a name from prefix, domain and resources server.

    Example:

        gym dataset upload +dataset_name=sums +input_jsonl_fpath=data/sums.jsonl \\
            +resource_config_path=resources_servers/sums/configs/sums.yaml
    """

    # These four are also top-level keys of the configuration and usually set in `env.yaml`.
    hf_token: str = Field(description=_TOKEN)
    hf_organization: str = Field(description="The Hugging Face organization for the dataset.")
    hf_collection_name: str = Field(description="The Hugging Face collection for the dataset.")
    hf_collection_slug: str = Field(description="The letters and digits at the end of the URL of that collection.")
    dataset_name: str | None = Field(
        default=None, description="The last part of the dataset name, after domain and resources server."
    )
    input_jsonl_fpath: str = Field(description="The local file to upload.")
    resource_config_path: str = Field(description=_RESOURCE_CONFIG)
    hf_dataset_prefix: str = Field(default="Nemotron-RL", description="The first part of the dataset name.")
    split: Literal["train", "validation", "test"] = Field(
        default="train", description="The split of the file. Only rows of `train` are validated."
    )
    create_pr: bool = Field(
        default=False,
        description="Whether to open a pull request, which is necessary without write access to the repository.",
    )
    revision: str | None = Field(
        default=None,
        description="The branch. Files with the same branch share a pull request; the default is a new branch each.",
    )
    commit_message: str | None = Field(
        default=None, description="The commit message; by default Hugging Face generates one."
    )
    commit_description: str | None = Field(default=None, description="The description below the commit message.")


def _keys(data: object) -> set[str]:
    return set(cast("Mapping[str, object]", data)) if isinstance(data, Mapping) else set()


class UploadJsonlDatasetHuggingFaceConfig(BaseUploadJsonlDatasetHuggingFaceConfig):
    """
    Move a dataset: upload it to the Hugging Face Hub, then delete it from GitLab.

    This command always deletes, so it does not accept `delete_from_gitlab`; `gym dataset upload` does.

    Example:

        gym dataset migrate +dataset_name=sums +input_jsonl_fpath=data/sums.jsonl \\
            +resource_config_path=resources_servers/sums/configs/sums.yaml
    """

    forbidden_fields: ClassVar[set[str]] = {"delete_from_gitlab"}

    @model_validator(mode="before")
    @classmethod
    def check_forbidden_fields(cls, data: object) -> object:
        """Raise ValueError for a key that this command does not accept."""
        present = sorted(cls.forbidden_fields & _keys(data))
        if present:
            raise ValueError(f"remove {', '.join(present)}; this command always deletes the dataset from GitLab")
        return data


class UploadJsonlDatasetHuggingFaceMaybeDeleteConfig(BaseUploadJsonlDatasetHuggingFaceConfig):
    """
    Upload a local JSONL file to the Hugging Face Hub and optionally delete it from GitLab.

    Example:

        gym dataset upload +dataset_name=sums +input_jsonl_fpath=data/sums.jsonl \\
            +resource_config_path=resources_servers/sums/configs/sums.yaml +delete_from_gitlab=true
    """

    delete_from_gitlab: bool | None = Field(
        default=False, description="Whether to delete the dataset from GitLab after the upload."
    )


class DownloadJsonlDatasetHuggingFaceConfig(JsonlDatasetHuggingFaceIdentifer, BaseNeMoGymCLIConfig):
    """
    Download a dataset from the Hugging Face Hub.

    Example:

        gym dataset download +repo_id=acme/sums +artifact_fpath=sums.jsonl +output_fpath=data/sums.jsonl
    """

    output_dirpath: str | None = Field(
        default=None,
        description="The folder for `{split}.jsonl`, for one split or, without `split`, for all splits.",
    )
    output_fpath: str | None = Field(
        default=None, description="The file to write; set `artifact_fpath` or `split` to select its content."
    )
    hf_token: str | None = Field(default=None, description=_TOKEN)
    split: Literal["train", "validation", "test"] | None = Field(
        default=None, description="The split to download; the default is all splits."
    )

    @model_validator(mode="after")
    def check_output_path(self) -> DownloadJsonlDatasetHuggingFaceConfig:
        """Raise ValueError unless the arguments select one output and what to write to it."""
        if bool(self.output_dirpath) == bool(self.output_fpath):
            raise ValueError("expected exactly one of output_dirpath and output_fpath")
        if self.artifact_fpath and self.split:
            raise ValueError(
                "artifact_fpath and split cannot be used together; "
                "use artifact_fpath for a raw file and split for a structured dataset"
            )
        if self.output_fpath and not (self.artifact_fpath or self.split):
            raise ValueError("output_fpath is a single file; select its content with artifact_fpath or split")
        return self
