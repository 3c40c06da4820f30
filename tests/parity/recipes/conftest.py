"""What was recorded about recipes, and NeMo RL's own YAML, without which the tests that need it are skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import in_ci
from tests.parity.recipes.recorded import Recording, load
from tests.parity.recipes.tree import MISSING, OTHER, digest_of_tree, find_recipes, yaml_texts


@pytest.fixture(scope="session")
def recording() -> Recording:
    return load()


@pytest.fixture(scope="session")
def recipes(recording: Recording) -> Path:
    """The folder of NeMo RL's YAML."""
    root = find_recipes()
    if root is None:
        pytest.skip(MISSING)
    if digest_of_tree(yaml_texts(root)) != recording.tree:
        (pytest.fail if in_ci() else pytest.skip)(OTHER)
    return root


@pytest.fixture(scope="session")
def texts(recipes: Path) -> dict[str, str]:
    """Every YAML file by its path."""
    return yaml_texts(recipes)
