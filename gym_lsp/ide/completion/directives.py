"""Completion of the values of `_inherit_from`, `_copy` and `_delete_key`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import PurePath

from gym_lsp.compose.blocks import first_directive
from gym_lsp.compose.config import Config, Leaf, Table, at
from gym_lsp.compose.run import Composition, Run
from gym_lsp.gym import layout
from gym_lsp.gym.layout import (
    COPY,
    DUMMY_MODEL,
    ENVIRONMENTS,
    INHERIT_FROM,
    MODELS,
    NAME,
    SANDBOX_PROVIDER,
    is_top_level,
)
from gym_lsp.gym.release.profile import Profile
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Proposal, Rank
from gym_lsp.ide.completion.context import Role
from gym_lsp.ide.completion.request import Request
from gym_lsp.ide.instances import Instance, elsewhere, instances_in
from gym_lsp.ide.markdown import code
from gym_lsp.memo import query
from gym_lsp.syntax import Mapping as MappingNode
from gym_lsp.syntax import Scalar
from gym_lsp.text import Span
from gym_lsp.workspace.workspace import Workspace

_SEGMENT = re.compile(r"[^.\s,]+")
"""A key that can be a segment of a dotted path."""


def directives(request: Request) -> Iterator[Candidate | Proposal]:
    """Yield the blocks that a directive can name, segment by segment, or the keys that it can remove."""
    context = request.context
    if context.role is not Role.VALUE or len(context.path) < 2 or context.prefix.startswith("$"):
        return
    match context.path[-1]:
        case layout.INHERIT_FROM | layout.COPY:
            yield from _targets(request)
        case layout.DELETE_KEY:
            yield from _deletable(request)
        case _:
            return


def _targets(request: Request) -> Iterator[Candidate | Proposal]:
    context = request.context
    above, _, typed = context.prefix.rpartition(".")
    steps = tuple(above.split(".")) if above else ()
    start = context.span.start + len(context.prefix) - len(typed)
    after = context.text[start + len(typed) : context.span.end]
    span = Span(start, start + len(typed) + len(after.partition(".")[0]))
    block = at(request.run.merged, steps)
    groups = _groups_beside(request)
    for name, value in block.entries.items() if isinstance(block, Table) else ():
        target = (*steps, str(name))
        if (
            isinstance(name, str)
            and _SEGMENT.fullmatch(name)
            and isinstance(value, Table)
            and _fits(request, target, value, groups)
        ):
            inherits = request.context.path[-1] == INHERIT_FROM and not steps
            needed = inherits and name in _needed_in_run(request.workspace, request.run.run)
            yield _target(request, span, name, value, needed=needed)
    if not steps:
        yield from _elsewhere(request, span)


def _fits(request: Request, target: tuple[str, ...], value: Table, groups: Mapping[str, frozenset[object]]) -> bool:
    """Whether a block can be inherited here: not this block, one around it, or one that inherits itself."""
    here = request.context.path[:-1]
    if here[: len(target)] == target or target[: len(here)] == here:
        return False
    name = ".".join(target)
    if name in request.workspace.profile.reserved_keys:
        return False
    return first_directive(value) is None and not _is_dummy_model(value) and _is_alike(groups, value)


def _groups_beside(request: Request) -> Mapping[str, frozenset[object]]:
    """Return the server types beside the directive of a top-level block, each with its implementations."""
    mapping = request.context.mapping
    if mapping is None or not is_top_level(request.context.path[:-1]):
        return {}
    found: dict[str, frozenset[object]] = {}
    for server_type in request.workspace.profile.server_types:
        local = mapping.get(server_type)
        if local is not None:
            entries = local.entries if isinstance(local, MappingNode) else ()
            found[server_type] = frozenset(entry.name for entry in entries)
    return found


def _is_alike(groups: Mapping[str, frozenset[object]], source: Config) -> bool:
    """Whether the keys beside the directive can merge over a block: a server needs one of its implementation."""
    if not isinstance(source, Table):
        return True
    for server_type, implementations in groups.items():
        group = source.table(server_type)
        if group is None or not implementations <= group.entries.keys():
            return False
    return True


def _is_dummy_model(value: Table) -> bool:
    group = value.table(MODELS)
    return group is not None and tuple(group.entries) == (DUMMY_MODEL,)


@query
def _needed_in_run(workspace: Workspace, run: Run) -> frozenset[str]:
    """Return the blocks that other servers of the run name, and would not find after `_inherit_from` moves them."""
    servers = ((server.server_type, server.config) for server in workspace.compose(run).servers)
    return _named(servers, workspace.profile)


@query
def _needed_in_file(workspace: Workspace, path: PurePath) -> frozenset[str]:
    """Return the same for the servers of one file that is not part of the run yet."""
    servers = ((each.server_type, each.server) for each in instances_in(workspace, path))
    return _named(((kind, server) for kind, server in servers if server is not None), workspace.profile)


def _named(servers: Iterable[tuple[str, Table]], profile: Profile) -> frozenset[str]:
    """Return the names in refs and sandbox fields. Environment servers follow agents that inheritance renames."""
    found: set[str] = set()
    for server_type, config in servers:
        if server_type == ENVIRONMENTS and profile.follows_agent_renames:
            continue
        for field, value in config.entries.items():
            name = value.leaf(NAME) if isinstance(value, Table) else None
            if field == SANDBOX_PROVIDER and isinstance(value, Leaf):
                name = value.value
            if isinstance(name, str):
                found.add(name)
    return frozenset(found)


_NEEDED = "Other servers refer to this block and would fail. Use `_copy`, or let them inherit as well."


def _target(request: Request, span: Span, name: str, value: Config, *, needed: bool) -> Candidate:
    return request.part(
        name,
        span,
        name,
        CandidateKind.INSTANCE,
        detail=request.workspace.spelled(value.origin.path),
        documentation=(_NEEDED,) if needed else (),
        rank=Rank.LAST if needed else Rank.RUN,
    )


def _elsewhere(request: Request, span: Span) -> Iterator[Proposal]:
    inherits = request.context.path[-1] == INHERIT_FROM
    groups = _groups_beside(request)
    for instance in elsewhere(request.workspace, request.run, request.workspace.profile.server_types):
        if first_directive(instance.config) is not None or not _is_alike(groups, instance.config):
            continue
        needed = inherits and instance.name in _needed_in_file(request.workspace, instance.path)
        rank = Rank.LAST if needed else request.rank_of(instance.path)
        yield Proposal(instance.name, span.start, partial(_target_elsewhere, request, span, instance, needed), rank)


def _target_elsewhere(request: Request, span: Span, instance: Instance, needed: bool, proposal: Proposal) -> Candidate:
    about = f"Adds {code(request.workspace.spelled(instance.path))} to `config_paths`."
    return request.part(
        instance.name,
        span,
        instance.name,
        CandidateKind.INSTANCE,
        detail=f"{instance.server_type}/{instance.implementation}",
        documentation=(about, _NEEDED) if needed else (about,),
        rank=proposal.rank,
        additional_edits=request.including(instance.path),
    )


def _deletable(request: Request) -> Iterator[Candidate]:
    """Yield the keys that the block inherits and does not set itself. The value can list several, with commas."""
    context = request.context
    source = source_of(request.run, request)
    above, comma, typed = context.prefix.rpartition(",")
    word = typed.lstrip()
    start = context.span.start + len(above) + len(comma) + len(typed) - len(word)
    after = context.text[start + len(word) : context.span.end].partition(",")[0]
    taken = {name.strip() for name in above.split(",")}
    for name in source.entries if source is not None else ():
        if isinstance(name, str) and name not in taken and name not in context.neighbours:
            yield request.part(name, Span(start, start + len(word) + len(after)), name, CandidateKind.KEY)


def source_of(run: Composition, request: Request) -> Table | None:
    """Return the block that the mapping at the cursor inherits, or None."""
    mapping = request.context.mapping
    for key in (COPY, INHERIT_FROM):
        named = None if mapping is None else mapping.get(key)
        if isinstance(named, Scalar) and isinstance(named.value, str):
            found = at(run.merged, tuple(named.value.split(".")))
            return found if isinstance(found, Table) else None
    return None
