"""Finds the places that define a name, those of the file's own run first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.compose.config import Array, Config, Leaf, Provenance, Table, at, history, key_span
from gym_lsp.compose.interpolate import Interpolator
from gym_lsp.compose.run import Composition
from gym_lsp.files import absolute
from gym_lsp.gym.layout import (
    AGENTS,
    CONFIG_FILENAME,
    CONFIG_PATH_FIELD,
    ENTRYPOINT,
    ENVIRONMENTS,
    MANIFEST_FILENAME,
    TYPE,
    USUAL_ENTRYPOINT,
    is_top_level,
)
from gym_lsp.gym.release.profile import Profile
from gym_lsp.ide.target import Location
from gym_lsp.memo import query
from gym_lsp.syntax import KeyPath, Step
from gym_lsp.text import Span
from gym_lsp.workspace.includers import includers
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import Use, UseKind
from gym_lsp.workspace.workspace import Workspace

_SPELLED_OUT = (Provenance.WRITTEN, Provenance.ENVIRONMENT)
_NAMED = frozenset(
    {
        UseKind.SERVER_REF, UseKind.INHERIT, UseKind.COPY, UseKind.INTERPOLATION, UseKind.SANDBOX, UseKind.ROUTE,
        UseKind.DELETED_KEY,
    }
)  # fmt: skip


class Meaning(Struct, frozen=True):
    """The places that define the value of a name, the one in effect first.

    `settled` is True if a known run decides that. If not, `places` are all candidates in the search roots.
    """

    places: tuple[Location, ...]
    settled: bool


NOTHING = Meaning((), False)


def names_a_value(use: Use) -> bool:
    """Whether a use refers to something that a config defines: an instance, a block, a key."""
    return use.kind in _NAMED


def own_run(workspace: Workspace, path: PurePath) -> Composition:
    """Return the own run of a file; for a manifest, the one of its config."""
    if path.name == MANIFEST_FILENAME and workspace.kind(path) is FileKind.MANIFEST:
        given = workspace.load(path).config.leaf(CONFIG_PATH_FIELD)
        path = absolute(given if isinstance(given, str) and given else CONFIG_FILENAME, path.parent)
    return workspace.own_run(path)


def further_runs(workspace: Workspace, path: PurePath) -> Iterator[Composition]:
    """Yield the other known runs of a file: those of the files that include it, and declared runs."""
    for includer in includers(workspace, path):
        yield workspace.own_run(includer)
    for composition in workspace.declared_runs():
        if any(file.path == path for file in composition.files):
            yield composition


def runs_of(workspace: Workspace, path: PurePath) -> Iterator[Composition]:
    """Yield every known run of a file, its own first."""
    yield own_run(workspace, path)
    yield from further_runs(workspace, path)


def find(composition: Composition, steps: KeyPath) -> Config | None:
    """Return the value at a dotted path of a run before directives move blocks, else after that, else None."""
    return _walk(composition.merged, steps) or _walk(composition.config, steps)


def _walk(root: Table, steps: KeyPath) -> Config | None:
    """Return the value at a path, or None. Interpolations on the way are resolved, as in OmegaConf."""
    current: Config = root
    for index, step in enumerate(steps):
        if isinstance(current, Leaf) and current.is_interpolation:
            target = Interpolator(root, ()).dereference(current, steps[:index])
            current = current if target is None else target
        found = at(current, (_index(step),)) if isinstance(current, Array) else at(current, (step,))
        if found is None:
            return None
        current = found
    return current


def _index(step: Step) -> Step:
    """Return the index for a step into a list, which is text in a dotted path."""
    return int(step) if isinstance(step, str) and step.isdecimal() else step


def meaning(workspace: Workspace, path: PurePath, steps: KeyPath, server_type: str | None = None) -> Meaning:
    """Return the places that define the value of a dotted path in a file.

    The file's own run decides. If it has no such value, the other runs that reach the file decide. If they have none
    either, all files of the search roots are candidates, those of the workspace before those of NeMo Gym.
    """
    places = tuple(places_in((own_run(workspace, path),), steps, server_type))
    if not places:
        places = tuple(dict.fromkeys(places_in(further_runs(workspace, path), steps, server_type)))
    if places:
        return Meaning(places, settled=True)
    return anywhere(workspace, steps, server_type)


def meaning_of(workspace: Workspace, path: PurePath, use: Use, step: int) -> Meaning:
    """Return the places that define the value of a use, up to one of its segments."""
    match use.kind:
        case UseKind.SERVER_REF:
            server_type = required_type(workspace, path, use)
            # A mapping with only a name is a ref only if it merges over one.
            return NOTHING if server_type is None else meaning(workspace, path, (use.name,), server_type)
        case UseKind.ROUTE:
            return _of_route(workspace, path, use)
        case UseKind.DELETED_KEY:
            return _of_deleted(workspace, path, use)
        case UseKind.INTERPOLATION if workspace.kind(path) is FileKind.RECIPE:
            run, steps = interpolated(workspace, path, use, step)
            return Meaning(tuple(places_in((run,), steps, None)), settled=True)
        case kind if kind in _NAMED:
            return meaning(workspace, path, use.path_to(step))
        case _:
            return NOTHING


def interpolated(workspace: Workspace, path: PurePath, use: Use, step: int) -> tuple[Composition, KeyPath]:
    """Return where a segment of an interpolation is looked up: a run, and a key path of its configuration.

    The interpolations of a recipe refer to values of the whole recipe, which is used in place of the run then.
    """
    run, steps = own_run(workspace, path), use.path_to(step)
    if run.recipe is None:
        return run, steps
    whole = replace(run, merged=run.recipe.config, config=run.recipe.config, transfers=(), renames={})
    return whole, (*run.recipe.embedding.path, *steps) if use.base else steps


def is_certain(workspace: Workspace, path: PurePath, use: Use) -> bool:
    """Whether a use is certainly one: a mapping with only a name may be something other than a ref."""
    return use.kind is not UseKind.SERVER_REF or required_type(workspace, path, use) is not None


def ref_type(workspace: Workspace, path: PurePath, use: Use) -> str | None:
    """Return the server type of a ref that has only a name, which is that of the ref that it overrides, or None."""
    for composition in runs_of(workspace, path):
        ref = at(composition.config, use.at[:-1])
        server_type = ref.leaf(TYPE) if isinstance(ref, Table) else None
        if server_type in workspace.profile.server_types:
            return str(server_type)
    return None


def required_type(workspace: Workspace, path: PurePath, use: Use) -> str | None:
    """Return the server type that the target of a use must have, or None if every type is allowed."""
    if use.kind is UseKind.SERVER_REF:
        return use.server_type or ref_type(workspace, path, use)
    if use.kind is not UseKind.ROUTE:
        return None
    return ENVIRONMENTS if str(use.at[0]).startswith("environment_server") else AGENTS


def _of_route(workspace: Workspace, path: PurePath, use: Use) -> Meaning:
    server_type = required_type(workspace, path, use)
    found = meaning(workspace, path, (use.name,), server_type)
    canonical = workspace.profile.agent_aliases.get(use.name)
    if found.places or canonical is None:
        return found
    return meaning(workspace, path, (canonical,), server_type)


def _of_deleted(workspace: Workspace, path: PurePath, use: Use) -> Meaning:
    """Return the places of the key that `_delete_key` removes: in the same block, or in the source of the directive."""
    block = use.at[:-1]
    for composition in runs_of(workspace, path):
        sources = [transfer.source for transfer in composition.transfers if transfer.target == block]
        found = [_walk(composition.merged, (*place, use.name)) for place in (block, *sources)]
        places = tuple(dict.fromkeys(place for each in found if each is not None for place in locations_of(each)))
        if places:
            return Meaning(places, settled=True)
    return anywhere(workspace, (*block, use.name), None)


class ServerOfRun(Struct, frozen=True):
    """A server of a run, with everything that is needed to start it."""

    name: str
    server_type: str
    implementation: str
    entrypoint: str
    config: Table


def servers_at(composition: Composition, profile: Profile, steps: KeyPath) -> Iterator[ServerOfRun]:
    """Yield the servers of a run at a key path of an instance, of its server type, or of one implementation."""
    block = at(composition.config, steps[:1]) or at(composition.merged, steps[:1])
    for server_type in profile.server_types if isinstance(block, Table) else ():
        group = block.table(server_type) if isinstance(block, Table) else None
        for implementation, config in group.entries.items() if group is not None else ():
            own_steps = (server_type, str(implementation))[: len(steps) - 1]
            if isinstance(config, Table) and steps[1:3] == own_steps:
                given = config.leaf(ENTRYPOINT)
                entrypoint = given if isinstance(given, str) and "${" not in given else USUAL_ENTRYPOINT
                yield ServerOfRun(str(steps[0]), server_type, str(implementation), entrypoint, config)


def overridden(workspace: Workspace, path: PurePath, steps: KeyPath, own: Location) -> tuple[Location, ...]:
    """Return the places that the value at `own` overrides in the file's own run, the nearest first."""
    composition = own_run(workspace, path)
    found: dict[Location, None] = {}
    for root in (composition.merged, composition.config):
        config = at(root, steps)
        places = [] if config is None else list(locations_of(config))
        if own in places:
            found.update(dict.fromkeys(places[places.index(own) + 1 :]))
    found.pop(own, None)
    return tuple(found)


