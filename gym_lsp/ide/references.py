"""Find references and document highlights.

First, names are compared, which leaves few uses of a whole workspace. Then the run of each of them decides whether it
refers to the same definition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.gym.layout import ROWS, SERVER_DEPTH, ServerPath, is_field, is_top_level
from gym_lsp.ide.fields import entrypoint_at, is_declared
from gym_lsp.ide.lookup import meaning, meaning_of, names_a_value
from gym_lsp.ide.named_in_rows import definitions_of, instance_at, uses_in_rows
from gym_lsp.ide.paths import named_file, path_at, paths_in
from gym_lsp.ide.shape import entrypoint_in, field_at
from gym_lsp.ide.target import KeyRole, Location, Target, classify, entries_below, key_location
from gym_lsp.memo import query
from gym_lsp.syntax import KeyPath, Node, walk
from gym_lsp.syntax import Mapping as MappingNode
from gym_lsp.syntax.tree import Alias
from gym_lsp.text import Span
from gym_lsp.workspace.includers import includers
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import Use, UseKind
from gym_lsp.workspace.workspace import Workspace


class Occurrence(Struct, frozen=True):
    """A place that defines or uses a value."""

    path: PurePath
    span: Span
    is_definition: bool = False


class DefinedValue(Struct, frozen=True):
    """A value that configs define. `name` is the last step of `steps`; `places` are all known definitions."""

    name: str
    steps: KeyPath
    places: frozenset[Location]


def references(
    workspace: Workspace, path: PurePath, offset: int, include_declaration: bool = True
) -> tuple[Occurrence, ...]:
    """Return every use of the target at an offset, in the workspace and in NeMo Gym, file by file.

    With `include_declaration`, the result includes the places that define it.
    """
    return tuple(each_reference(workspace, path, offset, include_declaration))


def each_reference(
    workspace: Workspace, path: PurePath, offset: int, include_declaration: bool = True
) -> Iterator[Occurrence]:
    """Yield what `references` returns, as it is found. In a large tree, the last one can take seconds."""
    if path.suffix == ROWS:
        named = instance_at(workspace, path, offset)
        places = () if named is None else definitions_of(workspace, path, named.name)
        if not places:
            return
        # The references of a name in a row are those of the instance.
        path, offset = places[0].path, places[0].selection.start
    target = classify(workspace, path, offset)
    if target is None:
        return
    seen: set[Occurrence] = set()
    for each in _references(workspace, path, target, (*workspace.members, *workspace.library)):
        if each not in seen and (include_declaration or not each.is_definition):
            seen.add(each)
            yield each
    value = defined_value_at(workspace, path, target)
    if value is not None and is_top_level(value.steps):
        for rows, span in uses_in_rows(workspace, value.name, value.places):
            yield Occurrence(rows, span)


def highlights(workspace: Workspace, path: PurePath, offset: int) -> tuple[Occurrence, ...]:
    """Return the uses and definitions of the target at an offset in the same file, in the order of the text."""
    target = classify(workspace, path, offset)
    if target is None:
        return ()
    found = {each for each in _references(workspace, path, target, (path,)) if each.path == path}
    return tuple(sorted(found, key=lambda each: each.span))


def uses_of(
    workspace: Workspace, path: PurePath, steps: KeyPath, files: Iterable[PurePath] | None = None
) -> tuple[tuple[PurePath, Use, int], ...]:
    """Return every use of the value at a key path of a file, with its path and the segment that names the value.

    `files` limits the result to uses in these files.
    """
    value = DefinedValue(str(steps[-1]), steps, frozenset(meaning(workspace, path, steps).places))
    return tuple(_uses_of(workspace, value, (*workspace.members, *workspace.library) if files is None else files))


def defined_value_at(workspace: Workspace, path: PurePath, target: Target) -> DefinedValue | None:
    """Return the value that a target defines or names; None for files, anchors and the like."""
    use = target.use
    if use is not None:
        if not names_a_value(use):
            return None
        name = use.steps[target.step][0]
        places = meaning_of(workspace, path, use, target.step).places
        return DefinedValue(name, use.path_to(target.step), frozenset(places)) if places else None
    entry = target.spot.entry
    if target.key is None or entry is None:
        return None
    own = key_location(path, entry)
    steps = target.spot.path
    return DefinedValue(str(steps[-1]), steps, frozenset({own, *meaning(workspace, path, steps).places}))


def _references(
    workspace: Workspace, path: PurePath, target: Target, files: Iterable[PurePath]
) -> Iterator[Occurrence]:
    use = target.use
    if target.alias is not None or target.anchor is not None:
        yield from _of_anchor(workspace, path, target)
    elif use is not None and use.kind in (UseKind.INCLUDE, UseKind.FILE):
        file = named_file(workspace, path, use)
        if file is not None:
            yield from uses_of_file(workspace, file, files)
    elif target.value is not None:
        named = path_at(workspace, path, target.spot.path, target.value)
        if named is not None and named.file is not None:
            yield from uses_of_file(workspace, named.file, files)
    elif use is not None and use.kind is UseKind.VARIABLE:
        yield from _of_variable(workspace, use.name, files)
    elif use is not None and use.kind is UseKind.IMPLEMENTATION:
        yield from uses_of_implementation(workspace, str(use.server_type), use.name, files)
    elif target.key is KeyRole.IMPLEMENTATION:
        _, server_type, name = target.spot.path
        yield from uses_of_implementation(workspace, str(server_type), str(name), files)
    else:
        files = tuple(files)
        value = defined_value_at(workspace, path, target)
        if value is not None:
            yield from _of_value(workspace, path, value, files)
        if target.key is KeyRole.FIELD:
            for each in _of_field(workspace, path, target.spot.path, files):
                if each.path != path or each.span != target.span:
                    yield each


def _of_value(
    workspace: Workspace, path: PurePath, value: DefinedValue, files: tuple[PurePath, ...]
) -> Iterator[Occurrence]:
    for place in sorted(value.places | _overriding(workspace, path, value)):
        yield Occurrence(place.path, place.selection, is_definition=True)
    for file, use, step in _uses_of(workspace, value, files):
        yield Occurrence(file, use.steps[step][1])


def _overriding(workspace: Workspace, path: PurePath, value: DefinedValue) -> frozenset[Location]:
    """Return the places that override a value in the runs of the files that include `path`."""
    found: set[Location] = set()
    for includer in includers(workspace, path):
        places = meaning(workspace, includer, value.steps).places
        if not value.places.isdisjoint(places):
            found.update(places)
    return frozenset(found)


def _uses_of(
    workspace: Workspace, value: DefinedValue, files: Iterable[PurePath]
) -> Iterator[tuple[PurePath, Use, int]]:
    """Yield the uses of a value, each with its path and the segment that names the value."""
    for file in mentioning(workspace, value.name, files):
        known: dict[tuple[KeyPath, Use | None], bool] = {}
        for use in workspace.uses(file):
            for step, (name, _) in enumerate(use.steps):
                if name != value.name or not names_a_value(use):
                    continue
                key = (use.path_to(step), use if _by_place(use) else None)
                if key not in known:
                    places = meaning_of(workspace, file, use, step).places
                    known[key] = not value.places.isdisjoint(places)
                if known[key]:
                    yield file, use, step


def _by_place(use: Use) -> bool:
    """Whether the target of a use depends on more than its dotted path."""
    return use.kind in (UseKind.SERVER_REF, UseKind.ROUTE, UseKind.DELETED_KEY)


def mentioning(workspace: Workspace, text: str, files: Iterable[PurePath]) -> Iterator[PurePath]:
    """Yield the configs and manifests that contain a text, because searching a file is much faster than parsing it."""
    for file in files:
        content = workspace.text(file) if workspace.may_be_gym(file) else None
        if content is not None and text in content and workspace.kind(file) not in (FileKind.OTHER, FileKind.PROMPT):
            yield file


def uses_of_file(workspace: Workspace, path: PurePath, files: Iterable[PurePath]) -> Iterator[Occurrence]:
    for file in mentioning(workspace, path.name, files):
        for named in paths_in(workspace, file, path.name):
            if named.file == path:
                yield Occurrence(file, named.span)


def _of_variable(workspace: Workspace, name: str, files: Iterable[PurePath]) -> Iterator[Occurrence]:
    for file in mentioning(workspace, name, files):
        for use in workspace.uses(file):
            if use.kind is UseKind.VARIABLE and use.name == name:
                yield Occurrence(file, use.span)


def uses_of_implementation(
    workspace: Workspace, server_type: str, name: str, files: Iterable[PurePath]
) -> Iterator[Occurrence]:
    """Yield the servers of an implementation, and the lists that allow it."""
    for file in mentioning(workspace, name, files):
        for span in implementation_keys(workspace, file, server_type, name):
            yield Occurrence(file, span)
        for use in workspace.uses(file):
            if use.kind is UseKind.IMPLEMENTATION and (use.server_type, use.name) == (server_type, name):
                yield Occurrence(file, use.span)


def implementation_keys(workspace: Workspace, path: PurePath, server_type: str, name: str) -> Iterator[Span]:
    """Yield the keys of a file that configure a server of an implementation."""
    for server in _servers_in(workspace, path):
        if (server.at.server_type, server.at.implementation) == (server_type, name):
            yield server.key


def _of_field(workspace: Workspace, path: PurePath, steps: KeyPath, files: Iterable[PurePath]) -> Iterator[Occurrence]:
    """Yield the places that set a field of a class, in all servers of that class."""
    if not is_field(steps):
        return
    declared = field_at(workspace, path, steps)
    if declared is None or declared.path is None:
        return
    name = str(steps[-1])
    # Many servers share few classes.
    known: dict[tuple[str, str, str], bool] = {}
    for file in mentioning(workspace, name, files):
        for server in _servers_in(workspace, file):
            spans = server.fields.get(name, ())
            if not spans or server.at.server_type not in workspace.profile.server_types:
                continue
            entrypoint = server.entrypoint
            if entrypoint is None:
                entrypoint = entrypoint_at(workspace, file, server.at.key_path)
            key = (server.at.server_type, server.at.implementation, entrypoint)
            if key not in known:
                known[key] = is_declared(workspace, *key, declared)
            if known[key]:
                yield from (Occurrence(file, span) for span in spans)


class _Server(Struct, frozen=True):
    """A server in a file: the span of its implementation key, and the spans of the keys of its fields.

    `entrypoint` is None if the file does not set it.
    """

    at: ServerPath
    key: Span
    entrypoint: str | None
    fields: Mapping[str, tuple[Span, ...]]


@query
def _servers_in(workspace: Workspace, path: PurePath) -> tuple[_Server, ...]:
    """Return the servers in a file, by their position in its tree alone."""
    return tuple(_servers(workspace.gym_part(path).document.root))


def _servers(root: Node | None) -> Iterator[_Server]:
    for (instance, server_type, implementation), entry in entries_below(root, (), SERVER_DEPTH):
        fields: dict[str, tuple[Span, ...]] = {}
        for field in entry.value.entries if isinstance(entry.value, MappingNode) else ():
            name = str(field.name)
            fields[name] = (*fields.get(name, ()), field.key.span)
        at = ServerPath(str(instance), str(server_type), str(implementation))
        yield _Server(at, entry.key.span, entrypoint_in(entry.value), fields)


def _of_anchor(workspace: Workspace, path: PurePath, target: Target) -> Iterator[Occurrence]:
    document = workspace.gym_part(path).document
    if target.alias is not None:
        name, node = target.alias.name, target.alias.target
    elif target.anchor is not None:
        name, node = target.anchor.name, target.anchor.node
    else:
        return
    for anchor in document.anchors:
        if anchor.node is node and anchor.name == name:
            yield Occurrence(path, anchor.span, is_definition=True)
    for each in walk(document.root):
        if isinstance(each, Alias) and each.target is node and each.name == name:
            yield Occurrence(path, each.span)
