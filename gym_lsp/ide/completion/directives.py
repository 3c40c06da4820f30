"""The values of `_inherit_from`, `_copy` and `_delete_key`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank
from gym_lsp.ide.completion.context import Role
from gym_lsp.ide.completion.question import Question
from gym_lsp.ide.instances import elsewhere, instances_in
from gym_lsp.memo import query
from gym_lsp.syntax import Mapping, Scalar
from gym_lsp.text import Span
from gym_lsp.workspace.names import SANDBOX
from gym_lsp.workspace.workspace import Workspace

_SEGMENT = re.compile(r"[^.\s,]+")
"""A key that a dotted path can name."""


def directives(question: Question) -> Iterator[Candidate]:
    """What a directive may name: blocks of the run, segment by segment, or the keys to leave out."""
    context = question.context
    if context.role is not Role.VALUE or len(context.path) < 2 or context.prefix.startswith("$"):
        return
    match context.path[-1]:
        case layout.INHERIT_FROM | layout.COPY:
            yield from _targets(question)
        case layout.DELETE_KEY:
            yield from _deletable(question)
        case _:
            return


def _targets(question: Question) -> Iterator[Candidate]:
    context = question.context
    above, _, typed = context.prefix.rpartition(".")
    steps = tuple(above.split(".")) if above else ()
    start = context.span.start + len(context.prefix) - len(typed)
    behind = context.text[start + len(typed) : context.span.end]
    span = Span(start, start + len(typed) + len(behind.partition(".")[0]))
    block = at(question.run.merged, steps)
    for name, value in block.entries.items() if isinstance(block, Table) else ():
        target = (*steps, str(name))
        if (
            isinstance(name, str)
            and _SEGMENT.fullmatch(name)
            and isinstance(value, Table)
            and _fits(question, target, value)
        ):
            inherits = question.context.path[-1] == INHERIT_FROM and not steps
            needed = inherits and name in _needed_in_run(question.workspace, question.run.run)
            yield _target(question, span, name, value, needed=needed)
    if not steps:
        yield from _elsewhere(question, span)


def _fits(question: Question, target: tuple[str, ...], value: Table) -> bool:
    """Whether a block can be inherited here: not itself, nothing around it, no chain."""
    here = question.context.path[:-1]
    if here[: len(target)] == target or target[: len(here)] == here:
        return False
    name = ".".join(target)
    if name in question.workspace.profile.reserved_keys:
        return False
    return first_directive(value) is None and not _is_dummy_model(value) and _is_alike(question, value)


def _is_alike(question: Question, source: Config) -> bool:
    """Whether what is written beside the directive merges over a block: a server over one of its implementation."""
    mapping = question.context.mapping
    if mapping is None or not isinstance(source, Table) or not is_top_level(question.context.path[:-1]):
        return True
    for server_type in question.workspace.profile.server_types:
        local = mapping.get(server_type)
        if local is None:
            continue
        group = source.table(server_type)
        if group is None or (
            isinstance(local, Mapping) and any(each.name not in group.entries for each in local.entries)
        ):
            return False
    return True


def _is_dummy_model(value: Table) -> bool:
    group = value.table(MODELS)
    return group is not None and tuple(group.entries) == (DUMMY_MODEL,)


@query
def _needed_in_run(workspace: Workspace, run: Run) -> frozenset[str]:
    """The blocks that other servers of the run name, and would no longer find once they are inherited."""
    servers = ((server.server_type, server.config) for server in workspace.compose(run).servers)
    return _named(servers, workspace.profile)


@query
def _needed_in_file(workspace: Workspace, path: PurePath) -> frozenset[str]:
    """The same for the servers of one file that is not part of the run yet."""
    servers = ((each.server_type, each.server) for each in instances_in(workspace, path))
    return _named(((kind, server) for kind, server in servers if server is not None), workspace.profile)


def _named(servers: Iterable[tuple[str, Table]], profile: Profile) -> frozenset[str]:
    """What refs and sandbox fields name; environment servers follow the agents that are renamed by inheriting."""
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


_NEEDED = "Other servers refer to this block and would no longer find it. Use `_copy`, or let them inherit as well."


def _target(question: Question, span: Span, name: str, value: Config, *, needed: bool) -> Candidate:
    return question.part(
        name,
        span,
        name,
        CandidateKind.INSTANCE,
        detail=question.workspace.spelled(value.origin.path),
        documentation=_NEEDED if needed else "",
        rank=Rank.LAST if needed else Rank.RUN,
    )


def _elsewhere(question: Question, span: Span) -> Iterator[Candidate]:
    inherits = question.context.path[-1] == INHERIT_FROM
    for instance in elsewhere(question.workspace, question.run):
        if instance.server_type == SANDBOX or first_directive(instance.config) is not None:
            continue
        if not _is_alike(question, instance.config):
            continue
        needed = inherits and instance.name in _needed_in_file(question.workspace, instance.path)
        about = f"Adds `{question.workspace.spelled(instance.path)}` to `config_paths`."
        yield question.part(
            instance.name,
            span,
            instance.name,
            CandidateKind.INSTANCE,
            detail=f"{instance.server_type}/{instance.implementation}",
            documentation=f"{about}\n\n{_NEEDED}" if needed else about,
            rank=Rank.LAST if needed else question.rank_of(instance.path),
            additional_edits=question.including(instance.path),
        )


def _deletable(question: Question) -> Iterator[Candidate]:
    """The keys that the block inherits and does not have itself; several may be named with commas between them."""
    context = question.context
    source = source_of(question.run, question)
    above, comma, typed = context.prefix.rpartition(",")
    word = typed.lstrip()
    start = context.span.start + len(above) + len(comma) + len(typed) - len(word)
    behind = context.text[start + len(word) : context.span.end].partition(",")[0]
    taken = {name.strip() for name in above.split(",")}
    for name in source.entries if source is not None else ():
        if isinstance(name, str) and name not in taken and name not in context.neighbours:
            yield question.part(name, Span(start, start + len(word) + len(behind)), name, CandidateKind.KEY)


def source_of(run: Composition, question: Question) -> Table | None:
    """The block that the mapping at the cursor inherits."""
    mapping = question.context.mapping
    for key in (COPY, INHERIT_FROM):
        named = None if mapping is None else mapping.get(key)
        if isinstance(named, Scalar) and isinstance(named.value, str):
            found = at(run.merged, tuple(named.value.split(".")))
            return found if isinstance(found, Table) else None
    return None
