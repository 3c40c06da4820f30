"""The arguments of the commands that move datasets to and from the GitLab model registry and the HuggingFace Hub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, cast

from pydantic import BaseModel, Field, model_validator

from gym_lsp.gym.config_types.command import BaseNeMoGymCLIConfig

_RESOURCE_CONFIG = "The config of the resources server that the dataset belongs to; its domain goes into the name."
_TOKEN = "The access token for HuggingFace."
_VERSION = "Which version of the dataset, as three numbers: `x.x.x`."


class UploadJsonlDatasetGitlabConfig(BaseNeMoGymCLIConfig):
    """
    Put a local JSONL file into the GitLab model registry.

    For instance:

        gym dataset upload --storage gitlab +dataset_name=sums +version=1.0.0 +input_jsonl_fpath=data/sums.jsonl
    """

    dataset_name: str = Field(description="What the dataset is called in the registry.")
    version: str = Field(description=_VERSION)
    input_jsonl_fpath: str = Field(description="The local file.")


class JsonlDatasetGitlabIdentifer(BaseModel):
    """Where a JSONL file lies in the GitLab model registry."""

    dataset_name: str
    version: str
    artifact_fpath: str


class DownloadJsonlDatasetGitlabConfig(JsonlDatasetGitlabIdentifer, BaseNeMoGymCLIConfig):
    """
    Fetch a JSONL file from the GitLab model registry.

    For instance:

        gym dataset download --storage gitlab +dataset_name=sums +version=1.0.0 \\
            +artifact_fpath=sums.jsonl +output_fpath=data/sums.jsonl
    """

    dataset_name: str = Field(description="What the dataset is called in the registry.")
    version: str = Field(description=_VERSION)
    artifact_fpath: str = Field(description="The file inside the registry.")
    output_fpath: str = Field(description="The local file to write.")


class DeleteJsonlDatasetGitlabConfig(BaseNeMoGymCLIConfig):
    """
    Remove a dataset from the GitLab model registry, after asking.

    For instance:

        gym dataset rm +dataset_name=sums
    """

    dataset_name: str = Field(description="What the dataset is called in the registry.")


class JsonlDatasetHuggingFaceIdentifer(BaseModel):
    """Where a dataset lies on the HuggingFace Hub."""

    repo_id: str = Field(description="The repository, as `organization/name`.")
    artifact_fpath: str | None = Field(
        default=None,
        description="One file of the repository; without it a split is loaded as a structured dataset.",
    )


class BaseUploadJsonlDatasetHuggingFaceConfig(BaseNeMoGymCLIConfig):
    """
    Put a local JSONL file on the HuggingFace Hub, under a name made of prefix, domain and resources server.

    For instance:

        gym dataset upload +dataset_name=sums +input_jsonl_fpath=data/sums.jsonl \\
            +resource_config_path=resources_servers/sums/configs/sums.yaml
    """

    # The four below are also top-level keys of the configuration, usually given by env.yaml.
    hf_token: str = Field(description=_TOKEN)
    hf_organization: str = Field(description="The HuggingFace organization that will own the dataset.")
    hf_collection_name: str = Field(description="The HuggingFace collection that the dataset is filed under.")
    hf_collection_slug: str = Field(description="The letters and digits that end the address of that collection.")
    dataset_name: str | None = Field(
        default=None, description="The last part of the dataset's name, behind domain and resources server."
    )
    input_jsonl_fpath: str = Field(description="The local file.")
    resource_config_path: str = Field(description=_RESOURCE_CONFIG)
    hf_dataset_prefix: str = Field(default="Nemotron-RL", description="The first part of the dataset's name.")
    split: Literal["train", "validation", "test"] = Field(
        default="train", description="Which split the file is. Only the rows of `train` are checked."
    )
    create_pr: bool = Field(
        default=False,
        description="Open a pull request; the only way into a repository that you may not write to.",
    )
    revision: str | None = Field(
        default=None,
        description="The branch. Files that share one share a pull request; without it each gets a branch of its own.",
    )
    commit_message: str | None = Field(default=None, description="The commit message; HuggingFace writes one if not.")
    commit_description: str | None = Field(default=None, description="What the commit says below its message.")


def _keys(data: object) -> set[str]:
    return set(cast("Mapping[str, object]", data)) if isinstance(data, Mapping) else set()


class UploadJsonlDatasetHuggingFaceConfig(BaseUploadJsonlDatasetHuggingFaceConfig):
    """
    Move a dataset: put it on the HuggingFace Hub, then delete it from GitLab.

    The deletion is not optional here, so `delete_from_gitlab` may not be given; `gym dataset upload` takes it.

    For instance:

        gym dataset migrate +dataset_name=sums +input_jsonl_fpath=data/sums.jsonl \\
            +resource_config_path=resources_servers/sums/configs/sums.yaml
    """

    forbidden_fields: ClassVar[set[str]] = {"delete_from_gitlab"}

    @model_validator(mode="before")
    @classmethod
    def check_forbidden_fields(cls, data: object) -> object:
        """Raise ValueError where a key is given that this command does not take."""
        present = sorted(cls.forbidden_fields & _keys(data))
        if present:
            raise ValueError(f"{', '.join(present)} cannot be given here: this command always deletes from GitLab")
        return data


class UploadJsonlDatasetHuggingFaceMaybeDeleteConfig(BaseUploadJsonlDatasetHuggingFaceConfig):
    """
    Put a local JSONL file on the HuggingFace Hub and, if wished, delete it from GitLab.

    For instance:

        gym dataset upload +dataset_name=sums +input_jsonl_fpath=data/sums.jsonl \\
            +resource_config_path=resources_servers/sums/configs/sums.yaml +delete_from_gitlab=true
    """

    delete_from_gitlab: bool | None = Field(
        default=False, description="Whether GitLab's copy is deleted once the upload is done."
    )


class DownloadJsonlDatasetHuggingFaceConfig(JsonlDatasetHuggingFaceIdentifer, BaseNeMoGymCLIConfig):
    """
    Fetch a dataset from the HuggingFace Hub.

    For instance:

        gym dataset download +repo_id=acme/sums +artifact_fpath=sums.jsonl +output_fpath=data/sums.jsonl
    """

    output_dirpath: str | None = Field(
        default=None,
        description="The folder to write `{split}.jsonl` to, for one split or, if none is named, for all of them.",
    )
    output_fpath: str | None = Field(
        default=None, description="The one file to write; `artifact_fpath` or `split` says what goes into it."
    )
    hf_token: str | None = Field(default=None, description=_TOKEN)
    split: Literal["train", "validation", "test"] | None = Field(
        default=None, description="The split to fetch; all of them if it is left out."
    )

    @model_validator(mode="after")
    def check_output_path(self) -> DownloadJsonlDatasetHuggingFaceConfig:
        """Raise ValueError unless there is one place to write to, and one thing that goes there."""
        if bool(self.output_dirpath) == bool(self.output_fpath):
            raise ValueError("give one of output_dirpath and output_fpath, not both and not neither")
        if self.artifact_fpath and self.split:
            raise ValueError("give artifact_fpath for one raw file or split for a structured dataset, not both")
        if self.output_fpath and not (self.artifact_fpath or self.split):
            raise ValueError("output_fpath is a single file: say with artifact_fpath or split what goes into it")
        return self