def places_in(runs: Iterable[Composition], steps: KeyPath, server_type: str | None = None) -> Iterator[Location]:
    """Yield the places of the values at a dotted path in some runs, with those that they override."""
    for composition in runs:
        config = find(composition, steps)
        if config is not None and (server_type is None or len(steps) > 1 or _fits(composition, steps, server_type)):
            yield from locations_of(config)


def _fits(composition: Composition, steps: KeyPath, server_type: str) -> bool:
    """Whether a block can be a server of a type: it is one, or its contents do not show what it is."""
    for root in (composition.merged, composition.config):
        block = at(root, steps)
        if isinstance(block, Table) and server_type in block.entries:
            return True
    block = find(composition, steps)
    return not isinstance(block, Table) or not any(isinstance(value, Table) for value in block.entries.values())


@query
def anywhere(workspace: Workspace, steps: KeyPath, server_type: str | None) -> Meaning:
    """Return the candidates for a name that no known run defines."""
    return Meaning(tuple(dict.fromkeys(_places_anywhere(workspace, steps, server_type))), settled=False)


def _places_anywhere(workspace: Workspace, steps: KeyPath, server_type: str | None) -> Iterator[Location]:
    for definition in workspace.names.defined(str(steps[0])):
        if server_type is not None and definition.server_type not in (None, server_type):
            continue
        if workspace.kind(definition.path) not in (FileKind.CONFIG, FileKind.ENVIRONMENT):
            continue
        if is_top_level(steps):
            config = workspace.gym_part(definition.path).config.get(steps[0])
        else:
            config = find(workspace.own_run(definition.path), steps)
        if config is not None:
            yield from locations_of(config)


def locations_of(config: Config) -> Iterator[Location]:
    """Yield the places of a value and of the values that it overrides, if they are in a file."""
    for each in history(config):
        if each.origin.provenance in _SPELLED_OUT:
            selection = key_span(each)
            yield Location(each.origin.path, _whole(each, selection), selection)


def _whole(config: Config, selection: Span) -> Span:
    """Return the span from the key to the end of the value; only the key if the value comes from an alias."""
    return (
        Span(selection.start, max(selection.end, config.node.end))
        if config.node.start >= selection.start
        else selection
    )
