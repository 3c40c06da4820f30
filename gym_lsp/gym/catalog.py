"""The catalog: the environments and benchmarks of the search roots. Since 0.6.0.

A root has entries in three places: `environments/`, `benchmarks/`, and the configs of `resources_servers/` that also
have an agent and datasets. In `environments/` and `benchmarks/`, the data of an entry come from its manifest or, if it
has none, from its config. The catalog reports invalid manifests and lists their configs as if they had none. NeMo Gym
does the same, but its listing fails if a manifest is only in the wrong place.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import Literal, TypeAlias

from msgspec import Struct

from gym_lsp.files import Disk, Files, Kind, Unreadable, walk
from gym_lsp.gym.discovery.config_metadata import LISTED_SERVER_TYPES, Compose, flavors_in, metadata_in, read_metadata
from gym_lsp.gym.discovery.default_roots import PARENT_DIR
from gym_lsp.gym.discovery.raw_config import RawMapping, Unparseable, is_mapping, items_of, load_yaml, server_blocks
from gym_lsp.gym.layout import AGENTS, BENCHMARK, DATASETS, DOMAIN, MANIFEST_FILENAME, RESOURCES, TYPE
from gym_lsp.gym.manifest import (
    CATALOG_FOLDERS,
    CatalogKind,
    ManifestProblem,
    check_manifest,
    check_place,
    manifest_config_path,
)
from gym_lsp.gym.registry import ENVIRONMENT_CONFIG_FILENAME
from gym_lsp.gym.resources_server_registry import RESOURCES_SERVERS_SUBDIR

ENVIRONMENT_TOMBSTONE_FILENAME = ".nemo_gym_tombstone"
"""A file that marks the folder of a renamed environment, which is not listed."""

CatalogStatus: TypeAlias = Literal["experimental", "no-manifest"]
_FALSE = ("0", "off", "f", "false", "n", "no")
_Key: TypeAlias = tuple[str, str]
"""Kind and name, which identify an entry together."""


class CatalogEntry(Struct, frozen=True):
    """An environment or a benchmark that can be run by its name.

    `status` is None for a manifest that is not experimental. `resources_server_selector` is the name for
    `--resources-server` if the config belongs to a resources server. The fields from `version` on need a manifest.
    """

    name: str
    kind: CatalogKind
    config_path: Path
    path: Path
    description: str | None = None
    domain: str | None = None
    status: CatalogStatus | None = "no-manifest"
    resources_server_selector: str | None = None
    manifest_path: Path | None = None
    version: str | None = None
    integration_profile: str | None = None
    modality: str | None = None
    licensing: str | None = None
    lifecycle: str | None = None


class InvalidManifest(Struct, frozen=True):
    """An invalid manifest. It has `problems`, or a `reason` if its text cannot be read."""

    path: Path
    problems: tuple[ManifestProblem, ...]
    reason: str | None = None


class Catalog(Struct, frozen=True):
    """The entries, sorted by name without regard to case, and the invalid manifests."""

    entries: tuple[CatalogEntry, ...]
    invalid_manifests: tuple[InvalidManifest, ...]

    def of_kind(self, kind: CatalogKind) -> tuple[CatalogEntry, ...]:
        return tuple(entry for entry in self.entries if entry.kind == kind)


def discover_catalog(
    roots: Sequence[PurePath] = (PARENT_DIR,),
    *,
    files: Files | None = None,
    compose: Compose | None = None,
    with_manifests: bool = True,
) -> Catalog:
    """Return the catalog of the search roots. For each kind and name, the entry of the earliest root wins.

    `compose` serves for configs whose text lacks domain or description. `with_manifests=False` gives the listing of
    0.5.1, which has neither manifests nor configs of resources servers. Mirrors `discover_environment_catalog`.
    """
    disk = files or Disk()
    entries: dict[_Key, CatalogEntry] = {}
    invalid: list[InvalidManifest] = []
    for root in map(Path, roots):
        for folder in CATALOG_FOLDERS:
            tree = _Tree(root / folder, disk)
            if with_manifests:
                found = [*_manifest_entries(tree, frozenset(entries))]
                invalid.extend(each for each in found if isinstance(each, InvalidManifest))
                _add(entries, (each for each in found if isinstance(each, CatalogEntry)))
            _add(entries, _config_entries(tree, list(entries.values()), compose))
        if with_manifests:
            _add(entries, _workload_entries(root / RESOURCES_SERVERS_SUBDIR, frozenset(entries), disk))
    in_order = sorted(entries.values(), key=lambda entry: (entry.name.casefold(), entry.name, entry.kind))
    return Catalog(tuple(in_order), tuple(invalid))


def _add(entries: dict[_Key, CatalogEntry], found: Iterable[CatalogEntry]) -> None:
    for entry in found:
        entries.setdefault((entry.kind, entry.name), entry)


class _Tree:
    """A catalog folder of a root (`environments` or `benchmarks`) with the YAML files below it."""

    def __init__(self, folder: Path, files: Files) -> None:
        self.folder = folder
        self.files = files
        self.kind: CatalogKind = CATALOG_FOLDERS[folder.name]
        self.paths = [Path(path) for path in sorted(walk(files, folder, (".yaml",)))]

    def is_retired(self, path: Path) -> bool:
        """Whether the environment of a file was renamed."""
        if self.kind != "environment":
            return False
        folder = self.folder / path.relative_to(self.folder).parts[0]
        return self.files.kind(folder / ENVIRONMENT_TOMBSTONE_FILENAME) is Kind.FILE


def _manifest_entries(tree: _Tree, earlier: Container[_Key]) -> Iterator[CatalogEntry | InvalidManifest]:
    """Yield the entries of the manifests in a folder, except those that an earlier root already has."""
    for path in tree.paths:
        if path.name != MANIFEST_FILENAME or tree.is_retired(path):
            continue
        name = path.parent.relative_to(tree.folder).as_posix()
        if (tree.kind, name) not in earlier:
            yield _read_manifest(tree, path, name)


def _read_manifest(tree: _Tree, path: Path, name: str) -> CatalogEntry | InvalidManifest:
    try:
        manifest = load_yaml(path, tree.files)
    except (Unreadable, Unparseable) as error:
        return InvalidManifest(path, (), str(error))
    problems = check_manifest(manifest)
    if is_mapping(manifest):
        problems += check_place(manifest, path, tree.folder, tree.kind, tree.files)
        if not problems:
            return _entry_of_manifest(manifest, path, name, tree.kind)
    return InvalidManifest(path, problems)


def _config_entries(tree: _Tree, found: list[CatalogEntry], compose: Compose | None) -> Iterator[CatalogEntry]:
    """Yield the entries of configs in a folder whose name and file are not in `found`."""
    names = {(entry.kind, entry.name) for entry in found}
    listed = {tree.files.resolve(entry.config_path) for entry in found}
    for path in tree.paths:
        name = _name_of_config(tree, path)
        if name is None or (tree.kind, name) in names or tree.files.resolve(path) in listed:
            continue
        domain, description = read_metadata(path, tree.files, compose)
        yield CatalogEntry(name, tree.kind, path, path.parent, description, domain)


def _name_of_config(tree: _Tree, path: Path) -> str | None:
    """Return the name of an environment or benchmark by its config, or None if the config is neither.

    An environment is the `config.yaml` of a folder. A benchmark is a file at any depth with exactly one benchmark
    dataset. A config with several benchmark datasets is a suite, which has no name.
    """
    inside = path.relative_to(tree.folder)
    is_config = len(inside.parts) == 2 and inside.name == ENVIRONMENT_CONFIG_FILENAME
    if tree.kind == "environment":
        return inside.parts[0] if is_config and not tree.is_retired(path) else None
    is_hidden = any(part.startswith(".") for part in inside.parts)
    if is_hidden or inside.name == MANIFEST_FILENAME or not _is_benchmark(path, tree.files):
        return None
    return inside.parts[0] if is_config else inside.with_suffix("").as_posix()


def benchmark_names(folder: PurePath, files: Files) -> list[str]:
    """Return the names of the benchmarks in a folder `benchmarks`. Mirrors `_benchmark_config_paths`."""
    tree = _Tree(Path(folder), files)
    return [name for path in tree.paths if (name := _name_of_config(tree, path)) is not None]


def _is_benchmark(path: Path, files: Files) -> bool:
    """Whether a config has exactly one benchmark dataset; True for a config with a syntax error."""
    try:
        return _count_benchmarks(load_yaml(path, files)) == 1
    except Unparseable:
        return True
    except Unreadable:
        return False


def _count_benchmarks(value: object) -> int:
    """Return the number of mappings with `type: benchmark`, at any depth."""
    if is_mapping(value):
        return (value.get(TYPE) == BENCHMARK) + sum(map(_count_benchmarks, value.values()))
    return sum(map(_count_benchmarks, items_of(value)))


def _workload_entries(servers_dir: Path, earlier: Container[_Key], files: Files) -> Iterator[CatalogEntry]:
    """Yield the configs of resources servers that can be run without another config.

    An environment or benchmark with the name of the config replaces it.
    """
    for flavor in flavors_in(servers_dir, files):
        try:
            config = load_yaml(flavor.config_path, files)
        except (Unreadable, Unparseable):
            continue
        kind = _workload_kind(config)
        if kind is not None and (kind, flavor.name.rpartition("/")[2]) not in earlier:
            domain, description = metadata_in(config)
            yield CatalogEntry(
                f"{servers_dir.name}/{flavor.name}",
                kind,
                flavor.config_path,
                flavor.path,
                description,
                domain,
                resources_server_selector=flavor.name,
            )


def _entry_of_manifest(manifest: RawMapping, path: Path, name: str, kind: CatalogKind) -> CatalogEntry:
    texts = {key: value.strip() for key, value in manifest.items() if isinstance(value, str)}
    experimental = manifest.get("experimental", True)
    is_experimental = experimental.lower() not in _FALSE if isinstance(experimental, str) else bool(experimental)
    return CatalogEntry(
        name,
        kind,
        Path(manifest_config_path(path, manifest)),
        path.parent,
        texts.get("description"),
        texts.get(DOMAIN),
        "experimental" if is_experimental else None,
        manifest_path=path,
        version=texts.get("version"),
        integration_profile=texts.get("integration_profile"),
        modality=texts.get("modality"),
        licensing=texts.get("licensing", "unknown"),
        lifecycle=texts.get("lifecycle", "active"),
    )


def _workload_kind(config: object) -> CatalogKind | None:
    """Return the kind of a config by the datasets of its agents; None without resources server or datasets."""
    servers = list(server_blocks(config, LISTED_SERVER_TYPES))
    if all(server.server_type != RESOURCES for server in servers):
        return None
    agents = (server.block for server in servers if server.server_type == AGENTS)
    datasets = [dataset for agent in agents for dataset in items_of(agent.get(DATASETS)) if is_mapping(dataset)]
    if not datasets:
        return None
    return "benchmark" if any(dataset.get(TYPE) == BENCHMARK for dataset in datasets) else "environment"
