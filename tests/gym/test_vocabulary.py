"""Vocabulary, errors and default roots, beyond the comparison with NeMo Gym."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path, PurePath
from typing import get_args

import pytest

from gym_lsp.gym import vocabulary
from gym_lsp.gym.config_types import DatasetType, Domain, ServerTypeConfig
from gym_lsp.gym.config_types.datasets import License
from gym_lsp.gym.discovery import default_roots
from tests.memory import Memory

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("domain", Domain)
def test_each_domain_is_described(domain: Domain) -> None:
    assert vocabulary.domain_descriptions()[domain.value] == domain.description
    assert domain.description.endswith(".")


def test_words_and_models_agree() -> None:
    assert list(vocabulary.domain_descriptions()) == [domain.value for domain in Domain]
    assert list(vocabulary.LICENSES) == [get_args(license)[0] for license in get_args(License)]
    types = [get_args(each)[0] for each in get_args(DatasetType)]
    assert list(vocabulary.DATASET_TYPES) == [*types, "benchmark"]
    server_types = [each.SERVER_TYPE for each in get_args(ServerTypeConfig)]
    assert list(vocabulary.SERVER_TYPES) == [*server_types, "environment_servers"]


@pytest.mark.parametrize(
    ("modules", "absent"),
    [
        (
            "errors vocabulary registry agent_registry model_registry resources_server_registry catalog",
            "pydantic omegaconf",
        ),
        ("sandbox", "pydantic"),
    ],
)
def test_what_is_not_needed_is_not_imported(modules: str, absent: str) -> None:
    imports = ";".join(f"import gym_lsp.gym.{module}" for module in modules.split())
    question = f"import sys;{imports};print(*sorted(set({absent.split()!r}) & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=True, cwd=CHECKOUT)
    assert answer.stdout.strip() == ""


def test_the_default_root_is_the_checkout() -> None:
    assert default_roots.PARENT_DIR == CHECKOUT


@pytest.mark.parametrize(("beside", "expected"), [("pyproject.toml", "/lib"), ("setup.py", "/repo")])
def test_an_installed_package_searches_the_working_directory(beside: str, expected: str) -> None:
    files = Memory({PurePath("/lib") / beside: ""})
    assert default_roots.parent_dir(Path("/lib/gym_lsp"), Path("/repo"), files) == Path(expected)
