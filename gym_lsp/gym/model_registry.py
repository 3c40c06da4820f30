"""The model servers of a tree, by the names that `--model-type` takes.

Since 0.5.1. Only names of files are read: every config of a folder below `responses_api_models/` is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from gym_lsp.files import Disk, Files
from gym_lsp.gym.discovery.config_metadata import across_roots, flavors_in
from gym_lsp.gym.discovery.default_roots import PARENT_DIR
from gym_lsp.gym.layout import MODELS

MODELS_SUBDIR = MODELS


@dataclass(frozen=True)
class ModelEntry:
    """A model server: its name, the folder that it is one of the configs of, and that config."""

    name: str
    model_group: str
    config_path: Path


def discover_models(roots: Sequence[PurePath] = (PARENT_DIR,), *, files: Files | None = None) -> dict[str, ModelEntry]:
    """Every model server of the search roots by its name; earlier roots win."""
    disk = files or Disk()

    def discover(folder: Path) -> dict[str, ModelEntry]:
        flavors = flavors_in(folder, disk)
        return {flavor.name: ModelEntry(flavor.name, flavor.component, flavor.config_path) for flavor in flavors}

    return across_roots(roots, MODELS_SUBDIR, discover)
