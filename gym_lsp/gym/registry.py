"""The environments of a tree, by the names of their folders.

An environment is a folder below `environments/` with a `config.yaml` that combines a resources server, an agent and
datasets. A listing reads these files without composing them, so missing values do not matter. `catalog` lists
environments as releases since 0.6.0 do.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gym_lsp.files import Disk, Files, Kind
from gym_lsp.gym.discovery.default_roots import PARENT_DIR
from gym_lsp.gym.discovery.raw_config import read_raw_config, server_blocks
from gym_lsp.gym.layout import CONFIG_FILENAME, DOMAIN, RESOURCES

ENVIRONMENTS_DIR = PARENT_DIR / "environments"
ENVIRONMENT_CONFIG_FILENAME = CONFIG_FILENAME


@dataclass(frozen=True)
class EnvironmentEntry:
    """An environment: its name, its config, its folder, and description and domain of its resources server."""

    name: str
    config_path: Path
    path: Path
    description: str | None = None
    domain: str | None = None


def discover_environments(
    environments_dir: Path = ENVIRONMENTS_DIR, *, files: Files | None = None
) -> dict[str, EnvironmentEntry]:
    """Return the environments below a folder by name, sorted; empty if the folder does not exist.

    A config that cannot be read counts as an environment without description and domain. Mirrors
    `discover_environments`.
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
    """Return description and domain of the first resources server in a config, each None if it is not a string.

    Both are None if the config has no resources server or cannot be read.
    """
    config = read_raw_config(config_path, files or Disk())
    for server in server_blocks(config, (RESOURCES,)):
        return _string(server.block.get("description")), _string(server.block.get(DOMAIN))
    return None, None


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None
