"""What the registries of newer releases share: several search roots, and what a config says of its servers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple, TypeVar

from msgspec import Struct

from gym_lsp.files import Files, Kind
from gym_lsp.gym.discovery.raw_config import read_written, server_blocks
from gym_lsp.gym.layout import AGENTS, DOMAIN, ENVIRONMENTS, MODELS, RESOURCES

_Entry = TypeVar("_Entry")

LISTED_SERVER_TYPES = (RESOURCES, AGENTS, MODELS, ENVIRONMENTS)
"""The server types in the order in which a listing asks them for domain and description."""

Compose = Callable[[PurePath], object]
"""Gives the composed configuration of a config as plain values, or anything else where it cannot be composed."""


class Metadata(NamedTuple):
    """What a config says of itself, for a list of configs."""

    domain: str | None = None
    description: str | None = None

    def or_else(self, other: Metadata) -> Metadata:
        """With what is not known taken from `other`."""
        domain = other.domain if self.domain is None else self.domain
        return Metadata(domain, other.description if self.description is None else self.description)


def metadata_in(written: object) -> Metadata:
    """The first domain and the first description that any server of a config has, empty ones left out."""
    found = Metadata()
    for server in server_blocks(written, LISTED_SERVER_TYPES):
        domain, description = server.block.get(DOMAIN), server.block.get("description")
        found = found.or_else(Metadata(str(domain) if domain else None, str(description) if description else None))
    return found


def read_metadata(config_path: PurePath, files: Files, compose: Compose | None = None) -> Metadata:
    """What a config says of itself, and where that is not all, what it says once it is composed.

    NeMo Gym's `read_config_metadata`. Composing lies above this layer, so it is handed in; without it only the
    config's own text is asked.
    """
    own = metadata_in(read_written(config_path, files))
    if compose is None or None not in own:
        return own
    return own.or_else(metadata_in(compose(config_path)))


def across_roots(
    roots: Sequence[PurePath], folder: str, discover: Callable[[Path], Mapping[str, _Entry]]
) -> dict[str, _Entry]:
    """What `discover` finds in that folder of each search root; of two entries of a name, that of the earlier root."""
    found: dict[str, _Entry] = {}
    for root in roots:
        for name, entry in discover(Path(root) / folder).items():
            found.setdefault(name, entry)
    return found


class Flavor(Struct, frozen=True):
    """One config of a component that ships several.

    `name` is that of the component's folder for the config of the same name, and `folder/config` for the others.
    """

    name: str
    component: str
    path: Path
    config_path: Path


def flavors_in(components_dir: Path, files: Files) -> list[Flavor]:
    """Every `<component>/configs/<flavor>.yaml` below a folder, sorted; deeper folders are not looked at."""
    flavors: list[Flavor] = []
    for component in files.entries(components_dir):
        path = components_dir / component.name
        for config in files.entries(path / "configs"):
            if config.kind is Kind.FILE and config.name.endswith(".yaml"):
                stem = config.name.removesuffix(".yaml")
                name = component.name if stem == component.name else f"{component.name}/{stem}"
                flavors.append(Flavor(name, component.name, path, path / "configs" / config.name))
    return flavors
