"""The catalog: every environment and every benchmark of the search roots, with what is known about each.

Since 0.6.0. A root is searched in three places: `environments/`, `benchmarks/`, and those configs of
`resources_servers/` that bring an agent and datasets along. In the first two a manifest speaks for its config, and
a config without one speaks for itself. A manifest that is not valid is passed over, so that its config speaks for
itself again, and is reported beside the entries; where it only lies in the wrong place, NeMo Gym gives up the list.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import Literal, TypeAlias

from msgspec import Struct

from gym_lsp.files import Disk, Files, Kind, Unreadable, walk
from gym_lsp.gym.discovery.config_metadata import LISTED_SERVER_TYPES, Compose, flavors_in, metadata_in, read_metadata
from gym_lsp.gym.discovery.default_roots import PARENT_DIR
from gym_lsp.gym.discovery.raw_config import Unparseable, Written, is_mapping, items_of, load_yaml, server_blocks
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
"""Marks the folder of an environment that lives on under another name; it is not listed."""

CatalogStatus: TypeAlias = Literal["experimental", "no-manifest"]
_FALSE = ("0", "off", "f", "false", "n", "no")
_Key: TypeAlias = tuple[str, str]
"""Kind and name: two entries may share the name but not both."""


class CatalogEntry(Struct, frozen=True):
    """An environment or a benchmark that can be run by its name.

    The fields from `version` on are known from a manifest alone. `status` is None for a manifest that is not
    experimental. `resources_server_selector` is set where the config lies beside a resources server: it is what
    `--resources-server` takes.
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
    """A manifest that the catalog passes over, and why. `reason` is set where its text cannot even be read."""

    path: Path
    problems: tuple[ManifestProblem, ...]
    reason: str | None = None


class Catalog(Struct, frozen=True):
    """Entries by name, upper and lower case aside, and the manifests that are not valid, by path."""

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
    """The catalog of the search roots; of two entries of one kind and name, that of the earlier root wins.

    `compose` is asked where a config does not itself say its domain and description. Without manifests the listing
    is that of 0.5.1, which knew neither them nor the configs beside resources servers.
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
    """One of the two catalog folders of a root, with the YAML files below it."""

    def __init__(self, folder: Path, files: Files) -> None:
        self.folder = folder
        self.files = files
        self.kind: CatalogKind = CATALOG_FOLDERS[folder.name]
        self.paths = [Path(path) for path in sorted(walk(files, folder, (".yaml",)))]

    def is_retired(self, path: Path) -> bool:
        """Whether the environment that a file belongs to lives on under another name."""
        if self.kind != "environment":
            return False
        folder = self.folder / path.relative_to(self.folder).parts[0]
        return self.files.kind(folder / ENVIRONMENT_TOMBSTONE_FILENAME) is Kind.FILE


def _manifest_entries(tree: _Tree, earlier: Container[_Key]) -> Iterator[CatalogEntry | InvalidManifest]:
    """What the manifests of a folder say, but for those whose place is taken by an earlier root."""
    for path in tree.paths:
        if path.name != MANIFEST_FILENAME or tree.is_retired(path):
            continue
        name = path.parent.relative_to(tree.folder).as_posix()
        if (tree.kind, name) not in earlier:
            yield _read_manifest(tree, path, name)


def _read_manifest(tree: _Tree, path: Path, name: str) -> CatalogEntry | InvalidManifest:
    try:
        written = load_yaml(path, tree.files)
    except (Unreadable, Unparseable) as error:
        return InvalidManifest(path, (), str(error))
    problems = check_manifest(written)
    if is_mapping(written):
        problems += check_place(written, path, tree.folder, tree.kind, tree.files)
        if not problems:
            return _entry_of_manifest(written, path, name, tree.kind)
    return InvalidManifest(path, problems)


def _config_entries(tree: _Tree, found: list[CatalogEntry], compose: Compose | None) -> Iterator[CatalogEntry]:
    """The configs of a folder that speak for themselves: neither their name nor their file is among `found`."""
    names = {(entry.kind, entry.name) for entry in found}
    spoken_for = {tree.files.resolve(entry.config_path) for entry in found}
    for path in tree.paths:
        name = _name_of_config(tree, path)
        if name is None or (tree.kind, name) in names or tree.files.resolve(path) in spoken_for:
            continue
        domain, description = read_metadata(path, tree.files, compose)
        yield CatalogEntry(name, tree.kind, path, path.parent, description, domain)


def _name_of_config(tree: _Tree, path: Path) -> str | None:
    """The name that a config is run by, None if it is not run by itself.

    An environment is the `config.yaml` of a folder. A benchmark is any file, however deep, with exactly one
    benchmark dataset; several would make it a suite of benchmarks, which has no name of its own.
    """
    inside = path.relative_to(tree.folder)
    is_config = len(inside.parts) == 2 and inside.name == ENVIRONMENT_CONFIG_FILENAME
    if tree.kind == "environment":
        return inside.parts[0] if is_config and not tree.is_retired(path) else None
    is_hidden = any(part.startswith(".") for part in inside.parts)
    if is_hidden or inside.name == MANIFEST_FILENAME or not _is_benchmark(path, tree.files):
        return None
    return inside.parts[0] if is_config else inside.with_suffix("").as_posix()


def _is_benchmark(path: Path, files: Files) -> bool:
    """Whether a config has exactly one benchmark dataset; one that is broken is taken for a benchmark."""
    try:
        return _count_benchmarks(load_yaml(path, files)) == 1
    except Unparseable:
        return True
    except Unreadable:
        return False


def _count_benchmarks(value: object) -> int:
    """How many mappings of a config say `type: benchmark`, wherever they are."""
    if is_mapping(value):
        return (value.get(TYPE) == BENCHMARK) + sum(map(_count_benchmarks, value.values()))
    return sum(map(_count_benchmarks, items_of(value)))


def _workload_entries(servers_dir: Path, earlier: Container[_Key], files: Files) -> Iterator[CatalogEntry]:
    """The configs beside resources servers that could be run as they are.

    Where an environment or benchmark has the name of the config itself, that one has replaced it.
    """
    for flavor in flavors_in(servers_dir, files):
        try:
            written = load_yaml(flavor.config_path, files)
        except (Unreadable, Unparseable):
            continue
        kind = _workload_kind(written)
        if kind is not None and (kind, flavor.name.rpartition("/")[2]) not in earlier:
            domain, description = metadata_in(written)
            yield CatalogEntry(
                f"{servers_dir.name}/{flavor.name}",
                kind,
                flavor.config_path,
                flavor.path,
                description,
                domain,
                resources_server_selector=flavor.name,
            )


def _entry_of_manifest(manifest: Written, path: Path, name: str, kind: CatalogKind) -> CatalogEntry:
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


def _workload_kind(written: object) -> CatalogKind | None:
    """What a config is by the datasets of its agents; None without a resources server or without a dataset."""
    servers = list(server_blocks(written, LISTED_SERVER_TYPES))
    if all(server.server_type != RESOURCES for server in servers):
        return None
    agents = (server.block for server in servers if server.server_type == AGENTS)
    datasets = [dataset for agent in agents for dataset in items_of(agent.get(DATASETS)) if is_mapping(dataset)]
    if not datasets:
        return None
    return "benchmark" if any(dataset.get(TYPE) == BENCHMARK for dataset in datasets) else "environment"
