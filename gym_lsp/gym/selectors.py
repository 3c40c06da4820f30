"""From the name of a component to its config, as the command line of NeMo Gym looks it up.

`--environment NAME` and its relatives select a config by a name, or by `name/variant`. The name of a folder is enough;
the files are not read, except those of benchmarks for a suggestion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.files import Files, Kind, absolute
from gym_lsp.gym.catalog import benchmark_names
from gym_lsp.gym.layout import CONFIG_FILENAME, MANIFEST_FILENAME
from gym_lsp.gym.release.run_options import RunOptions, Selector

_YAML = ".yaml"
_MANIFEST = PurePath(MANIFEST_FILENAME).stem


class Selected(Struct, frozen=True):
    """The config that a name selects. `shadowed` are the configs of later roots with the same name.

    `renamed_to` is the new name of an environment, or the new path of a config, if the given one is old.
    """

    path: PurePath
    shadowed: tuple[PurePath, ...] = ()
    renamed_to: str | None = None


class Unknown(Struct, frozen=True):
    """No search root has the config: `path`, relative to a root, with forward slashes.

    `known` are the names to choose from. They are variants of `component` if that is there, and components otherwise.
    `nearest` is the most similar one, as NeMo Gym suggests it.
    """

    path: str
    component: str | None
    known: tuple[str, ...]
    nearest: str | None


class Ambiguous(Struct, frozen=True):
    """Several roots have the config, and the release does not choose: before 0.5.1."""

    matches: tuple[PurePath, ...]


class Lookup(Struct, frozen=True):
    """Where and how a release looks up names. `path_aliases` are old config paths with their new paths."""

    files: Files
    roots: tuple[PurePath, ...]
    options: RunOptions
    path_aliases: Mapping[str, str]


def selector_roots(
    files: Files,
    options: RunOptions,
    *,
    search: Sequence[PurePath],
    install_root: PurePath | None,
    working_directory: PurePath,
    search_dirs: Iterable[PurePath],
) -> tuple[PurePath, ...]:
    """Return the folders in which names are looked up: `search`, or before 0.5.1 those in an order of their own."""
    if options.first_match_wins:
        return tuple(search)
    return _distinct(files, (*([install_root] if install_root else []), working_directory, *search_dirs))


def select(selector: Selector, value: str, lookup: Lookup) -> Selected | Unknown | Ambiguous:
    """Return the config that an option selects by a name. Mirrors `_asset_config_path`."""
    name, _, variant = value.partition("/")
    variant = variant or selector.default or name
    folder = f"{selector.folder}/{name}/{selector.subfolder}".rstrip("/")
    path = f"{folder}/{variant}{_YAML}"
    files, options = lookup.files, lookup.options
    if "/" in value and selector.option in options.nested:
        nested = [root / selector.folder / value / CONFIG_FILENAME for root in lookup.roots]
        found = _distinct(files, (each for each in nested if files.kind(each) is Kind.FILE))
        if found:
            return Selected(found[0], found[1:])
    found = _existing(lookup, path)
    if len(found) > 1 and not options.first_match_wins:
        return Ambiguous(found)
    if found:
        return Selected(found[0], found[1:])
    if selector.option == "environment" and value in options.environment_aliases:
        current = options.environment_aliases[value]
        chosen = select(selector, current, lookup)
        return Selected(chosen.path, chosen.shadowed, current) if isinstance(chosen, Selected) else chosen
    current = lookup.path_aliases.get(PurePath(path).as_posix())
    if current is not None and (found := _existing(lookup, current)):
        return Selected(found[0], (), current)
    return _unknown(selector, value, lookup, folder, path)


def selectable(selector: Selector, lookup: Lookup) -> tuple[str, ...]:
    """Return the names that an option accepts, sorted. The files are not read, so one of them need not be a config."""
    files = lookup.files
    found: set[str] = set()
    for folder in (root / selector.folder for root in lookup.roots):
        for name in _folders(files, folder):
            configs = files.entries(folder / name / selector.subfolder)
            stems = (each.name.removesuffix(_YAML) for each in configs if each.name.endswith(_YAML))
            usual = selector.default or name
            found.update(name if stem == usual else f"{name}/{stem}" for stem in stems if stem != _MANIFEST)
            if selector.option in lookup.options.nested:
                nested = _folders(files, folder / name)
                having = (each for each in nested if files.kind(folder / name / each / CONFIG_FILENAME) is Kind.FILE)
                found.update(f"{name}/{each}" for each in having)
    return tuple(sorted(found))


def _folders(files: Files, folder: PurePath) -> tuple[str, ...]:
    entries = files.entries(folder)
    return tuple(each.name for each in entries if each.kind is Kind.DIRECTORY and not each.name.startswith("."))


def _existing(lookup: Lookup, path: str) -> tuple[PurePath, ...]:
    candidates = (root / path for root in lookup.roots)
    return _distinct(lookup.files, (each for each in candidates if lookup.files.kind(each) is not None))


def _distinct(files: Files, paths: Iterable[PurePath]) -> tuple[PurePath, ...]:
    """Return the paths without those that lead to the same file as an earlier one.

    NeMo Gym returns the real paths. These are as they were found, so that a link is judged by its place.
    """
    distinct: dict[PurePath, PurePath] = {}
    for path in paths:
        distinct.setdefault(files.resolve(path), absolute(path))
    return tuple(distinct.values())


def _unknown(selector: Selector, value: str, lookup: Lookup, folder: str, path: str) -> Unknown:
    from difflib import get_close_matches  # costs a millisecond that only a mistake should pay

    def nearest(name: str, known: Iterable[str]) -> str | None:
        return next(iter(get_close_matches(name, list(known), n=1)), None)

    files = lookup.files
    if selector.option == "benchmark" and lookup.options.lists_benchmarks:
        folders = (root / selector.folder for root in lookup.roots)
        known = sorted({name for each in folders for name in benchmark_names(each, files)})
        # The name of a folder that only groups benchmarks is not a benchmark itself.
        below = [name for name in known if name.startswith(f"{value}/")]
        return Unknown(path, None, tuple(known), min(below, key=len) if below else nearest(value, known))
    name, _, variant = value.partition("/")
    entries = [entry for root in lookup.roots for entry in files.entries(root / folder)]
    variants = sorted({entry.name.removesuffix(_YAML) for entry in entries if entry.name.endswith(_YAML)})
    if variants:
        wanted = variant or selector.default or name
        return Unknown(path, name, tuple(variants), nearest(wanted, variants))
    entries = [entry for root in lookup.roots for entry in files.entries(root / selector.folder)]
    components = sorted({entry.name for entry in entries if entry.kind is Kind.DIRECTORY})
    return Unknown(path, None, tuple(components), nearest(name, components))
