"""Which kind of file belongs at a place, whatever its text is: a config, a prompt, or neither.

A new file is empty, and a half-typed one shows nothing yet. So its place decides what is completed in it, and where its
relative paths start.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import PurePath

from gym_lsp.gym.layout import (
    AGENTS,
    BENCHMARKS_FOLDER,
    CONFIG_FILENAME,
    CONFIGS_FOLDER,
    ENV_YAML,
    ENVIRONMENTS,
    ENVIRONMENTS_FOLDER,
    MANIFEST_FILENAME,
    MODELS,
    PROMPTS_FOLDER,
    RESOURCES,
)

YAML = (".yaml", ".yml")
"""The endings of the names of YAML files."""
GYM_FOLDERS: Collection[str] = (
    BENCHMARKS_FOLDER,
    ENVIRONMENTS_FOLDER,
    ENVIRONMENTS,
    RESOURCES,
    AGENTS,
    MODELS,
    "nemo_gym",
)
"""The folders of an install root that contain Gym's own files. In site-packages, other folders are other packages."""
COMMON_FOLDERS = frozenset({ENVIRONMENTS_FOLDER, BENCHMARKS_FOLDER})
"""Those of them with names that other projects use too, so that the files in them decide."""


def is_config_place(path: str) -> bool:
    """Return whether configs belong at a path, whatever the file contains.

    These are the folders of environments and benchmarks with everything below them, and the `configs` folders of
    servers. Manifests, prompts and `env.yaml` are not configs. `path` is relative to its root, with forward slashes.
    """
    *folders, name = path.split("/")
    if name in (ENV_YAML, MANIFEST_FILENAME) or PROMPTS_FOLDER in folders:
        return False
    return name.endswith(YAML) and _gym_folder(folders) is not None


def is_prompt_place(path: str) -> bool:
    """Return whether prompts belong at a path: in a folder of prompts of NeMo Gym."""
    *folders, name = path.split("/")
    return name.endswith(YAML) and folders[-1:] == [PROMPTS_FOLDER] and not set(GYM_FOLDERS).isdisjoint(folders)


def is_sure_place(path: str) -> bool:
    """Return whether a place of configs is enough, if the content of a file shows nothing.

    Other projects have folders with the names of NeMo Gym's two common ones. In these, only `config.yaml` and the files
    of a `configs` folder are sure.
    """
    if not is_config_place(path):
        return False
    *folders, name = path.split("/")
    return name == CONFIG_FILENAME or folders[-1] == CONFIGS_FOLDER or not is_in_common_folder(path)


def is_in_common_folder(path: str) -> bool:
    """Return whether a path is a place of configs by the name of a folder that other projects use too."""
    folders = path.split("/")[:-1]
    found = _gym_folder(folders)
    return found is not None and folders[found] in COMMON_FOLDERS


def root_by_place(path: PurePath) -> PurePath | None:
    """Return the folder above the innermost folder of NeMo Gym that a YAML file is in, by its place, or None."""
    folders = path.parent.parts
    found = _gym_folder(folders) if path.name.endswith(YAML) else None
    return None if found is None else PurePath(*folders[:found])


def _gym_folder(folders: Sequence[str]) -> int | None:
    """Return which of the folders makes a file in the last one a file of NeMo Gym, the innermost one, or None."""
    for index in range(len(folders) - 2, -1, -1):
        if folders[index] in COMMON_FOLDERS:
            return index
        if folders[index] in GYM_FOLDERS and CONFIGS_FOLDER in folders[index + 1 :]:
            return index
    return None
