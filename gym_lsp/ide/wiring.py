"""The wiring of a run as a graph, for the command line and for editors.

The first layer is what NeMo Gym starts: servers, sandboxes, and the refs between them. The second layer is the source
of that: `config_paths` between files, `_inherit_from` and `_copy` between blocks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cached_property
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.compose.blocks import datasets_of, is_stand_in, looks_like_sandbox, provider_keys
from gym_lsp.compose.config import Config, Leaf, Provenance, Table, at, key_span, tables, value_span
from gym_lsp.compose.include import Included
from gym_lsp.compose.interpolate import Interpolator
from gym_lsp.compose.problem import (
    AgentNotComposed,
    Composing,
    IncludeRepeated,
    InheritTargetNotFound,
    InterpolationKeyNotFound,
    Malformed,
    MissingValue,
    Problem,
    RootNotMapping,
    ServerRefNotFound,
    VariableUnset,
    raised_by,
)
from gym_lsp.compose.run import Composition
from gym_lsp.compose.secrets import masked_text
from gym_lsp.gym.layout import DOMAIN, ENV_YAML, INHERIT_FROM, SANDBOX_PROVIDER, SERVER_DEPTH
from gym_lsp.ide.lookup import locations_of
from gym_lsp.ide.paths import file_location
from gym_lsp.ide.refs import Ref, refs_in
from gym_lsp.ide.target import Location, dotted
from gym_lsp.syntax import KeyPath
from gym_lsp.text import Span
from gym_lsp.workspace.names import SANDBOX
from gym_lsp.workspace.workspace import Workspace

FILE, BLOCK, OPEN = "file", "block", "open"
"""Types of nodes that are neither servers nor sandboxes: a config, another block, an undefined name."""
_FROM_OUTSIDE = (MissingValue, VariableUnset, InterpolationKeyNotFound)
"""Problems that another config, `env.yaml` or the command line can solve."""
_ABOUT_FILES = (Malformed, RootNotMapping)
_DRAWN = (*_ABOUT_FILES, ServerRefNotFound)
"""Problems that do not mark the block around them, because the graph has a node or an edge for them."""


class Status(StrEnum):
    """The status of a node or an edge; `open` depends on something outside the run."""

    OK = "ok"
    OPEN = "open"
    ERROR = "error"


class EdgeKind(StrEnum):
    """The kinds of edges."""

    REF = "ref"
    RELAY = "relay"
    SANDBOX = "sandbox"
    INCLUDE = "include"
    INHERIT = "inherit"
    COPY = "copy"


class Node(Struct, frozen=True):
    """A part of a run. `type` is its server type, "sandbox", "file", "block" or "open".

    `implementation` is the provider of a sandbox, and the required type of an open name: a server type or "sandbox".
    `started` is False for files, and for blocks that only serve as the source of directives. `datasets` are the names
    of the datasets of a server.
    """

    id: str
    label: str
    type: str
    implementation: str
    place: Location | None
    status: Status
    domain: str | None = None
    started: bool = True
    datasets: tuple[str, ...] = ()


class Edge(Struct, frozen=True):
    """A relation between two nodes, with its place in a file. `label` is the field that establishes it."""

    source: str
    target: str
    kind: EdgeKind
    label: str
    place: Location | None
    status: Status = Status.OK


class Wiring(Struct, frozen=True):
    """The graph of a run; the nodes are in the order of its configuration."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def wiring(workspace: Workspace, composition: Composition) -> Wiring:
    """Return the graph of a run. Names that are secrets are masked."""
    drawing = _Drawing(workspace, composition)
    drawing.draw()
    title = workspace.title_of(composition.run) or ENV_YAML
    known = workspace.secrets(composition.run)

    def hide(text: str) -> str:
        return masked_text(text, known)

    nodes = (
        replace(
            node,
            id=hide(node.id),
            label=hide(node.label),
            implementation=hide(node.implementation),
            domain=node.domain and hide(node.domain),
            datasets=tuple(map(hide, node.datasets)),
        )
        for node in drawing.nodes.values()
    )
    edges = (
        replace(edge, source=hide(edge.source), target=hide(edge.target), label=hide(edge.label))
        for edge in drawing.edges
    )
    return Wiring(hide(title), tuple(nodes), tuple(dict.fromkeys(edges)))


