"""NeMo RL's own YAML, which is not part of this repository: where it is, and whether it is what was recorded.

The folder is that of the variable GYM_LSP_RECIPES, else `../shared/nemo-rl` beside this repository.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

VARIABLE = "GYM_LSP_RECIPES"
COMMIT = "7ea279abfbeb698b092856d0dab61e7cf39bc909"
MISSING = f"the training recipes are not there: set {VARIABLE} to a checkout of NeMo RL at commit {COMMIT[:9]}"
OTHER = f"the training recipes are not those of NeMo RL at commit {COMMIT[:9]}, which were recorded"
FOLDERS = ("examples", "infra/examples", "infra/nrl_k8s/examples", "research", "tests")
"""The folders of NeMo RL whose YAML is read. The others have no recipes."""


CONFIG = "nemo_rl/utils/config.py"
EMBEDDING = "nemo_rl/environments/nemo_gym.py"
DEFINITIONS = {
    "nemo_rl/distributed/virtual_cluster.py": ("DEFAULT_GYM_PORT_RANGE_LOW", "DEFAULT_GYM_PORT_RANGE_HIGH"),
    "nemo_rl/models/generation/interfaces.py": ("should_use_async_rollouts",),
    EMBEDDING: (
        *("should_use_nemo_gym", "setup_nemo_gym_config", "spinup_nemo_gym_actor"),
        *("get_nemo_gym_uv_cache_dir", "get_nemo_gym_venv_dir", "NemoGym"),
    ),
}
"""What the oracle executes of NeMo RL's modules, whose imports are not installed here. Of a class, only `_spinup`."""


def recipes_folder() -> Path:
    """Return where the recipes are, or would be."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else Path(__file__).resolve().parents[4] / "shared" / "nemo-rl"


@cache
def find_recipes() -> Path | None:
    """Return the folder of the recipes, or None where it is missing."""
    folder = recipes_folder()
    return folder.resolve() if (folder / "examples").is_dir() else None


def yaml_texts(root: Path) -> dict[str, str]:
    """Every YAML file in `FOLDERS` by its path with forward slashes, in the order of the paths.

    Offsets count the code points of these texts: line breaks are as they are in the file.
    """
    paths = (path for folder in FOLDERS for path in (root / folder).rglob("*.y*ml") if path.suffix in (".yaml", ".yml"))
    return {
        name: (root / name).read_bytes().decode("utf-8") for name in sorted(_relative(path, root) for path in paths)
    }


def digest_of_tree(texts: Mapping[str, str]) -> str:
    """Return sixteen hexadecimal digits that identify the files."""
    digest = hashlib.sha256()
    for path, text in sorted(texts.items()):
        digest.update(f"{path}\0{text}\0".encode())
    return digest.hexdigest()[:16]


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()
