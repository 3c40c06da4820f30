"""The resources servers of a tree, by the names that `--resources-server` takes.

Since 0.5.1. Each config below `resources_servers/` that holds a resources server is one; configs of judges and
other companions lie in the same folders and are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from gym_lsp.files import Disk, Files
from gym_lsp.gym.discovery.config_metadata import Compose, across_roots, flavors_in, read_metadata
from gym_lsp.gym.discovery.default_roots import PARENT_DIR
from gym_lsp.gym.discovery.raw_config import is_mapping, read_written
from gym_lsp.gym.layout import RESOURCES

RESOURCES_SERVERS_SUBDIR = RESOURCES


@dataclass(frozen=True)
class ResourcesServerEntry:
    """A resources server: its name, its config, its folder, and what it says of itself."""

    name: str
    config_path: Path
    path: Path
    description: str | None = None
    domain: str | None = None


def discover_resources_servers(
    roots: Sequence[PurePath] = (PARENT_DIR,), *, files: Files | None = None, compose: Compose | None = None
) -> dict[str, ResourcesServerEntry]:
    """Every resources server of the search roots by its name; earlier roots win.

    `compose` is asked where a config does not itself say its domain and description.
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
    """Whether some instance of a config is a resources server; an empty one counts, an unreadable config does not."""
    written = read_written(config_path, files) or {}
    instances = (instance for instance in written.values() if is_mapping(instance))
    return any(is_mapping(instance.get(RESOURCES)) for instance in instances)
