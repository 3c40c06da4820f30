"""Who uses what is under the cursor.

Names are compared first, which leaves few uses of a whole workspace; then the run of each of these decides whether it
means the same definition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.gym.layout import SERVER_DEPTH, ServerPath, is_field
from gym_lsp.ide.fields import entrypoint_at, is_declared
from gym_lsp.ide.lookup import meaning, meaning_of, names_a_value
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


class Reference(Struct, frozen=True):
    """One place that names something. `is_definition` where it is written there, and not only used."""

    path: PurePath
    span: Span
    is_definition: bool = False


class Symbol(Struct, frozen=True):
    """A value that configs define. `name` is the last step of `steps`, `places` are all of its known definitions."""

    name: str
    steps: KeyPath
    places: frozenset[Location]


def references(
    workspace: Workspace, path: PurePath, offset: int, include_declaration: bool = True
) -> tuple[Reference, ...]:
    """Every use of what is under the cursor, in the workspace and in NeMo Gym, file by file.

    With `include_declaration`, the places that define it as well.
    """
    target = classify(workspace, path, offset)
    if target is None:
        return ()
    found = dict.fromkeys(_references(workspace, path, target, (*workspace.members, *workspace.library)))
    return tuple(each for each in found if include_declaration or not each.is_definition)


def highlights(workspace: Workspace, path: PurePath, offset: int) -> tuple[Reference, ...]:
    """The uses and definitions of what is under the cursor in the file itself, in the order of the text."""
    target = classify(workspace, path, offset)
    if target is None:
        return ()
    found = {each for each in _references(workspace, path, target, (path,)) if each.path == path}
    return tuple(sorted(found, key=lambda each: each.span))


def uses_of(
    workspace: Workspace, path: PurePath, steps: KeyPath, files: Iterable[PurePath] | None = None
) -> tuple[tuple[PurePath, Use, int], ...]:
    """Every use of the value at a key path of a file, and which segment of it names that value.

    With `files`, only the uses in these.
    """
    symbol = Symbol(str(steps[-1]), steps, frozenset(meaning(workspace, path, steps).places))
    return tuple(_uses_of(workspace, symbol, (*workspace.members, *workspace.library) if files is None else files))


def symbol_at(workspace: Workspace, path: PurePath, target: Target) -> Symbol | None:
    """The value that a target defines or names; None for files, anchors and the like."""
    use = target.use
    if use is not None:
        if not names_a_value(use):
            return None
        name = use.steps[target.step][0]
        places = meaning_of(workspace, path, use, target.step).places
        return Symbol(name, use.path_to(target.step), frozenset(places)) if places else None
    entry = target.spot.entry
    if target.key is None or entry is None:
        return None
    own = key_location(path, entry)
    steps = target.spot.path
    return Symbol(str(steps[-1]), steps, frozenset({own, *meaning(workspace, path, steps).places}))


def _references(workspace: Workspace, path: PurePath, target: Target, files: Iterable[PurePath]) -> Iterator[Reference]:
    use = target.use
    if target.alias is not None or target.anchor is not None:
        yield from _of_anchor(workspace, path, target)
    elif use is not None and use.kind in (UseKind.INCLUDE, UseKind.FILE):
        file = named_file(workspace, path, use)
        if file is not None:
            yield from _of_file(workspace, file, files)
    elif target.value is not None:
        named = path_at(workspace, path, target.spot.path, target.value)
        if named is not None and named.file is not None:
            yield from _of_file(workspace, named.file, files)
    elif use is not None and use.kind is UseKind.VARIABLE:
        yield from _of_variable(workspace, use.name, files)
    elif use is not None and use.kind is UseKind.IMPLEMENTATION:
        yield from _of_implementation(workspace, str(use.server_type), use.name, files)
    elif target.key is KeyRole.IMPLEMENTATION:
        _, server_type, name = target.spot.path
        yield from _of_implementation(workspace, str(server_type), str(name), files)
    else:
        files = tuple(files)
        symbol = symbol_at(workspace, path, target)
        if symbol is not None:
            yield from _of_symbol(workspace, path, symbol, files)
        if target.key is KeyRole.FIELD:
            for each in _of_field(workspace, path, target.spot.path, files):
                if each.path != path or each.span != target.span:
                    yield each


def _of_symbol(
    workspace: Workspace, path: PurePath, symbol: Symbol, files: tuple[PurePath, ...]
) -> Iterator[Reference]:
    for place in sorted(symbol.places | _overriding(workspace, path, symbol)):
        yield Reference(place.path, place.selection, is_definition=True)
    for file, use, step in _uses_of(workspace, symbol, files):
        yield Reference(file, use.steps[step][1])


def _overriding(workspace: Workspace, path: PurePath, symbol: Symbol) -> frozenset[Location]:
    """The places that override the value in the runs of the files that include it."""
    found: set[Location] = set()
    for includer in includers(workspace, path):
        places = meaning(workspace, includer, symbol.steps).places
        if not symbol.places.isdisjoint(places):
            found.update(places)
    return frozenset(found)


def _uses_of(workspace: Workspace, symbol: Symbol, files: Iterable[PurePath]) -> Iterator[tuple[PurePath, Use, int]]:
    """The uses that mean a symbol, and which of their segments names it."""
    for file in mentioning(workspace, symbol.name, files):
        known: dict[tuple[KeyPath, Use | None], bool] = {}
        for use in workspace.uses(file):
            for step, (name, _) in enumerate(use.steps):
                if name != symbol.name or not names_a_value(use):
                    continue
                question = (use.path_to(step), use if _by_place(use) else None)
                if question not in known:
                    places = meaning_of(workspace, file, use, step).places
                    known[question] = not symbol.places.isdisjoint(places)
                if known[question]:
                    yield file, use, step


def _by_place(use: Use) -> bool:
    """Whether what a use means depends on more than its path."""
    return use.kind in (UseKind.SERVER_REF, UseKind.ROUTE, UseKind.DELETED_KEY)


def mentioning(workspace: Workspace, text: str, files: Iterable[PurePath]) -> Iterator[PurePath]:
    """The files of NeMo Gym's kinds that could name something: to search a text costs a fraction of parsing it."""
    for file in files:
        content = workspace.text(file)
        if content is not None and text in content and workspace.kind(file) not in (FileKind.OTHER, FileKind.PROMPT):
            yield file


