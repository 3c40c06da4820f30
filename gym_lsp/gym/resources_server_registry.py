"""The resources servers of the search roots, by the names that `--resources-server` accepts. Since 0.5.1.

The folders below `resources_servers/` also hold other configs, such as those of judges. Only a config that has a
resources server counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from gym_lsp.files import Disk, Files
from gym_lsp.gym.discovery.config_metadata import Compose, across_roots, flavors_in, read_metadata
from gym_lsp.gym.discovery.default_roots import PARENT_DIR
from gym_lsp.gym.discovery.raw_config import is_mapping, read_raw_config
from gym_lsp.gym.layout import RESOURCES

RESOURCES_SERVERS_SUBDIR = RESOURCES


@dataclass(frozen=True)
class ResourcesServerEntry:
    """A resources server: its name, its config, its folder, its description and its domain."""

    name: str
    config_path: Path
    path: Path
    description: str | None = None
    domain: str | None = None


def discover_resources_servers(
    roots: Sequence[PurePath] = (PARENT_DIR,), *, files: Files | None = None, compose: Compose | None = None
) -> dict[str, ResourcesServerEntry]:
    """Return the resources servers of the search roots by name; earlier roots win.

    `compose` serves for configs whose text lacks domain or description. Mirrors `discover_resources_servers`.
    """
    disk = files or Disk()

    def discover(folder: Path) -> dict[str, ResourcesServerEntry]:
        servers: dict[str, ResourcesServerEntry] = {}
        for flavor in flavors_in(folder, disk):
            if holds_resources_server(flavor.config_path, disk):
                domain, description = read_metadata(flavor.config_path, disk, compose)
                servers[flavor.name] = ResourcesServerEntry(
                    flavor.name, flavor.config_path, flavor.path, description, domain
                )
        return servers

    return across_roots(roots, RESOURCES_SERVERS_SUBDIR, discover)


def holds_resources_server(config_path: PurePath, files: Files) -> bool:
    """Whether an instance of a config is a resources server, even an empty one; False for an unreadable config."""
    config = read_raw_config(config_path, files) or {}
    instances = (instance for instance in config.values() if is_mapping(instance))
    return any(is_mapping(instance.get(RESOURCES)) for instance in instances)
