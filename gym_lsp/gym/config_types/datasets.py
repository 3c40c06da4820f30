"""The datasets of a server, and the two ways to declare the source of their rows."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from gym_lsp.gym.config_types.transfer import JsonlDatasetGitlabIdentifer, JsonlDatasetHuggingFaceIdentifer

# One Literal for each value instead of one for all: so pydantic reports an error for each value, as in NeMo Gym.
DatasetType = Literal["train"] | Literal["validation"] | Literal["example"]
License = (
    Literal["Apache 2.0"]
    | Literal["MIT"]
    | Literal["Creative Commons Attribution 4.0 International"]
    | Literal["Creative Commons Attribution-ShareAlike 4.0 International"]
    | Literal["CC BY-SA 4.0"]
    | Literal["CC BY-NC 3.0"]
    | Literal["NVIDIA Internal Use Only, Do Not Distribute"]
    | Literal["NVIDIA Evaluation Dataset License Agreement"]
    | Literal["TBD"]
    | Literal["GNU General Public License v3.0"]
)


class GitlabDatasetSource(BaseModel):
    """The `source` of a dataset in the GitLab model registry."""

    type: Literal["gitlab"]
    dataset_name: str
    version: str
    artifact_fpath: str


class HuggingFaceDatasetSource(BaseModel):
    """The `source` of a dataset on the Hugging Face Hub."""

    type: Literal["huggingface"]
    repo_id: str
    artifact_fpath: str | None = None


DatasetSource = Annotated[GitlabDatasetSource | HuggingFaceDatasetSource, Field(discriminator="type")]
"""Where to download the rows; `type` determines the other fields."""


class DatasetConfig(BaseModel):
    """A dataset for training or validation, or an example.

    `source` is where to download it. `gitlab_identifier` and `huggingface_identifier` are the older, deprecated way.
    Both may be set, one as the fallback of the other.
    """

    name: str
    type: DatasetType
    jsonl_fpath: str
    num_repeats: int = Field(default=1, ge=1)
    source: DatasetSource | None = None
    gitlab_identifier: JsonlDatasetGitlabIdentifer | None = None
    huggingface_identifier: JsonlDatasetHuggingFaceIdentifer | None = None
    license: License | None = None

    @model_validator(mode="after")
    def check_train_validation_sets(self) -> DatasetConfig:
        """Raise AssertionError if a dataset for training or validation has no license."""
        if self.license is None and self.type != "example":
            raise AssertionError(f"dataset {self.name!r} of type {self.type} needs a license")
        return self

    @model_validator(mode="after")
    def normalize_dataset_source(self) -> DatasetConfig:
        """Set both `source` and the deprecated identifier from whichever is given, so that code may read either.

        Two identifiers cannot be expressed as one `source` and leave it None. Raises ValueError if `source` and an
        identifier are given, and warns with DeprecationWarning about an identifier.
        """
        deprecated = [
            name for name in ("gitlab_identifier", "huggingface_identifier") if getattr(self, name) is not None
        ]
        if self.source is None:
            if deprecated:
                verb = "is" if len(deprecated) == 1 else "are"
                message = f"dataset {self.name!r}: {' and '.join(deprecated)} {verb} deprecated; use source instead"
                warnings.warn(message, DeprecationWarning, stacklevel=2)
            if len(deprecated) == 1:
                self.source = self._source_of_identifier()
        elif deprecated:
            raise ValueError(
                f"dataset {self.name!r} has more than one source; keep source and remove {' and '.join(deprecated)}"
            )
        else:
            self._set_identifier(self.source)
        return self

    def _source_of_identifier(self) -> GitlabDatasetSource | HuggingFaceDatasetSource | None:
        if self.gitlab_identifier is not None:
            return GitlabDatasetSource(type="gitlab", **self.gitlab_identifier.model_dump())
        if self.huggingface_identifier is not None:
            return HuggingFaceDatasetSource(type="huggingface", **self.huggingface_identifier.model_dump())
        return None

    def _set_identifier(self, source: GitlabDatasetSource | HuggingFaceDatasetSource) -> None:
        match source:
            case GitlabDatasetSource():
                self.gitlab_identifier = JsonlDatasetGitlabIdentifer(
                    dataset_name=source.dataset_name, version=source.version, artifact_fpath=source.artifact_fpath
                )
            case HuggingFaceDatasetSource():
                self.huggingface_identifier = JsonlDatasetHuggingFaceIdentifer(
                    repo_id=source.repo_id, artifact_fpath=source.artifact_fpath
                )


class BenchmarkDatasetConfig(BaseModel):
    """A dataset to evaluate a model on. `prepare_script` writes its rows to `jsonl_fpath`.

    `prompt_config` is required but may be null.
    """

    name: str
    type: Literal["benchmark"]
    jsonl_fpath: Path
    prepare_script: Path
    prompt_config: Path | None
    num_repeats: int = Field(default=1, ge=1)