def _of_file(workspace: Workspace, path: PurePath, files: Iterable[PurePath]) -> Iterator[Reference]:
    for file in mentioning(workspace, path.name, files):
        for named in paths_in(workspace, file, path.name):
            if named.file == path:
                yield Reference(file, named.span)


def _of_variable(workspace: Workspace, name: str, files: Iterable[PurePath]) -> Iterator[Reference]:
    for file in mentioning(workspace, name, files):
        for use in workspace.uses(file):
            if use.kind is UseKind.VARIABLE and use.name == name:
                yield Reference(file, use.span)


def _of_implementation(
    workspace: Workspace, server_type: str, name: str, files: Iterable[PurePath]
) -> Iterator[Reference]:
    """The servers of an implementation, and the lists that allow it."""
    for file in mentioning(workspace, name, files):
        for span in implementation_keys(workspace, file, server_type, name):
            yield Reference(file, span)
        for use in workspace.uses(file):
            if use.kind is UseKind.IMPLEMENTATION and (use.server_type, use.name) == (server_type, name):
                yield Reference(file, use.span)


def implementation_keys(workspace: Workspace, path: PurePath, server_type: str, name: str) -> Iterator[Span]:
    """The keys of a file that configure a server of an implementation."""
    for server in _servers_in(workspace, path):
        if (server.at.server_type, server.at.implementation) == (server_type, name):
            yield server.key


def _of_field(workspace: Workspace, path: PurePath, steps: KeyPath, files: Iterable[PurePath]) -> Iterator[Reference]:
    """The configs that set a field of a server's class, whichever server of that class they speak of."""
    if not is_field(steps):
        return
    wanted = field_at(workspace, path, steps)
    if wanted is None or wanted.path is None:
        return
    name = str(steps[-1])
    # The servers of a tree are of few classes, and each of these is asked once.
    known: dict[tuple[str, str, str], bool] = {}
    for file in mentioning(workspace, name, files):
        for server in _servers_in(workspace, file):
            spans = server.fields.get(name, ())
            if not spans or server.at.server_type not in workspace.profile.server_types:
                continue
            entrypoint = server.entrypoint
            if entrypoint is None:
                entrypoint = entrypoint_at(workspace, file, server.at.key_path)
            question = (server.at.server_type, server.at.implementation, entrypoint)
            if question not in known:
                known[question] = is_declared(workspace, *question, wanted)
            if known[question]:
                yield from (Reference(file, span) for span in spans)


class _Server(Struct, frozen=True):
    """What a file says of a server: where its implementation is named, and where each of its fields is set.

    `entrypoint` is None where the file does not give it.
    """

    at: ServerPath
    key: Span
    entrypoint: str | None
    fields: Mapping[str, tuple[Span, ...]]


@query
def _servers_in(workspace: Workspace, path: PurePath) -> tuple[_Server, ...]:
    """Everything in a file that stands where a server would, by the text alone: an index of what a tree configures."""
    return tuple(_servers(workspace.load(path).document.root))


def _servers(root: Node | None) -> Iterator[_Server]:
    for (instance, server_type, implementation), entry in entries_below(root, (), SERVER_DEPTH):
        fields: dict[str, tuple[Span, ...]] = {}
        for field in entry.value.entries if isinstance(entry.value, MappingNode) else ():
            name = str(field.name)
            fields[name] = (*fields.get(name, ()), field.key.span)
        at = ServerPath(str(instance), str(server_type), str(implementation))
        yield _Server(at, entry.key.span, entrypoint_in(entry.value), fields)


def _of_anchor(workspace: Workspace, path: PurePath, target: Target) -> Iterator[Reference]:
    document = workspace.load(path).document
    if target.alias is not None:
        name, node = target.alias.name, target.alias.target
    elif target.anchor is not None:
        name, node = target.anchor.name, target.anchor.node
    else:
        return
    for anchor in document.anchors:
        if anchor.node is node and anchor.name == name:
            yield Reference(path, anchor.span, is_definition=True)
    for each in walk(document.root):
        if isinstance(each, Alias) and each.target is node and each.name == name:
            yield Reference(path, each.span)
