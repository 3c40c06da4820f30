"""The datasets that a server declares, and the two ways to say where their rows come from."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from gym_lsp.gym.config_types.transfer import JsonlDatasetGitlabIdentifer, JsonlDatasetHuggingFaceIdentifer

# One Literal for each word, and not one Literal for all: pydantic then reports each alternative by itself, as
# NeMo Gym does.
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
    """`source:` of a dataset that lies in the GitLab model registry."""

    type: Literal["gitlab"]
    dataset_name: str
    version: str
    artifact_fpath: str


class HuggingFaceDatasetSource(BaseModel):
    """`source:` of a dataset that lies on the HuggingFace Hub."""

    type: Literal["huggingface"]
    repo_id: str
    artifact_fpath: str | None = None


DatasetSource = Annotated[GitlabDatasetSource | HuggingFaceDatasetSource, Field(discriminator="type")]
"""Where rows are fetched from; `type` decides which fields belong there."""


class DatasetConfig(BaseModel):
    """A dataset for training, for validation, or for show.

    `source` says where it comes from. `gitlab_identifier` and `huggingface_identifier` are the older, deprecated way
    to say so, and may be given together: one store to fetch from, one to fall back on.
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
        """Raise AssertionError where rows that reach a model in training have no license."""
        if self.license is None and self.type != "example":
            raise AssertionError(f"dataset {self.name!r} is for {self.type} and needs a license")
        return self

    @model_validator(mode="after")
    def normalize_dataset_source(self) -> DatasetConfig:
        """Make `source` and the deprecated identifiers say the same, so that a reader of either finds it.

        A single identifier is copied to `source`, and `source` to the identifier of its store. Two identifiers have
        no counterpart and leave `source` empty. Raises ValueError where both ways are used, and warns with
        DeprecationWarning where the older one is.
        """
        deprecated = [
            name for name in ("gitlab_identifier", "huggingface_identifier") if getattr(self, name) is not None
        ]
        if self.source is None:
            if deprecated:
                verb = "is" if len(deprecated) == 1 else "are"
                message = f"dataset {self.name!r}: {' and '.join(deprecated)} {verb} deprecated in favour of source"
                warnings.warn(message, DeprecationWarning, stacklevel=2)
            if len(deprecated) == 1:
                self.source = self._source_of_identifier()
        elif deprecated:
            raise ValueError(
                f"dataset {self.name!r} has more than one source: keep source and drop {' and '.join(deprecated)}"
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
    """A dataset that a model is measured with; `prepare_script` writes its rows to `jsonl_fpath`.

    `prompt_config` may be null but not absent.
    """

    name: str
    type: Literal["benchmark"]
    jsonl_fpath: Path
    prepare_script: Path
    prompt_config: Path | None
    num_repeats: int = Field(default=1, ge=1)
