"""Which problems of a run are worth telling: those that do not merely follow from another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gym_lsp.compose.config import Config, Table
from gym_lsp.compose.directives import Transfer
from gym_lsp.compose.problem import (
    AgentNotComposed,
    AlmostServer,
    Conflict,
    DirectiveMisused,
    Failing,
    IncludeMissingValue,
    IncludeNotFound,
    IncludeNotText,
    IncludesNotList,
    IncludeUnknown,
    IncludeUnreadable,
    InheritTargetNotFound,
    InterpolationFailed,
    InterpolationKeyNotFound,
    Malformed,
    MissingValue,
    Problem,
    RenameAmbiguous,
    RootNotMapping,
    RootsMalformed,
    ServerRefNotFound,
)
from gym_lsp.compose.servers import Flaw
from gym_lsp.gym.layout import (
    AGENTS,
    NAME,
    RESOURCES_SERVER,
    ServerPath,
    is_in_config_paths,
    is_top_level,
)
from gym_lsp.syntax import KeyPath
from gym_lsp.text import Span

_UNREAD = (
    IncludeNotFound,
    IncludeUnreadable,
    IncludeNotText,
    IncludeUnknown,
    IncludeMissingValue,
    IncludesNotList,
    Malformed,
    RootNotMapping,
    RootsMalformed,
)
_ABSENCE = (ServerRefNotFound, InheritTargetNotFound, InterpolationKeyNotFound, AgentNotComposed)
_FAILED_BLOCK = (InheritTargetNotFound, DirectiveMisused)
_UNBOUND = (RESOURCES_SERVER, NAME)


def is_incomplete(problems: Iterable[Problem]) -> bool:
    """Whether a file could not be read, so that what the run does not define may well stand there."""
    return any(isinstance(problem, _UNREAD) for problem in problems)


def without_consequences(
    problems: Iterable[Problem], config: Table, transfers: Iterable[Transfer]
) -> Iterator[Problem]:
    """The problems that do not merely follow from others.

    What an unread file would define is not reported as absent. A block whose directive failed, or that is an
    almost-server, is not also reported at each place that refers to it, nor a value that is still `???`. A value that
    cannot be merged is of the wrong kind, which its field need not say again. What one
    directive took away is not missed by a server that another one, which failed, may well have taken away too.
    """
    listed = list(problems)
    incomplete = is_incomplete(listed)
    failed = {_top_key(problem.at, config) for problem in listed if isinstance(problem, _FAILED_BLOCK)}
    if failed:
        failed.update(str(each.source[0]) for each in transfers if each.moved and is_top_level(each.source))
    almost = {problem.instance for problem in listed if isinstance(problem, AlmostServer) and not problem.ignored}
    not_there = almost | failed
    uncomposed = any(isinstance(problem, AgentNotComposed) for problem in listed)
    ambiguous = {id(problem.at) for problem in listed if isinstance(problem, RenameAmbiguous)}
    unset = any(isinstance(problem, MissingValue) for problem in listed)
    unmerged = {_place(problem.at) for problem in listed if isinstance(problem, Conflict)}
    seen: set[tuple[object, ...]] = set()
    for problem in listed:
        if incomplete and isinstance(problem, _ABSENCE) and not _is_in_config_paths(problem):
            continue
        if isinstance(problem, ServerRefNotFound) and (problem.name in not_there or id(problem.at) in ambiguous):
            continue
        if uncomposed and isinstance(problem, MissingValue) and _is_unbound(problem.path):
            continue
        if unset and isinstance(problem, InterpolationFailed) and problem.why is Failing.UNSET:
            continue
        if isinstance(problem, AlmostServer) and isinstance(problem.flaw, Flaw) and _place(problem.flaw.at) in unmerged:
            continue
        key = (type(problem), id(problem.at.origin), problem.at.node.span, _particulars(problem))
        if key not in seen:
            seen.add(key)
            yield problem


def _place(config: Config) -> tuple[int, Span]:
    return id(config.origin), config.node.span


def _is_unbound(path: KeyPath) -> bool:
    """Whether a `???` is what makes an agent an unbound one."""
    server = ServerPath.of(path)
    return server is not None and server.server_type == AGENTS and server.rest == _UNBOUND


def _particulars(problem: Problem) -> object:
    """What tells two problems of one kind at one value apart."""
    if isinstance(problem, AlmostServer) and isinstance(problem.flaw, Flaw):
        return problem.flaw.kind, problem.flaw.field
    return problem.problem if isinstance(problem, Malformed) else None


def _is_in_config_paths(problem: Problem) -> bool:
    return isinstance(problem, InterpolationKeyNotFound) and is_in_config_paths(problem.path)


def _top_key(at: Config, config: Table) -> str:
    """The instance in whose text a value is written."""
    for name, block in config.entries.items():
        if block.origin is at.origin and block.node.span.covers(at.node.span):
            return str(name)
    return ""
