"""The problems of a run that are worth reporting: those that do not just follow from another one."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from gym_lsp.compose.config import Config, Origin, Table
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
    IncludeOutside,
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
    IncludeOutside,
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
    """Return whether a file could not be read, which might define what the run does not define."""
    return any(isinstance(problem, _UNREAD) for problem in problems)


def without_consequences(
    problems: Iterable[Problem], config: Table, transfers: Iterable[Transfer]
) -> Iterator[Problem]:
    """Yield the problems that do not just follow from others.

    - A name that an unread file might define is not reported as absent.
    - A block whose directive failed, or that is an almost-server, is not reported again at each ref to it. The same is
      true for a value that is still `???`.
    - A value that cannot be merged has the wrong type, so its field does not report the type again.
    - If a directive failed, blocks that other directives moved are not reported as absent: the failed directive might
      have moved the server that refers to them.
    """
    listed = list(problems)
    incomplete = is_incomplete(listed)
    failures = [problem.at for problem in listed if isinstance(problem, _FAILED_BLOCK)]
    failed = set(_top_keys(failures, config)) if failures else set[str]()
    if failed:
        failed.update(str(each.source[0]) for each in transfers if each.moved and is_top_level(each.source))
    almost = {problem.instance for problem in listed if isinstance(problem, AlmostServer) and not problem.ignored}
    not_there = almost | failed
    uncomposed = any(isinstance(problem, AgentNotComposed) for problem in listed)
    ambiguous = {problem.at for problem in listed if isinstance(problem, RenameAmbiguous)}
    unset = any(isinstance(problem, MissingValue) for problem in listed)
    unmerged = {_place(problem.at) for problem in listed if isinstance(problem, Conflict)}
    seen: set[tuple[object, ...]] = set()
    for problem in listed:
        is_known = _is_in_config_paths(problem) or _is_of_recipe(problem)
        if incomplete and isinstance(problem, _ABSENCE) and not is_known:
            continue
        if isinstance(problem, ServerRefNotFound) and (problem.name in not_there or problem.at in ambiguous):
            continue
        if uncomposed and isinstance(problem, MissingValue) and _is_unbound(problem.path):
            continue
        if unset and isinstance(problem, InterpolationFailed) and problem.why is Failing.UNSET:
            continue
        if isinstance(problem, AlmostServer) and _place(problem.flaw.at) in unmerged:
            continue
        key = (type(problem), problem.at.origin, problem.at.node.span, _particulars(problem))
        if key not in seen:
            seen.add(key)
            yield problem


def _place(config: Config) -> tuple[Origin, Span]:
    return config.origin, config.node.span


def _is_unbound(path: KeyPath) -> bool:
    """Return whether the `???` at a path makes an agent unbound."""
    server = ServerPath.of(path)
    return server is not None and server.server_type == AGENTS and server.rest == _UNBOUND


def _particulars(problem: Problem) -> object:
    """Return what distinguishes two problems of one type at one value."""
    if isinstance(problem, AlmostServer):
        return problem.flaw.kind, problem.flaw.field
    return problem.problem if isinstance(problem, Malformed) else None


def _is_in_config_paths(problem: Problem) -> bool:
    return isinstance(problem, InterpolationKeyNotFound) and is_in_config_paths(problem.path)


def _is_of_recipe(problem: Problem) -> bool:
    """Whether a recipe lacks a key: it is read before any config is."""
    return isinstance(problem, InterpolationKeyNotFound) and problem.at.origin.is_recipe


def _top_keys(values: Iterable[Config], config: Table) -> Iterator[str]:
    """Yield the name of the instance that contains each value; empty if none does."""
    blocks: dict[PurePath, list[tuple[int, str, Config]]] = defaultdict(list)
    for name, block in config.entries.items():
        blocks[block.origin.path].append((block.node.start, str(name), block))
    for written in blocks.values():
        written.sort(key=lambda each: each[0])
    for value in values:
        written = blocks[value.origin.path]
        index = bisect_right(written, value.node.start, key=lambda each: each[0]) - 1
        around = written[index] if index >= 0 else None
        is_inside = around is not None and around[2].node.span.covers(value.node.span)
        yield around[1] if around is not None and is_inside and around[2].origin is value.origin else ""
