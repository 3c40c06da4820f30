"""Records what NeMo Gym's own registries find in a real release.

    PYTHON tests/gym/record_discovery.py RELEASE_ROOT

RELEASE_ROOT is an unpacked wheel in a folder named after its release, PYTHON an interpreter in whose environment
its parser runs (tests/parity/requirements.txt). Writes `data/discovery-<release>.json`.

The data hold names, paths and values, and only a digest of each description. For releases that compose configs to find
domain and description, both are recorded twice: from the text of the config, and from the listing.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.parity.oracle import load

DATA = Path(__file__).resolve().parent / "data"


def digest(text: str | None) -> str | None:
    """Return a short digest of a description, enough to compare it."""
    return None if text is None else sha256(text.encode()).hexdigest()[:12]


def main(release_root: str) -> None:
    root = Path(release_root).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        load(root, Path(scratch))
        found = listing(root)
        os.chdir(DATA)
    lines = [f" {json.dumps(key)}: [\n  " + ",\n  ".join(map(json.dumps, rows)) + "\n ]" for key, rows in found.items()]
    (DATA / f"discovery-{root.name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def listing(root: Path) -> dict[str, list[Any]]:
    registry = importlib.import_module("nemo_gym.registry")
    agents = importlib.import_module("nemo_gym.agent_registry").discover_agents()
    found: dict[str, list[Any]] = {
        "agents": [
            [name, agent.self_contained, [below(root, path) for path in agent.config_paths], digest(agent.description)]
            for name, agent in agents.items()
        ]
    }
    if not (root / "nemo_gym" / "discovery.py").is_file():
        environments = registry.discover_environments()
        return found | {"environments": entries(root, environments.values(), lambda entry: entry)}
    models = importlib.import_module("nemo_gym.model_registry").discover_models()
    servers = importlib.import_module("nemo_gym.resources_server_registry").discover_resources_servers()
    found["models"] = [[model.name, model.model_group, below(root, model.config_path)] for model in models.values()]
    found["resources_servers"] = entries(root, servers.values(), own_metadata)
    if not hasattr(registry, "discover_environment_catalog"):
        environments = entries(root, registry.discover_environments().values(), own_metadata)
        benchmarks = sorted(importlib.import_module("nemo_gym.benchmarks").discover_benchmarks())
        return found | {"environments": environments, "benchmarks": benchmarks}
    found["catalog"] = [catalog_row(root, entry) for entry in registry.discover_environment_catalog()]
    return found


def catalog_row(root: Path, entry: Any) -> list[Any]:
    [basics] = entries(root, [entry], (lambda same: same) if entry.manifest_path else own_metadata)
    known = (entry.kind, entry.status, entry.version, entry.integration_profile, entry.modality, entry.licensing)
    return [*basics, *known, entry.lifecycle, entry.resources_server_selector]


def entries(root: Path, listed: Iterable[Any], own: Callable[[Any], Any]) -> list[list[Any]]:
    """Return name, config, own domain and description, listed domain and description of each entry."""
    rows: list[list[Any]] = []
    for entry in listed:
        metadata = own(entry)
        rows.append([entry.name, below(root, entry.config_path), metadata.domain, digest(metadata.description)])
        rows[-1] += [entry.domain, digest(entry.description)]
    return rows


def own_metadata(entry: Any) -> Any:
    """Return domain and description that NeMo Gym reads from a config before composing it."""
    omegaconf = importlib.import_module("omegaconf").OmegaConf
    scan = vars(importlib.import_module("nemo_gym.discovery"))["_scan_servers_for_metadata"]
    domain, description = scan(omegaconf.to_container(omegaconf.load(entry.config_path), resolve=False))
    return SimpleNamespace(domain=domain, description=description)


def below(root: Path, path: Path) -> str:
    return path.resolve().relative_to(root).as_posix()


if __name__ == "__main__":
    main(*sys.argv[1:])
