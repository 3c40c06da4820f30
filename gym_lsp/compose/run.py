"""The composition of a run: its files merged into one configuration, and its problems.

Mirrors `GlobalConfigDictParser.parse` from the root configs to the server refs. NeMo Gym stops at the first error. This
continues, and omits problems that only follow from reported ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePath

from msgspec import Struct, field
from msgspec.structs import replace

from gym_lsp.compose.agents import (
    Agent,
    apply_agent_aliases,
    compose_unbound_agent,
    follow_inherited_agents,
    front_agents,
)
from gym_lsp.compose.blocks import as_written
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
    table,
    to_plain,
)
from gym_lsp.compose.consequences import is_incomplete, without_consequences
from gym_lsp.compose.directives import Transfer, apply_directives
from gym_lsp.compose.held_overrides import apply_held, hold_back
from gym_lsp.compose.include import Includes, discover
from gym_lsp.compose.interpolate import FROM_ENVIRONMENT, Interpolator
from gym_lsp.compose.merge import merge, merge_all
from gym_lsp.compose.overrides import COMMAND_LINE, CONFIG_FLAG, command_line, read_overrides
from gym_lsp.compose.pairing import check_agent_pairing, check_model_pairing
from gym_lsp.compose.problem import (
    AlmostServer,
    Conflict,
    EmbeddedRunAbsent,
    GrammarBroken,
    GroupInterpolated,
    IncludeOutside,
    IncludeUnknown,
    IncludeUnreadable,
    InterpolationProblem,
    Malformed,
    MissingValue,
    Problem,
    RootNotMapping,
    RootsMalformed,
    StandInAlone,
)
from gym_lsp.compose.recipe import Recipe, overridden
from gym_lsp.compose.refs import check_refs
from gym_lsp.compose.reserved import check_reserved
from gym_lsp.compose.servers import Judge, Server, implementations, looks_like_server
from gym_lsp.compose.source import ConfigFile, Configs
from gym_lsp.compose.stand_in import stand_in_for
from gym_lsp.files import Files, Outside, Unreadable
from gym_lsp.gym.layout import CONFIG_PATHS, DUMMY_MODEL, ENV_YAML, MODELS, is_field, is_top_level
from gym_lsp.gym.release.profile import Profile
from gym_lsp.gym.roots import SearchRoots
from gym_lsp.syntax import Atom, KeyPath, Scalar
from gym_lsp.syntax.interpolation import fails_on_load, parse_template


class Run(Struct, frozen=True):
    """The arguments of one command. `roots` are as given, relative to the search roots.

    With `sees_outside`, the content of files outside of the workspace is part of the composition, which must not be
    shown then. `recipe` is the training recipe that embeds the run, in the place of a command line.
    """

    roots: tuple[str, ...]
    overrides: tuple[str, ...] = ()
    stand_ins: bool = True
    sees_outside: bool = False
    recipe: PurePath | None = None

    @classmethod
    def embedded(cls, recipe: PurePath, overrides: tuple[str, ...] = ()) -> Run:
        """Return the run that a training recipe embeds, with overrides of the recipe."""
        return cls((), overrides, stand_ins=False, recipe=recipe)


class Environment(Struct, frozen=True):
    """Everything that a run depends on, other than its arguments."""

    configs: Configs
    files: Files
    search: SearchRoots
    profile: Profile
    judge: Judge
    variables: frozenset[str] = frozenset()
    """The names of the environment variables that are set. Their content is never read."""
    recipe: Callable[[PurePath], Recipe] | None = None
    """Reads a training recipe."""


class Composition(Struct, frozen=True, eq=False):
    """The result of composing a run.

    `merged` is the configuration before directives, and `config` the one from which servers are started.
    `renames` maps agents to the names that composition gave them.
    """

    run: Run
    includes: Includes
    env_yaml: ConfigFile | None
    merged: Table
    config: Table
    transfers: tuple[Transfer, ...] = ()
    renames: dict[str, str] = field(default_factory=dict[str, str])
    servers: tuple[Server, ...] = ()
    problems: tuple[Problem, ...] = ()
    recipe: Recipe | None = None

    @property
    def files(self) -> tuple[ConfigFile, ...]:
        """All files of the run, in the order of merging."""
        return self.includes.merged if self.env_yaml is None else (*self.includes.merged, self.env_yaml)

    @property
    def sources(self) -> tuple[ConfigFile, ...]:
        """All files that the run is made of: those that NeMo Gym reads, and those of its recipe."""
        return self.files if self.recipe is None else (*self.recipe.files, *self.files)

    @property
    def outside(self) -> tuple[PurePath, ...]:
        """The files of the run that are outside of the workspace, so that it was composed without them."""
        return tuple(problem.path for problem in self.problems if isinstance(problem, IncludeOutside))

    @property
    def is_incomplete(self) -> bool:
        """Whether a file could not be read, which might define what the run does not define."""
        return is_incomplete(self.problems)


def compose(run: Run, environment: Environment) -> Composition:
    """Compose a run. Does not raise, whatever the configs contain.

    Raises OverrideError for an override that is not `KEY=VALUE`.
    """
    return _Composing(run, environment).compose()


class _Composing:
    """One composition in progress."""

    def __init__(self, run: Run, environment: Environment) -> None:
        self.run = run
        self.environment = environment
        self.profile = environment.profile
        if run.recipe is not None and self.profile.closes_configuration:
            # Hydra closes it, and a framework gives it to the parser without Hydra.
            self.profile = replace(self.profile, closes_configuration=False)
        self.problems: list[Problem] = []

    def compose(self) -> Composition:
        recipe, overrides = self._recipe(), _nothing()
        if recipe is None:
            given = read_overrides(self.run.overrides, self.run.roots)
            overrides = given.table
            self.problems.extend(given.rejected)
        else:
            overrides = recipe.embedded
        env_yaml = self._env_yaml(ENV_YAML if recipe is None else recipe.embedding.env_yaml)
        includes = discover(
            self._roots(overrides, env_yaml),
            self.environment.configs,
            self.environment.files,
            self.environment.search,
            self.profile,
            self._interpolate,
        )
        self.problems.extend(includes.problems)
        files = [file.config for file in includes.merged]
        if env_yaml is not None:
            files.append(env_yaml.config)
        self._check_grammar(files)
        initial = self._stand_in(files) if self.run.stand_ins else _nothing()
        held: Table | None = None
        if self.profile.composes_unbound_agents and overrides.entries and recipe is None:
            everything_else = self._merge_all([*files, initial], report=False)
            overrides, held = hold_back(overrides, everything_else, self.profile)
        merged = self._merge_all([*files, self._merge_all([initial, overrides])])
        merged = _with_config_paths(merged, includes)
        config, transfers, renames = self._transform(merged, held)
        servers = self._judge(config)
        problems = tuple(without_consequences(self.problems, config, transfers))
        return Composition(self.run, includes, env_yaml, merged, config, transfers, renames, servers, problems, recipe)

    # Files

    def _recipe(self) -> Recipe | None:
        if self.run.recipe is None:
            return None
        assert self.environment.recipe is not None, "a run with a recipe needs a reader of recipes"
        recipe = self.environment.recipe(self.run.recipe)
        if self.run.overrides:
            changes = read_overrides(self.run.overrides, base=recipe.config)
            self.problems.extend(changes.rejected)
            recipe = overridden(recipe, changes, self.environment.variables)
        self.problems.extend(recipe.problems)
        if recipe.own is None:
            path = recipe.embedding.path
            found = (at(recipe.config, path[:size]) for size in range(len(path), -1, -1))
            around = next(each for each in found if each is not None)
            self.problems.append(EmbeddedRunAbsent(around, path))
        return recipe

    def _env_yaml(self, name: str) -> ConfigFile | None:
        path = self.environment.search.resolve(self.environment.files, name)
        if path is None:
            return None
        item = Leaf(name, Origin(path, ""), None, Scalar(0, 0, None, "", None), None, 0)
        try:
            file = self.environment.configs.load(path)
        except Outside:
            self.problems.append(IncludeOutside(item, name, path))
            return None
        except Unreadable as error:
            self.problems.append(IncludeUnreadable(item, name, path, error.reason, is_directory=False))
            return None
        self.problems.extend(Malformed(file.config, path, problem) for problem in file.document.problems)
        if not file.root_is_mapping:
            self.problems.append(RootNotMapping(file.config))
        return file

    def _roots(self, overrides: Table, env_yaml: ConfigFile | None) -> tuple[Leaf, ...]:
        """Return the root entries. Mirrors `_merge_config_paths`.

        `+config_paths=[...]` adds to the entries of `--config`. With two plus signs or none, it replaces them.
        """
        listed = overrides.get(CONFIG_PATHS)
        if self.run.roots:
            typed = tuple(_typed_roots(self.run))
            if listed is None:
                return typed
            return (*(() if _replaces_roots(self.run) else typed), *self._entries(listed))
        if listed is None and env_yaml is not None:
            listed = env_yaml.config.get(CONFIG_PATHS)
        return self._entries(listed)

    def _entries(self, listed: Config | None) -> tuple[Leaf, ...]:
        """Return the entries of `config_paths` of env.yaml or the command line."""
        if listed is None or (isinstance(listed, Leaf) and (listed.value is None or listed.is_missing)):
            return ()
        if not isinstance(listed, Array):
            self.problems.append(RootsMalformed(listed))
            return ()
        entries: list[Leaf] = []
        for item in listed.items:
            if not isinstance(item, Leaf) or not isinstance(item.value, str) or item.is_missing:
                self.problems.append(RootsMalformed(item))
            elif FROM_ENVIRONMENT in item.value:
                self.problems.append(IncludeUnknown(item))
            else:
                entries.append(item)
        return tuple(entries)

    def _check_grammar(self, files: list[Table]) -> None:
        """Check the grammar of every string, which OmegaConf does when it loads a file."""
        for config in files:
            for path, leaf in leaves(config, marked=int(Marks.INTERPOLATION)):
                template = parse_template(str(leaf.value))
                if template.errors and fails_on_load(template):
                    outcome = self._interpolate(config, leaf, path)
                    if isinstance(outcome, GrammarBroken):
                        self.problems.append(outcome)

    def _stand_in(self, files: list[Table]) -> Table:
        def has_value(leaf: Leaf, key: str) -> bool:
            outcome = self._interpolate(self._merge_all(files, report=False), leaf, (key,))
            if isinstance(outcome, InterpolationProblem):
                # The parser sees only the stand-in, but a run with a real model sees this.
                self.problems.append(replace(outcome, late=True))
            return not isinstance(outcome, Problem)

        return stand_in_for(files, has_value)

    def _merge_all(self, configs: list[Table], *, report: bool = True) -> Table:
        keeps_history = self.run.recipe is not None
        merged = merge_all(configs or [_nothing()], self._dereference, keeps_history=keeps_history)
        if report:
            self.problems.extend(
                Conflict(conflict.upper, conflict.path, conflict.lower) for conflict in merged.conflicts
            )
        return merged.config

    # Interpolations

    def _interpolate(self, root: Table, leaf: Leaf, path: KeyPath) -> Config | Problem:
        return Interpolator(root, self.environment.variables).resolve(leaf, path)

    def _dereference(self, root: Table, leaf: Leaf, path: KeyPath) -> Config | None:
        return Interpolator(root, self.environment.variables).dereference(leaf, path)

    # Directives and agents

    def _transform(self, merged: Table, held: Table | None) -> tuple[Table, tuple[Transfer, ...], dict[str, str]]:
        closed = self.profile.closes_configuration
        directed = apply_directives(merged, self._dereference, self._interpolate, closed=closed)
        self.problems.extend(directed.problems)
        config = directed.config
        renames: dict[str, str] = {}
        if self.profile.retargets_environment_servers:
            followed = follow_inherited_agents(merged, config, directed.transfers, self.profile)
            config = followed.config
            self.problems.extend(followed.problems)
        if self.profile.composes_unbound_agents:
            recomposed = compose_unbound_agent(config, self.profile, self._check_agent_pairing)
            config, renames = recomposed.config, dict(recomposed.renames)
            self.problems.extend(recomposed.problems)
            if held is not None and held.entries:
                applied = apply_held(held, recomposed, self.profile, self._dereference)
                config = applied.config
                self.problems.extend(applied.problems)
        if self.profile.agent_aliases_applied:
            aliased = apply_agent_aliases(config, self.profile)
            config = aliased.config
            self.problems.extend(aliased.problems)
        self.problems.extend(MissingValue(leaf, path) for path, leaf in missing_values(config))
        if self.profile.fronts_agents:
            fronted = front_agents(config, self.profile)
            config = fronted.config
            self.problems.extend(fronted.problems)
        return self._fold_dummy_models(config), directed.transfers, renames

    def _check_agent_pairing(self, root: Table, source: Agent, targets: list[Agent]) -> Iterator[Problem]:
        return check_agent_pairing(root, source, targets, self._dereference)

    def _fold_dummy_models(self, config: Table) -> Table:
        """Merge a stand-in model under the real model of the same instance, as `parse` does."""
        changed: dict[Atom, Config] = {}
        for name, block in config.entries.items():
            group = block.table(MODELS) if isinstance(block, Table) else None
            if not isinstance(block, Table) or group is None or DUMMY_MODEL not in group.entries:
                continue
            others = {key: value for key, value in group.entries.items() if key != DUMMY_MODEL}
            if not others:
                if len(block.entries) > 1:
                    self.problems.append(StandInAlone(as_written(block) or block, str(name)))
                continue
            dummy = group.entries[DUMMY_MODEL]
            actual = next(iter(others))
            folded = others[actual]
            if isinstance(dummy, Table) and isinstance(folded, Table):
                folded = merge(dummy, folded, self._dereference).config
            elif isinstance(dummy, Table):
                self.problems.append(StandInAlone(folded, str(name)))
            real: dict[Atom, Config] = {**others, actual: folded}
            group = table(real, group.origin, group.key, group.node, group.overridden)
            entries: dict[Atom, Config] = {**block.entries, MODELS: group}
            changed[name] = table(entries, block.origin, block.key, block.node, block.overridden)
        if not changed:
            return config
        return table({**config.entries, **changed}, config.origin, config.key, config.node, config.overridden)

    # Servers

    def _judge(self, config: Table) -> tuple[Server, ...]:
        interpolator = Interpolator(config, self.environment.variables)
        for name, value in config.entries.items():
            if isinstance(value, Leaf) and value.is_interpolation:
                outcome = interpolator.resolve(value, (str(name),))
                if isinstance(outcome, Problem):
                    self.problems.append(outcome)
        ignored = self._ignores_almost_servers(config, interpolator)
        servers: list[Server] = []
        intended: list[Server] = []
        for name, block, judged in self.environment.judge.servers(config):
            if judged.server is not None:
                servers.append(judged.server)
                continue
            is_almost = self._resolve_groups(str(name), block, interpolator) or judged.is_almost
            if not is_almost or not isinstance(block, Table):
                continue
            for flaw in judged.flaws:
                if isinstance(flaw.at, Leaf) and flaw.at.is_missing:
                    continue
                path: KeyPath = (str(name), *flaw.path)
                self.problems.append(AlmostServer(flaw.at, str(name), block, path, flaw, ignored))
            if not ignored:
                intended.extend(judged.intended)
        if not ignored and any(isinstance(problem, AlmostServer) for problem in self.problems):
            self._resolve_all(config, interpolator)
        if self.profile.checks_model_pairings:
            self.problems.extend(check_model_pairing(config, self.profile, self._dereference))
        self.problems.extend(check_refs(config, (*servers, *intended), interpolator, self.profile))
        self.problems.extend(check_reserved(config, self.profile))
        self.problems.extend(self._late(config, interpolator))
        return tuple(servers)

    def _late(self, config: Table, interpolator: Interpolator) -> Iterator[Problem]:
        """Yield interpolations that the parser does not resolve, and on which the server that reads them will fail."""
        reported = {problem.at for problem in self.problems}
        for path, leaf in leaves(config, marked=int(Marks.INTERPOLATION)):
            if leaf in reported or isinstance(path[-1], int) or is_top_level(path):
                continue
            if is_field(path) and path[1] in self.profile.server_types:
                continue
            outcome = interpolator.resolve(leaf, path)
            if isinstance(outcome, InterpolationProblem):
                yield replace(outcome, late=True)

    def _ignores_almost_servers(self, config: Table, interpolator: Interpolator) -> bool:
        """Return whether `error_on_almost_servers` is false, or another value that is false in Python."""
        value = config.get("error_on_almost_servers")
        if isinstance(value, Leaf) and value.is_interpolation:
            value = interpolator.dereference(value, ("error_on_almost_servers",))
        if isinstance(value, Leaf):
            return not value.value
        return value is not None and not to_plain(value)

    def _resolve_groups(self, name: str, block: Config, interpolator: Interpolator) -> bool:
        """Resolve the groups of a block and their values, as `is_almost_server` does.

        Return whether one of them has the layout of a server. The validation of a block does not resolve
        interpolations, so such a block is never a valid server.
        """
        is_almost = False
        for server_type in self.profile.server_types if isinstance(block, Table) else ():
            group = block.get(server_type) if isinstance(block, Table) else None
            if isinstance(group, Leaf) and group.is_interpolation:
                resolved = self._resolved(group, (name, server_type), interpolator)
                if any(looks_like_server(value) for _, value in implementations(resolved)):
                    is_almost = True
                elif resolved is not None:
                    self.problems.append(GroupInterpolated(group))
            elif isinstance(group, Table):
                for key, value in group.entries.items():
                    if isinstance(value, Leaf) and value.is_interpolation:
                        path: KeyPath = (name, server_type, str(key))
                        is_almost |= looks_like_server(self._resolved(value, path, interpolator))
        return is_almost

    def _resolved(self, value: Leaf, path: KeyPath, interpolator: Interpolator) -> Config | None:
        """Return the value of an interpolation. If it has none, that is a problem of the run."""
        outcome = interpolator.resolve(value, path)
        if isinstance(outcome, Problem):
            self.problems.append(outcome)
            return None
        return outcome

    def _resolve_all(self, config: Table, interpolator: Interpolator) -> None:
        """Resolve every interpolation, as NeMo Gym does when it prints the configuration with almost-servers."""
        for path, leaf in leaves(config, marked=int(Marks.INTERPOLATION)):
            outcome = interpolator.resolve(leaf, path)
            if isinstance(outcome, Problem):
                self.problems.append(outcome)


def missing_values(config: Config) -> Iterator[tuple[KeyPath, Leaf]]:
    """Yield every value that is still `???`, including those in lists. Mirrors `collect_missing_value_paths`."""
    return leaves(config, marked=int(Marks.MISSING))


def _replaces_roots(run: Run) -> bool:
    """Return whether an override sets `config_paths` as a whole."""
    return any(each.partition("=")[0] in (CONFIG_PATHS, f"++{CONFIG_PATHS}") for each in run.overrides)


def _typed_roots(run: Run) -> Iterator[Leaf]:
    """Yield the root configs of a run, at their places on the command line."""
    origin = Origin(COMMAND_LINE, command_line(run.roots, run.overrides), Provenance.OVERRIDE)
    start = 0
    for root in run.roots:
        start += len(CONFIG_FLAG)
        yield Leaf(root, origin, None, Scalar(start, start + len(root), root, root, None), None, 0)
        start += len(root) + 1


def _nothing() -> Table:
    return table({}, Origin(COMMAND_LINE, ""), None, Scalar(0, 0, None, "", None))


def _with_config_paths(merged: Table, includes: Includes) -> Table:
    """Return the configuration with all discovered files in `config_paths`, as NeMo Gym overwrites it."""
    if not includes.nodes:
        return merged
    listed = merged.get(CONFIG_PATHS)
    items = tuple(Leaf(each.entry, each.item.origin, None, each.item.node, None, 0) for each in includes.nodes)
    node = merged.node if listed is None else listed.node
    key = None if listed is None else listed.key
    origin = merged.origin if listed is None else listed.origin
    entries = dict(merged.entries)
    entries[CONFIG_PATHS] = Array(items, origin, key, node, listed, 0)
    return Table(entries, merged.origin, merged.key, merged.node, merged.overridden, merged.marks)
