"""Domain and description of a config, and lookup across search roots, as the registries since 0.5.1 do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple, TypeVar

from msgspec import Struct

from gym_lsp.files import Files, Kind
from gym_lsp.gym.discovery.raw_config import read_raw_config, server_blocks
from gym_lsp.gym.layout import AGENTS, DOMAIN, ENVIRONMENTS, MODELS, RESOURCES

_Entry = TypeVar("_Entry")

LISTED_SERVER_TYPES = (RESOURCES, AGENTS, MODELS, ENVIRONMENTS)
"""The server types in the order in which NeMo Gym looks for domain and description."""

Compose = Callable[[PurePath], object]
"""Returns the composed configuration of a config as plain values, or None if it cannot be composed."""


class Metadata(NamedTuple):
    """What a listing shows of a config."""

    domain: str | None = None
    description: str | None = None

    def or_else(self, other: Metadata) -> Metadata:
        """Return a copy whose missing values come from `other`."""
        domain = other.domain if self.domain is None else self.domain
        return Metadata(domain, other.description if self.description is None else self.description)


def metadata_in(config: object) -> Metadata:
    """Return the first domain and the first description of any server of a config; empty ones do not count."""
    found = Metadata()
    for server in server_blocks(config, LISTED_SERVER_TYPES):
        domain, description = server.block.get(DOMAIN), server.block.get("description")
        found = found.or_else(Metadata(str(domain) if domain else None, str(description) if description else None))
    return found


def read_metadata(config_path: PurePath, files: Files, compose: Compose | None = None) -> Metadata:
    """Return domain and description from the text of a config or, if one is missing, from the composed config.

    Mirrors `read_config_metadata`. Composing belongs to a higher layer, so the caller passes it in; without `compose`,
    only the text of the config counts.
    """
    own = metadata_in(read_raw_config(config_path, files))
    if compose is None or None not in own:
        return own
    return own.or_else(metadata_in(compose(config_path)))


def across_roots(
    roots: Sequence[PurePath], folder: str, discover: Callable[[Path], Mapping[str, _Entry]]
) -> dict[str, _Entry]:
    """Return what `discover` finds in a folder of each search root, by name; earlier roots win."""
    found: dict[str, _Entry] = {}
    for root in roots:
        for name, entry in discover(Path(root) / folder).items():
            found.setdefault(name, entry)
    return found


class Flavor(Struct, frozen=True):
    """One config of a component that may have several.

    `name` is the name of the component if the config has the same name, and `component/config` otherwise.
    """

    name: str
    component: str
    path: Path
    config_path: Path


def flavors_in(components_dir: Path, files: Files) -> list[Flavor]:
    """Return every `<component>/configs/<flavor>.yaml` below a folder, sorted; deeper folders do not count."""
    flavors: list[Flavor] = []
    for component in files.entries(components_dir):
        path = components_dir / component.name
        for config in files.entries(path / "configs"):
            if config.kind is Kind.FILE and config.name.endswith(".yaml"):
                stem = config.name.removesuffix(".yaml")
                name = component.name if stem == component.name else f"{component.name}/{stem}"
                flavors.append(Flavor(name, component.name, path, path / "configs" / config.name))
    return flavors
