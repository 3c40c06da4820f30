"""The environments of a tree, by the names of their folders.

An environment is a folder below `environments/` with a `config.yaml`, which brings together a resources server, an
agent and datasets. Listing reads these files as they are written: nothing is resolved and nothing is started, so
what a config still needs from outside does not matter. `catalog` lists environments as newer releases do.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gym_lsp.files import Disk, Files, Kind
from gym_lsp.gym.discovery.default_roots import PARENT_DIR
from gym_lsp.gym.discovery.raw_config import read_written, server_blocks
from gym_lsp.gym.layout import CONFIG_FILENAME, DOMAIN, RESOURCES

ENVIRONMENTS_DIR = PARENT_DIR / "environments"
ENVIRONMENT_CONFIG_FILENAME = CONFIG_FILENAME


@dataclass(frozen=True)
class EnvironmentEntry:
    """An environment: its name, the config that runs it, its folder, and what its resources server says of itself."""

    name: str
    config_path: Path
    path: Path
    description: str | None = None
    domain: str | None = None


def discover_environments(
    environments_dir: Path = ENVIRONMENTS_DIR, *, files: Files | None = None
) -> dict[str, EnvironmentEntry]:
    """Every environment below a folder by its name, sorted; empty where there is no such folder.

    A config that cannot be read still makes an environment, one without description and domain.
    """
    files = files or Disk()
    environments: dict[str, EnvironmentEntry] = {}
    for entry in files.entries(environments_dir):
        path = environments_dir / entry.name
        config_path = path / ENVIRONMENT_CONFIG_FILENAME
        if entry.kind is Kind.DIRECTORY and files.kind(config_path) is Kind.FILE:
            description, domain = _read_metadata(config_path, files)
            environments[entry.name] = EnvironmentEntry(entry.name, config_path, path, description, domain)
    return environments


def _read_metadata(config_path: Path, files: Files | None = None) -> tuple[str | None, str | None]:
    """Description and domain of the first resources server that a config writes out, each None if it is no string.

    Both are None where the config has no resources server or cannot be read.
    """
    written = read_written(config_path, files or Disk())
    for server in server_blocks(written, (RESOURCES,)):
        return _string(server.block.get("description")), _string(server.block.get(DOMAIN))
    return None, None


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None
