"""A training recipe: its own file over those that its `defaults` name, and the run that it embeds.

Mirrors NeMo RL's `load_config_with_inheritance`, `merge_with_override` and `OmegaConf.to_container(resolve=True)`, and
what `NemoGym._spinup` does to the embedded mapping before NeMo Gym's parser reads it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.compose.config import (
    Array,
    Config,
    Leaf,
    Marks,
    Origin,
    Provenance,
    Table,
    at,
    leaves,
    lift,
    marks_of,
    rekeyed,
    table,
)
from gym_lsp.compose.interpolate import FROM_ENVIRONMENT, Interpolator
from gym_lsp.compose.merge import Dereference, merge
from gym_lsp.compose.overrides import Overrides
from gym_lsp.compose.problem import (
    Conflict,
    GrammarBroken,
    IncludeOutside,
    IncludeUnreadable,
    InterpolationProblem,
    Malformed,
    Problem,
    RecipeCycle,
    RecipeDefaultsInvalid,
    RecipeNotFound,
    RootNotMapping,
)
from gym_lsp.compose.source import ConfigFile, Configs, as_recipe
from gym_lsp.files import Files, Kind, Outside, Unreadable, absolute
from gym_lsp.gym.embedding import OVERRIDE_MARKER, RECIPE_DEFAULTS, RESOLVERS, Embedding
from gym_lsp.gym.layout import CONFIG_PATHS
from gym_lsp.syntax import Atom, KeyPath, Scalar, parse
from gym_lsp.syntax.interpolation import fails_on_load, parse_template

_DEEPEST = 100
"""Recipes that lead to recipes. A longer chain is treated as a cycle."""
_DEEPEST_VALUE = 32
"""Interpolations of mappings that lead to interpolations of mappings."""
_UNKNOWN = f"${{oc.decode:'{FROM_ENVIRONMENT}'}}"
_MOST_MERGES = 1_000
"""Recipes that are merged into one."""
_LARGEST = 100_000
"""Values that interpolations of mappings and lists can make."""


class Recipe(Struct, frozen=True, eq=False):
    """A recipe as its framework reads it.

    `files` are the recipe and all that its `defaults` lead to, in the order of merging, so that it is the last one.
    `config` is their merge with its interpolations, `embedded` the run as NeMo Gym's parser gets it, and `own` the same
    mapping before the framework changed it; None if there is none.
    """

    path: PurePath
    files: tuple[ConfigFile, ...]
    config: Table
    embedded: Table
    own: Table | None
    problems: tuple[Problem, ...]
    embedding: Embedding

    @property
    def is_one(self) -> bool:
        """Whether it is a recipe at all: it embeds a run or a part of one, or switches one on."""
        return self.own is not None or self.is_switched_on

    @property
    def is_switched_on(self) -> bool:
        """Whether the framework is to use the embedded run."""
        switch = at(self.config, self.embedding.switch) if self.embedding.switch else None
        return isinstance(switch, Leaf) and bool(switch.value) and not switch.is_missing

    @property
    def has_run(self) -> bool:
        """Whether it embeds a run: a mapping with `config_paths`."""
        return self.own is not None and CONFIG_PATHS in self.own.entries


def read_recipe(
    path: PurePath, configs: Configs, files: Files, variables: Collection[str], embedding: Embedding
) -> Recipe:
    """Read a recipe. Does not raise: what cannot be read is a problem, and is left out.

    `variables` are the names of the environment variables that are set.
    """
    reading = _Reading(configs, files, variables)
    config = reading.read(path, None, {})
    return _finished(path, tuple(reading.files.values()), config, reading.problems, variables, embedding)


def _finished(
    path: PurePath,
    files: tuple[ConfigFile, ...],
    config: Table,
    problems: Iterable[Problem],
    variables: Collection[str],
    embedding: Embedding,
) -> Recipe:
    """Return the recipe of a merged configuration: with its interpolations replaced, and the run that it embeds."""
    interpolator = Interpolator(config, variables, RESOLVERS)
    problems = (*problems, *_unresolved(config, interpolator))
    own = at(config, embedding.path)
    if not isinstance(own, Table):
        return Recipe(path, files, config, _nothing(config), None, problems, embedding)
    resolved = _Resolving(interpolator).value(own, embedding.path)
    assert isinstance(resolved, Table)
    return Recipe(path, files, config, _given(resolved, embedding), own, problems, embedding)


def overridden(recipe: Recipe, overrides: Overrides, variables: Collection[str]) -> Recipe:
    """Return a recipe with values from the command line of its framework."""
    kept = [problem for problem in recipe.problems if not isinstance(problem, InterpolationProblem)]
    base = recipe.config
    for path in overrides.deleted:
        base = _without_path(base, path)
    merged = merge(base, overrides.table, _dereferencing(variables))
    kept.extend(Conflict(each.upper, each.path, each.lower) for each in merged.conflicts)
    return _finished(recipe.path, recipe.files, merged.config, kept, variables, recipe.embedding)


class _Reading:
    """One recipe that is being read, with everything that its `defaults` lead to."""

    def __init__(self, configs: Configs, files: Files, variables: Collection[str]) -> None:
        self._configs = configs
        self._disk = files
        self._variables = variables
        self._merged: dict[PurePath, Table] = {}
        self._merges = 0
        self.files: dict[PurePath, ConfigFile] = {}
        self.problems: list[Problem] = []

    def read(self, path: PurePath, item: Leaf | None, trail: Mapping[PurePath, Leaf]) -> Table:
        """Return a recipe merged over its defaults.

        `item` names it, and `trail` are the recipes that lead to it, each with the entry that does.
        """
        if path in self._merged:
            return self._merged[path]
        file = self._load(path, item)
        if file is None:
            return _empty(path)
        listed = file.config.get(RECIPE_DEFAULTS)
        own = _without(file.config, RECIPE_DEFAULTS)
        merged = own
        if listed is not None:
            merged = table({}, own.origin, own.key, own.node)
            for entry in self._defaults(file.config, listed):
                self._merges += 1
                if self._merges > _MOST_MERGES:
                    why = f"gym-lsp reads at most {_MOST_MERGES} recipes for one"
                    self.problems.append(IncludeUnreadable(entry, str(entry.value), path, why, is_directory=False))
                    break
                below = absolute(str(entry.value), path.parent)
                steps = {**trail, path: entry}
                if below in steps or len(steps) > _DEEPEST:
                    # The entry that begins the circle is the one to change.
                    first = steps.get(below, entry)
                    self.problems.append(RecipeCycle(first, str(first.value), (*steps, below)))
                    continue
                merged = self._over(merged, self.read(below, entry, steps))
            merged = self._over(merged, own)
        self.files[path] = file
        self._merged[path] = merged
        return merged

    def _load(self, path: PurePath, item: Leaf | None) -> ConfigFile | None:
        kind = self._disk.kind(path)
        if kind is None and item is not None:
            self.problems.append(RecipeNotFound(item, str(item.value), path))
            return None
        try:
            file = as_recipe(self._configs.load(path))
        except Outside:
            if item is not None:
                self.problems.append(IncludeOutside(item, str(item.value), path))
            return None
        except Unreadable as error:
            if item is not None:
                is_directory = kind is Kind.DIRECTORY
                self.problems.append(IncludeUnreadable(item, str(item.value), path, error.reason, is_directory))
            return None
        self.problems.extend(Malformed(file.config, path, problem) for problem in file.document.problems)
        self.problems.extend(self._broken(file.config))
        if not file.root_is_mapping:
            self.problems.append(RootNotMapping(file.config))
        return file

    def _broken(self, config: Table) -> Iterator[Problem]:
        """Yield the texts that break the grammar of OmegaConf, which it checks when it loads a file."""
        for path, leaf in leaves(config, marked=int(Marks.INTERPOLATION)):
            template = parse_template(str(leaf.value))
            if template.errors and fails_on_load(template):
                outcome = Interpolator(config, self._variables, RESOLVERS).resolve(leaf, path)
                if isinstance(outcome, GrammarBroken):
                    yield outcome

    def _defaults(self, config: Table, listed: Config) -> Iterator[Leaf]:
        """Yield the entries of `defaults`. Interpolations are resolved within their file."""
        if isinstance(listed, Leaf):
            items: tuple[tuple[KeyPath, Config], ...] = (((RECIPE_DEFAULTS,), listed),)
        elif isinstance(listed, Array):
            items = tuple(((RECIPE_DEFAULTS, index), item) for index, item in enumerate(listed.items))
        else:
            items = ()
            self.problems.append(RecipeDefaultsInvalid(listed))
        for path, item in items:
            found: Config | Problem = item
            if isinstance(item, Leaf) and item.is_interpolation:
                found = Interpolator(config, self._variables, RESOLVERS).resolve(item, path)
            if isinstance(found, Problem):
                self.problems.append(found)
            elif not isinstance(found, Leaf) or not isinstance(found.value, str) or found.is_missing:
                self.problems.append(RecipeDefaultsInvalid(item))
            elif FROM_ENVIRONMENT not in found.value:
                yield Leaf(found.value, item.origin, item.key, item.node, None, 0)

    def _over(self, base: Table, upper: Table) -> Table:
        """Merge a recipe over those below it. Mirrors `merge_with_override`."""
        lower = dict(base.entries)
        entries = dict(upper.entries)
        for key, value in upper.entries.items():
            marker = value.get(OVERRIDE_MARKER) if isinstance(value, Table) else None
            if isinstance(value, Table) and marker is not None and _is_true(marker):
                entries[key] = _without(value, OVERRIDE_MARKER)
                lower.pop(key, None)
        base = table(lower, base.origin, base.key, base.node, base.overridden)
        upper = table(entries, upper.origin, upper.key, upper.node, upper.overridden)
        merged = merge(base, upper, _dereferencing(self._variables))
        self.problems.extend(Conflict(each.upper, each.path, each.lower) for each in merged.conflicts)
        return merged.config


def _dereferencing(variables: Collection[str]) -> Dereference:
    def dereference(root: Table, leaf: Leaf, path: KeyPath) -> Config | None:
        return Interpolator(root, variables, RESOLVERS).dereference(leaf, path)

    return dereference


def _is_true(marker: Config) -> bool:
    """Return whether a value is true in Python."""
    if isinstance(marker, Leaf):
        return bool(marker.value)
    return bool(marker.entries if isinstance(marker, Table) else marker.items)


def _without_path(config: Table, path: KeyPath) -> Table:
    first, *rest = path
    below = config.entries.get(first)
    if not rest or not isinstance(below, Table):
        return config if rest else _without(config, first)
    entries = {**config.entries, first: _without_path(below, tuple(rest))}
    return table(entries, config.origin, config.key, config.node, config.overridden)


def _without(config: Table, key: Atom) -> Table:
    if key not in config.entries:
        return config
    entries = {name: value for name, value in config.entries.items() if name != key}
    return table(entries, config.origin, config.key, config.node, config.overridden)


def _empty(path: PurePath) -> Table:
    return table({}, Origin(path, ""), None, Scalar(0, 0, None, "", None))


def _nothing(config: Table) -> Table:
    return table({}, config.origin, None, config.node)


# The embedded run


def _unresolved(config: Table, interpolator: Interpolator) -> Iterator[Problem]:
    """Yield the interpolations of a recipe that have no value. The framework resolves all of them."""
    for path, leaf in leaves(config, marked=int(Marks.INTERPOLATION)):
        outcome = interpolator.resolve(leaf, path)
        if isinstance(outcome, Problem):
            yield outcome


class _Resolving:
    """Replaces interpolations by their values.

    What has no value, or one that is known only when the program starts, becomes an interpolation that NeMo Gym's
    composition takes as unknown. Mappings that refer to mappings can double with each line, so there is a limit, beyond
    which they are unknown, too.
    """

    def __init__(self, interpolator: Interpolator) -> None:
        self._interpolator = interpolator
        self._left = _LARGEST
        self._depth = 0

    def value(self, config: Config, path: KeyPath) -> Config:
        if not config.marks & int(Marks.INTERPOLATION):
            return config
        match config:
            case Leaf():
                return self._followed(config, path)
            case Table():
                entries = {key: self.value(each, (*path, str(key))) for key, each in config.entries.items()}
                return table(entries, config.origin, config.key, config.node, config.overridden)
            case Array():
                items = tuple(self.value(item, (*path, index)) for index, item in enumerate(config.items))
                return _array(items, config)

    def _followed(self, leaf: Leaf, path: KeyPath) -> Config:
        found = self._interpolator.find(leaf, path)
        if found is None or self._left <= 0 or self._depth > _DEEPEST_VALUE:
            return _with_value(leaf, _UNKNOWN)
        value = found.config
        if isinstance(value, Leaf):
            is_unknown = isinstance(value.value, str) and FROM_ENVIRONMENT in value.value
            return _with_value(leaf, _UNKNOWN if is_unknown else value.value)
        # Two mappings can contain each other by interpolations.
        self._depth += 1
        followed = self.value(value, found.path)
        self._depth -= 1
        return self._placed(followed, leaf)

    def _placed(self, value: Config, leaf: Leaf) -> Config:
        """Return a value at the place of the interpolation that leads to it, which is what its author can change."""
        self._left -= 1
        match value:
            case Leaf():
                return Leaf(value.value, leaf.origin, leaf.key, leaf.node, leaf.overridden, value.marks)
            case Table():
                entries = {key: self._placed(each, leaf) for key, each in value.entries.items()}
                return table(entries, leaf.origin, leaf.key, leaf.node, leaf.overridden)
            case Array():
                return _array(tuple(self._placed(item, leaf) for item in value.items), leaf)


def _with_value(leaf: Leaf, value: Atom) -> Leaf:
    return Leaf(value, leaf.origin, leaf.key, leaf.node, leaf.overridden, marks_of(value))


def _array(items: tuple[Config, ...], at: Config) -> Array:
    marks = 0
    for item in items:
        marks |= item.marks
    return Array(items, at.origin, at.key, at.node, at.overridden, marks)


def _given(config: Table, embedding: Embedding) -> Table:
    """Return the embedded mapping as the framework gives it to NeMo Gym."""
    entries: dict[Atom, Config] = {key: value for key, value in config.entries.items() if key not in embedding.removed}
    for key, value in _set_by(embedding).entries.items():
        before = entries.get(key)
        entries[key] = value if before is None else rekeyed(value, value.key, before)
    return table(entries, config.origin, config.key, config.node, config.overridden)


@lru_cache(maxsize=16)
def _set_by(embedding: Embedding) -> Table:
    """Return the values that a framework sets whatever a recipe contains."""
    text = "".join(f"{key}: {value}\n" for key, value in embedding.replaced)
    text = text.replace("?", FROM_ENVIRONMENT)
    document = parse(text)
    assert document.root is not None
    config = lift(document.root, Origin(PurePath(f"<{embedding.name}>"), text, Provenance.GENERATED))
    assert isinstance(config, Table)
    return config
