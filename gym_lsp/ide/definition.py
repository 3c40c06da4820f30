"""Go to definition, declaration, type definition and implementation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import PurePath

from gym_lsp.commands.parts import DOCUMENTS
from gym_lsp.compose.run import Composition
from gym_lsp.gym.layout import ROWS, USUAL_ENTRYPOINT
from gym_lsp.ide.fields import class_of
from gym_lsp.ide.lookup import meaning_of, names_a_value, overridden, ref_type, runs_of, servers_at
from gym_lsp.ide.named_in_rows import definitions_of, instance_at
from gym_lsp.ide.paths import entrypoint_file, file_location, named_file, path_at
from gym_lsp.ide.recipes import default_at
from gym_lsp.ide.row_fields import declarations, key_in_row
from gym_lsp.ide.shape import declared_at
from gym_lsp.ide.target import KeyRole, Location, Target, classify, key_location
from gym_lsp.syntax import Alias, KeyPath
from gym_lsp.text import Span
from gym_lsp.workspace.uses import Use, UseKind
from gym_lsp.workspace.workspace import Workspace

Goto = tuple[Span, tuple[Location, ...]]
"""The span of the target, and the places to go to, the most likely first."""


def definition(workspace: Workspace, path: PurePath, offset: int) -> Goto | None:
    """Return the definition of a name, the target of a path, the anchor of an alias, or what a key overrides.

    A key that overrides nothing is its own definition.
    """
    if path.suffix == ROWS:
        return _in_rows(workspace, path, offset)
    if path.suffix in DOCUMENTS:
        return _in_commands(workspace, path, offset)
    return _answer(workspace, path, offset, _definition)


def declaration(workspace: Workspace, path: PurePath, offset: int) -> Goto | None:
    """Return the first place that sets a value, which all others override."""
    if path.suffix == ROWS:
        return _in_rows(workspace, path, offset)
    if path.suffix in DOCUMENTS:
        found = _in_commands(workspace, path, offset)
        return None if found is None else (found[0], found[1][-1:])
    return _answer(workspace, path, offset, _declaration)


def type_definition(workspace: Workspace, path: PurePath, offset: int) -> Goto | None:
    """Return the class of the server of an instance, for the instance itself and for a name of it."""
    return _answer(workspace, path, offset, _implementations)


def implementation(workspace: Workspace, path: PurePath, offset: int) -> Goto | None:
    """Return the same as `type_definition`: a config declares a server, and its class implements it."""
    return _answer(workspace, path, offset, _implementations)


_Finder = Callable[[Workspace, PurePath, Target], tuple[Location, ...]]


def _answer(workspace: Workspace, path: PurePath, offset: int, finder: _Finder) -> Goto | None:
    target = classify(workspace, path, offset)
    if target is None:
        below = default_at(workspace, path, offset)
        return None if below is None else (below.span, _files(below.target))
    places = finder(workspace, path, target)
    return (target.span, places) if places else None


def _in_rows(workspace: Workspace, path: PurePath, offset: int) -> Goto | None:
    named = instance_at(workspace, path, offset)
    if named is not None:
        places = definitions_of(workspace, path, named.name)
        return (named.span, places) if places else None
    key = key_in_row(workspace, path, offset)
    places = () if key is None else declarations(workspace, key)
    return None if key is None or not places else (key.span, places)


def _in_commands(workspace: Workspace, path: PurePath, offset: int) -> Goto | None:
    from gym_lsp.ide.in_commands import definitions_of, word_at

    word = word_at(workspace, path, offset)
    places = () if word is None else definitions_of(workspace, word)
    return None if word is None or not places else (word.span, places)


def _definition(workspace: Workspace, path: PurePath, target: Target) -> tuple[Location, ...]:
    if target.use is not None:
        return _of_use(workspace, path, target.use, target.step)
    if target.alias is not None:
        return anchors_of(workspace, path, target.alias)
    if target.anchor is not None:
        return (Location(path, target.anchor.span, target.anchor.span),)
    if target.key is KeyRole.IMPLEMENTATION:
        return _implementations(workspace, path, target) or _of_key(workspace, path, target)
    if target.key is KeyRole.FIELD:
        return _of_field(workspace, path, target)
    if target.value is not None:
        named = path_at(workspace, path, target.spot.path, target.value)
        return () if named is None else _files(named.file)
    return _of_key(workspace, path, target) if target.key is not None else ()


def _declaration(workspace: Workspace, path: PurePath, target: Target) -> tuple[Location, ...]:
    if target.use is None and target.key is not None:
        return _of_key(workspace, path, target)[-1:]
    return _definition(workspace, path, target)[-1:]


def _of_use(workspace: Workspace, path: PurePath, use: Use, step: int) -> tuple[Location, ...]:
    if names_a_value(use):
        return meaning_of(workspace, path, use, step).places
    if use.kind is UseKind.IMPLEMENTATION and use.server_type is not None:
        started = _started(workspace, use.server_type, use.name, USUAL_ENTRYPOINT)
        return () if started is None else (started,)
    return _files(named_file(workspace, path, use))


def _of_key(workspace: Workspace, path: PurePath, target: Target) -> tuple[Location, ...]:
    entry = target.spot.entry
    if entry is None:
        return ()
    own = key_location(path, entry)
    return overridden(workspace, path, target.spot.path, own) or (own,)


def _of_field(workspace: Workspace, path: PurePath, target: Target) -> tuple[Location, ...]:
    """Return the values that a field overrides and its line in the class, or else the field itself."""
    entry = target.spot.entry
    if entry is None:
        return ()
    own = key_location(path, entry)
    declared = declared_at(workspace, path, target.spot.path)
    overrides = overridden(workspace, path, target.spot.path, own)
    return (*overrides, *(() if declared is None else (declared,))) or (own,)


def anchors_of(workspace: Workspace, path: PurePath, alias: Alias) -> tuple[Location, ...]:
    """Return the place of the anchor that an alias refers to; none if the anchor is missing."""
    return tuple(
        Location(path, Span(anchor.span.start, max(anchor.span.end, anchor.node.end)), anchor.span)
        for anchor in workspace.load(path).document.anchors
        if anchor.node is alias.target and anchor.name == alias.name
    )


def _files(path: PurePath | None) -> tuple[Location, ...]:
    return () if path is None else (file_location(path),)


# From an instance to the class that implements it


def _implementations(workspace: Workspace, path: PurePath, target: Target) -> tuple[Location, ...]:
    """Return the class of the server that a target is or names."""
    use = target.use
    if use is None:
        if target.key in (None, KeyRole.FIELD):
            return ()
        return _started_by(workspace, runs_of(workspace, path), target.spot.path, None)
    if use.kind is UseKind.IMPLEMENTATION:
        return _of_use(workspace, path, use, 0)
    if not names_a_value(use) or use.kind is UseKind.DELETED_KEY:
        return ()
    places = meaning_of(workspace, path, use, target.step).places
    server_type = use.server_type
    if use.kind is UseKind.SERVER_REF and server_type is None:
        server_type = ref_type(workspace, path, use)
    steps = use.path_to(target.step)
    # A name that the runs of the file do not define has its server in the runs of the files that do.
    defining = (workspace.own_run(file) for file in dict.fromkeys(place.path for place in places))
    return _started_by(workspace, chain(runs_of(workspace, path), defining), steps, server_type)


def _started_by(
    workspace: Workspace, runs: Iterable[Composition], steps: KeyPath, server_type: str | None
) -> tuple[Location, ...]:
    """Return the classes of the servers at a key path, from the first run that has any."""
    for composition in runs:
        found = [
            _started(workspace, server.server_type, server.implementation, server.entrypoint)
            for server in servers_at(composition, workspace.profile, steps)
            if server_type in (None, server.server_type)
        ]
        places = tuple(place for place in dict.fromkeys(found) if place is not None)
        if places:
            return places
    return ()


def _started(workspace: Workspace, server_type: str, implementation: str, entrypoint: str) -> Location | None:
    """Return the class of a server, else the start of its program, else None."""
    server = class_of(workspace, server_type, implementation, entrypoint)
    if server is not None:
        return server
    program = entrypoint_file(workspace, server_type, implementation, entrypoint)
    return None if program is None else file_location(program)
