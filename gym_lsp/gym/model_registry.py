"""The model servers of the search roots, by the names that `--model-type` accepts. Since 0.5.1.

Every config of a folder below `responses_api_models/` is a model server; the files are not read.
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
    """A model server: its name, the name of its folder, and its config."""

    name: str
    model_group: str
    config_path: Path


def discover_models(roots: Sequence[PurePath] = (PARENT_DIR,), *, files: Files | None = None) -> dict[str, ModelEntry]:
    """Return the model servers of the search roots by name; earlier roots win. Mirrors `discover_models`."""
    disk = files or Disk()

    def discover(folder: Path) -> dict[str, ModelEntry]:
        flavors = flavors_in(folder, disk)
        return {flavor.name: ModelEntry(flavor.name, flavor.component, flavor.config_path) for flavor in flavors}

    return across_roots(roots, MODELS_SUBDIR, discover)
