"""Our registries find the same in the real releases as those of NeMo Gym, recorded by `record_discovery.py`."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from gym_lsp.gym.agent_registry import discover_agents
from gym_lsp.gym.catalog import CatalogEntry, discover_catalog
from gym_lsp.gym.model_registry import discover_models
from gym_lsp.gym.registry import EnvironmentEntry, discover_environments
from gym_lsp.gym.resources_server_registry import ResourcesServerEntry, discover_resources_servers
from tests.corpus import WHEELS, Corpus

DATA = Path(__file__).parent / "data"
WITH_MODELS = ("0.5.1", "0.6.0", "0.7.0")
WITH_CATALOG = ("0.6.0", "0.7.0")


def recorded(release: str, registry: str) -> list[Any]:
    return json.loads((DATA / f"discovery-{release}.json").read_text(encoding="utf-8"))[registry]


def own_metadata(release: str, registry: str) -> list[list[Any]]:
    """Return the rows of a registry without the two columns that need composing."""
    return [[*row[:4], *row[6:]] for row in recorded(release, registry)]


def digest(text: str | None) -> str | None:
    return None if text is None else sha256(text.encode()).hexdigest()[:12]


def basics(root: Path, entry: CatalogEntry | EnvironmentEntry | ResourcesServerEntry) -> list[str | None]:
    return [entry.name, entry.config_path.relative_to(root).as_posix(), entry.domain, digest(entry.description)]


def rest(entry: CatalogEntry) -> list[str | None]:
    known = [entry.kind, entry.status, entry.version, entry.integration_profile, entry.modality, entry.licensing]
    return [*known, entry.lifecycle, entry.resources_server_selector]


@pytest.mark.corpus
@pytest.mark.parametrize("release", WHEELS)
def test_agents(corpus: Corpus, release: str) -> None:
    root = corpus.release(release)
    agents = discover_agents(root / "responses_api_agents")
    found = [
        [
            agent.name,
            agent.self_contained,
            [path.relative_to(root).as_posix() for path in agent.config_paths],
            digest(agent.description),
        ]
        for agent in agents.values()
    ]
    assert found == recorded(release, "agents")


@pytest.mark.corpus
def test_environments_of_0_4_0(corpus: Corpus) -> None:
    root = corpus.release("0.4.0")
    environments = discover_environments(root / "environments").values()
    assert [basics(root, entry) for entry in environments] == own_metadata("0.4.0", "environments")


@pytest.mark.corpus
def test_catalog_without_manifests(corpus: Corpus) -> None:
    root = corpus.release("0.5.1")
    catalog = discover_catalog([root], with_manifests=False)
    environments = [basics(root, entry) for entry in catalog.of_kind("environment")]
    assert environments == own_metadata("0.5.1", "environments")
    assert sorted(entry.name for entry in catalog.of_kind("benchmark")) == recorded("0.5.1", "benchmarks")


@pytest.mark.corpus
@pytest.mark.parametrize("release", WITH_MODELS)
def test_models(corpus: Corpus, release: str) -> None:
    root = corpus.release(release)
    models = discover_models([root]).values()
    found = [[model.name, model.model_group, model.config_path.relative_to(root).as_posix()] for model in models]
    assert found == recorded(release, "models")


@pytest.mark.corpus
@pytest.mark.parametrize("release", WITH_MODELS)
def test_resources_servers(corpus: Corpus, release: str) -> None:
    root = corpus.release(release)
    servers = discover_resources_servers([root]).values()
    assert [basics(root, server) for server in servers] == own_metadata(release, "resources_servers")


@pytest.mark.corpus
@pytest.mark.parametrize("release", WITH_CATALOG)
def test_catalog(corpus: Corpus, release: str) -> None:
    root = corpus.release(release)
    catalog = discover_catalog([root])
    assert [basics(root, entry) + rest(entry) for entry in catalog.entries] == own_metadata(release, "catalog")
    assert catalog.invalid_manifests == ()