class _Drawing:
    """A graph under construction."""

    def __init__(self, workspace: Workspace, composition: Composition) -> None:
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []
        self._workspace = workspace
        self._run = composition
        self._interpolator = Interpolator(composition.config, frozenset(workspace.environment))
        self._flaws = _flaws(composition.problems)
        self._valid = {server.name for server in composition.servers}

    def draw(self) -> None:
        blocks = {
            str(name): block
            for name, block in self._run.config.entries.items()
            if isinstance(block, Table) and name not in self._workspace.profile.reserved_keys
        }
        for name, block in blocks.items():
            self._add_block(name, block, started=True)
        for name, block in blocks.items():
            for server_type, implementation, server in self._servers(block):
                path: KeyPath = (name, server_type, implementation)
                self._draw_refs(name, block, server, path)
                self._draw_sandboxes(name, server, path)
        self._draw_transfers()
        self._draw_files()

    # Nodes

    def _servers(self, block: Table) -> Iterator[tuple[str, str, Table]]:
        """Yield (server type, implementation, server) for each server in a block, including generated ones."""
        for server_type in self._workspace.profile.server_types:
            group = block.table(server_type)
            for implementation, server in group.entries.items() if group is not None else ():
                if isinstance(server, Table):
                    yield server_type, str(implementation), server

    def _add_block(self, name: str, block: Table, *, started: bool) -> str | None:
        """Add a server or a sandbox and return its node id; None for other blocks, which are not part of the graph."""
        place = _place(block)
        status = self._status(block)
        server = next(self._servers(block), None)
        if server is not None:
            server_type, implementation, config = server
            # The stand-in model, if it is in no file, must come from outside the run.
            if started and status is Status.OK and (name not in self._valid or (is_stand_in(block) and place is None)):
                status = Status.OPEN
            domain = config.leaf(DOMAIN)
            shown = domain if isinstance(domain, str) else None
            names = (each.leaf("name") for each in datasets_of(config))
            datasets = tuple(dict.fromkeys(each for each in names if isinstance(each, str) and each))
            return self._add(
                Node(_id(name), name, server_type, implementation, place, status, shown, started, datasets)
            )
        if looks_like_sandbox(name, block, self._workspace.profile):
            provider = next(iter(provider_keys(block)), "")
            return self._add(Node(_id(name), name, SANDBOX, provider, place, status, None, started))
        return None

    def _add(self, node: Node) -> str:
        self.nodes.setdefault(node.id, node)
        return node.id

    def _add_open(self, name: str, required_type: str, at_name: Config) -> str:
        """Add a name that the run does not define, and return its node id."""
        known = any(each.server_type in (required_type, None) for each in self._workspace.names.defined(name))
        status = Status.OPEN if known or self._workspace.names.is_open(name) else Status.ERROR
        return self._add(Node(f"{OPEN}:{required_type}/{name}", name, OPEN, required_type, _place(at_name), status))

    def _status(self, block: Table) -> Status:
        """Return the worst status of the problems inside a block, in all files that define parts of it."""
        found: list[Status] = []
        for place in locations_of(block):
            flaws = self._flaws.get(place.path, [])
            first = bisect_left(flaws, place.span.start, key=_start)
            last = bisect_right(flaws, place.span.end, key=_start)
            found.extend(status for span, status in flaws[first:last] if place.span.covers(span))
        return Status.ERROR if Status.ERROR in found else Status.OPEN if found else Status.OK

    # What is started

    def _draw_refs(self, name: str, block: Table, server: Table, path: KeyPath) -> None:
        kind = EdgeKind.RELAY if block.origin.provenance is Provenance.GENERATED else EdgeKind.REF
        for ref in refs_in(server, path, self._interpolator, self._workspace.profile):
            target = self._target(ref)
            status = self.nodes[target].status if self.nodes[target].type == OPEN else Status.OK
            if status is Status.OK and self.nodes[target].type != ref.server_type:
                status = Status.ERROR
            label = dotted(ref.path[SERVER_DEPTH:])
            self.edges.append(Edge(_id(name), target, kind, label, _place(ref.at_name), status))

    def _target(self, ref: Ref) -> str:
        if ref.name is None:
            node = f"{OPEN}:{dotted(ref.path)}"
            return self._add(Node(node, "???", OPEN, ref.server_type, _place(ref.at_name), Status.OPEN))
        known = _id(ref.name)
        return known if known in self.nodes else self._add_open(ref.name, ref.server_type, ref.at_name)

    def _draw_sandboxes(self, name: str, server: Table, path: KeyPath) -> None:
        for below, table in tables(server, path):
            given = table.get(SANDBOX_PROVIDER)
            target = None if given is None else self._sandbox(given, (*below, SANDBOX_PROVIDER))
            if given is not None and target is not None:
                node = self.nodes[target]
                status = node.status if node.type == OPEN else Status.OK
                label = dotted((*below[SERVER_DEPTH:], SANDBOX_PROVIDER))
                self.edges.append(Edge(_id(name), target, EdgeKind.SANDBOX, label, _place(given), status))

    def _sandbox(self, given: Config, path: KeyPath) -> str | None:
        """Add the sandbox of a `sandbox_provider` and return its node id, or None if it names none."""
        if isinstance(given, Leaf) and given.is_interpolation:
            given = self._interpolator.dereference(given, path) or given
        if isinstance(given, Table):
            named = next((name for name, block in self._run.config.entries.items() if block is given), None)
            if named is not None and _id(str(named)) in self.nodes:
                return _id(str(named))
            provider = next(iter(provider_keys(given)), "")
            inline = Node(f"{SANDBOX}:{dotted(path)}", provider, SANDBOX, provider, _place(given), self._status(given))
            return self._add(inline)
        if not isinstance(given, Leaf) or not isinstance(given.value, str) or not given.value or given.is_interpolation:
            return None
        if given.is_missing:
            missing = Node(f"{OPEN}:{dotted(path)}", "???", OPEN, SANDBOX, _place(given), Status.OPEN)
            return self._add(missing)
        known = _id(given.value)
        return known if known in self.nodes else self._add_open(given.value, SANDBOX, given)

    # Where it comes from

    def _draw_transfers(self) -> None:
        for transfer in self._run.transfers:
            kind = EdgeKind.INHERIT if transfer.moved else EdgeKind.COPY
            inheriting, base = self._source(transfer.target), self._source(transfer.source)
            if inheriting != base:
                self.edges.append(Edge(inheriting, base, kind, dotted(transfer.target[1:]), _place(transfer.at)))
        for problem in self._run.problems:
            if isinstance(problem, InheritTargetNotFound):
                self._draw_lost(problem)

    def _source(self, path: KeyPath) -> str:
        """Add the top-level block of a key path, and return its node id."""
        name = str(path[0])
        name = self._run.renames.get(name, name)
        if _id(name) in self.nodes:
            return _id(name)
        block = at(self._run.merged, (name,)) or at(self._run.config, (name,))
        node = self._add_block(name, block, started=False) if isinstance(block, Table) else None
        place = None if block is None else _place(block)
        return node or self._add(Node(_id(name), name, BLOCK, "", place, Status.OK, started=False))

    def _draw_lost(self, problem: InheritTargetNotFound) -> None:
        """Add the edge of a directive whose source does not exist."""
        where = _place(problem.at)
        name = None if where is None else self._block_at(where)
        if name is not None:
            kind = EdgeKind.INHERIT if problem.directive == INHERIT_FROM else EdgeKind.COPY
            target = self._add_open(problem.target.split(".")[0], BLOCK, problem.at)
            inheriting = self._source((name,))
            self.edges.append(Edge(inheriting, target, kind, "", where, self.nodes[target].status))

    def _block_at(self, where: Location) -> str | None:
        """Return the name of the top-level block that contains a place."""
        blocks = self._blocks.get(where.path, [])
        index = bisect_right(blocks, where.span.start, key=_start) - 1
        return blocks[index][1] if index >= 0 and blocks[index][0].covers(where.span) else None

    @cached_property
    def _blocks(self) -> dict[PurePath, list[tuple[Span, str]]]:
        """The spans and the names of the top-level blocks in each file, in the order of the text."""
        found: dict[PurePath, list[tuple[Span, str]]] = defaultdict(list)
        for name, block in self._run.merged.entries.items():
            for place in locations_of(block):
                found[place.path].append((place.span, str(name)))
        for blocks in found.values():
            blocks.sort()
        return found

    def _draw_files(self) -> None:
        included = self._run.includes.nodes
        for node in included:
            self._add_file(node)
        for node in included:
            if node.includer is not None:
                includer = included[node.includer]
                self._include(includer.entry, node.entry, node.item, self._status_of_file(node))
        by_path = {node.path: node for node in included}
        for problem in self._run.problems:
            if isinstance(problem, IncludeRepeated) and (includer := by_path.get(problem.at.origin.path)) is not None:
                self._include(includer.entry, problem.entry, problem.at, Status.OK)
        if self._run.env_yaml is not None:
            path = self._run.env_yaml.path
            self._add(Node(f"{FILE}:{ENV_YAML}", ENV_YAML, FILE, "", file_location(path), Status.OK, started=False))

    def _add_file(self, node: Included) -> None:
        broken = {problem.at.origin.path for problem in self._run.problems if isinstance(problem, _ABOUT_FILES)}
        status = Status.ERROR if node.path in broken else self._status_of_file(node)
        place = _place(node.item) if node.path is None else file_location(node.path)
        self._add(Node(f"{FILE}:{node.entry}", node.entry, FILE, "", place, status, started=False))

    def _status_of_file(self, node: Included) -> Status:
        if node.path in self._run.outside:
            return Status.OPEN
        return Status.OK if node.file is not None else Status.ERROR

    def _include(self, includer: str, entry: str, item: Config, status: Status) -> None:
        source, target = f"{FILE}:{includer}", f"{FILE}:{entry}"
        if source != target and target in self.nodes:
            self.edges.append(Edge(source, target, EdgeKind.INCLUDE, "", _place(item), status))


def _start(placed: tuple[Span, str | Status]) -> int:
    return placed[0].start


def _id(name: str) -> str:
    return f"block:{name}"


def _flaws(problems: Iterable[Problem]) -> dict[PurePath, list[tuple[Span, Status]]]:
    """Return the span and the status of each problem that makes NeMo Gym fail, sorted, by its file."""
    found: dict[PurePath, list[tuple[Span, Status]]] = defaultdict(list)
    for problem in problems:
        if raised_by(problem) is None or isinstance(problem, _DRAWN):
            continue
        unbound = isinstance(problem, AgentNotComposed) and problem.why is Composing.NOTHING_TO_REHOST
        status = Status.OPEN if unbound or isinstance(problem, _FROM_OUTSIDE) else Status.ERROR
        found[problem.at.origin.path].append((value_span(problem.at), status))
    for flaws in found.values():
        flaws.sort()
    return found


def _place(config: Config) -> Location | None:
    """Return the place of a value; for one that NeMo Gym generates, the block that it is generated for."""
    written = next(locations_of(config), None)
    if written is None and config.origin.provenance is Provenance.GENERATED:
        return Location(config.origin.path, key_span(config), key_span(config))
    return written
