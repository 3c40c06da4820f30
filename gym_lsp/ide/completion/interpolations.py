"""Completion in `${...}`: keys of the run, segment by segment, resolvers, and environment variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.compose.config import Array, Config, Leaf, Provenance, Table, at
from gym_lsp.compose.resolved import scalar
from gym_lsp.compose.secrets import masked
from gym_lsp.compose.servers import SERVER_MODEL
from gym_lsp.gym.fields import accepts
from gym_lsp.gym.layout import CONFIG_PATHS, ServerPath, is_in_config_paths, is_top_level
from gym_lsp.gym.release.resolvers import DIRECTIVES, KEYED, OFFERED, RESOLVERS
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank, literal, stop
from gym_lsp.ide.completion.context import Role
from gym_lsp.ide.completion.request import Request
from gym_lsp.ide.markdown import code
from gym_lsp.ide.open_interpolation import OpenInterpolation, open_call, open_interpolation_at
from gym_lsp.memo import query
from gym_lsp.syntax import KeyPath
from gym_lsp.text import Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import UseKind
from gym_lsp.workspace.workspace import Workspace

_WORD = re.compile(r"[\w-]*")
_SEGMENT = re.compile(r"[\w-]*$")


def _may_be_interpolated(request: Request) -> bool:
    """Whether an interpolation is allowed. NeMo Gym validates the common fields of servers before it resolves them."""
    profile, server = request.workspace.profile, ServerPath.of(request.context.path)
    is_checked = (
        server is not None
        and server.server_type in profile.server_types
        and server.field in profile.models[SERVER_MODEL].fields
    )
    return not is_checked or accepts(request.shape.type, "${key}")


def interpolations(request: Request) -> Iterator[Candidate]:
    """Yield the continuations of the interpolation at the cursor."""
    context = request.context
    if context.role is Role.KEY or request.kind not in (FileKind.CONFIG, FileKind.ENVIRONMENT):
        return
    opened = open_interpolation_at(context.text, context.span, context.span.start + len(context.prefix))
    if opened is None or not _may_be_interpolated(request):
        return
    call = open_call(opened)
    if call is None:
        yield from _resolvers(request, opened)
        yield from _keys(request, opened, opened.inside, with_dots=True)
        return
    if call.name == "oc.env" and len(call.arguments) == 1:
        yield from _variables(request, opened, call.arguments[0].lstrip())
    elif call.name in KEYED and len(call.arguments) == 1:
        yield from _keys(request, opened, call.arguments[0].lstrip(), with_dots=False)


def _resolvers(request: Request, opened: OpenInterpolation) -> Iterator[Candidate]:
    if not any(name.startswith(opened.inside.strip()) for name in OFFERED):
        return
    span = Span(opened.start, opened.start + len(opened.inside))
    close = "" if opened.is_closed else "}"
    is_whole = opened.start == request.context.span.start + len("${") and request.context.role is Role.VALUE
    for index, name in enumerate(OFFERED):
        if name in DIRECTIVES and not is_whole:
            continue
        resolver = RESOLVERS[name]
        first = resolver.parameters[0].name
        yield request.part(
            name,
            span,
            f"{name}:{close}",
            CandidateKind.RESOLVER,
            detail=resolver.label,
            documentation=(resolver.meaning,),
            rank=Rank.LAST,
            order=index,
            snippet=f"{literal(name)}:{stop(1, first)}{literal(close)}",
        )


def _variables(request: Request, opened: OpenInterpolation, typed: str) -> Iterator[Candidate]:
    """Yield the environment variables that configs read, without their values."""
    span = _word_span(request, typed)
    close = "" if opened.is_closed else "}"
    workspace = request.workspace

    counts: dict[str, int] = {}
    for path in (*workspace.members, *workspace.library):
        for name in _variables_in(workspace, path):
            counts[name] = counts.get(name, 0) + 1
    for name, count in counts.items():
        if name == typed and count == 1:
            continue
        is_set = name in workspace.environment
        yield request.part(
            name,
            span,
            f"{name}{close}",
            CandidateKind.VARIABLE,
            detail="set" if is_set else "not set",
            documentation=(f"Used {count} {'time' if count == 1 else 'times'} in the workspace and in NeMo Gym.",),
            rank=Rank.RUN if is_set else Rank.WORKSPACE,
        )


@query
def _variables_in(workspace: Workspace, path: PurePath) -> tuple[str, ...]:
    """Return the environment variables that one file reads."""
    if "oc.env" not in (workspace.text(path) or ""):
        return ()
    return tuple(use.name for use in workspace.uses(path) if use.kind is UseKind.VARIABLE)


def _word_span(request: Request, typed: str) -> Span:
    context = request.context
    offset = context.span.start + len(context.prefix)
    after = _WORD.match(context.text, offset, context.span.end)
    return Span(offset - len(typed), offset if after is None else after.end())


def _keys(request: Request, opened: OpenInterpolation, typed: str, *, with_dots: bool) -> Iterator[Candidate]:
    """Yield the keys below the path before the cursor."""
    dots = len(typed) - len(typed.lstrip("."))
    if dots and not with_dots:
        return
    above, _, word = typed[dots:].rpartition(".")
    if not _SEGMENT.fullmatch(word) or "[" in above:
        return
    root = _root(request, opened)
    base = request.context.path[: max(0, len(request.context.path) - dots)] if dots else ()
    steps = (*base, *(above.split(".") if above else ()))
    block = at(root, steps)
    span = _word_span(request, word)
    if isinstance(block, Table):
        for name, value in block.entries.items():
            if name == CONFIG_PATHS and not steps:
                continue
            if isinstance(name, str) and _SEGMENT.fullmatch(name) and _can_refer_to(request, (*steps, name), value):
                yield _key(request, span, (*steps, name), value, opened)
    elif isinstance(block, Array):
        for index, value in enumerate(block.items):
            yield _key(request, span, (*steps, index), value, opened)


def _root(request: Request, opened: OpenInterpolation) -> Table:
    """Return the table that contains the keys. Directives use the configuration before any directive is executed."""
    if is_in_config_paths(request.context.path):
        return request.file.config
    is_directive = opened.inside.startswith(("inherit_from:", "copy:"))
    return request.run.merged if is_directive else request.run.config


def _can_refer_to(request: Request, path: KeyPath, value: Config) -> bool:
    """Whether an interpolation can refer to a key: it has a value, and is not the key of the interpolation."""
    if isinstance(value, Leaf):
        return not value.is_missing and path != request.context.path
    if is_top_level(path) and value.origin.provenance is Provenance.GENERATED:
        return False
    return bool(value.entries if isinstance(value, Table) else value.items)


def _key(request: Request, span: Span, path: KeyPath, value: Config, opened: OpenInterpolation) -> Candidate:
    is_leaf = isinstance(value, Leaf)
    close = "}" if is_leaf and not opened.is_closed and "," not in opened.inside else ""
    name = str(path[-1])
    is_server = not is_leaf and is_top_level(path)
    return request.part(
        name,
        span,
        f"{name}{close}",
        CandidateKind.VALUE if is_leaf else CandidateKind.INSTANCE,
        detail=_shown(request, path, value),
        documentation=(_from(request, value),),
        rank=Rank.WORKSPACE if is_server else Rank.RUN,
        continues=not is_leaf,
    )


def _shown(request: Request, path: KeyPath, value: Config) -> str:
    if isinstance(value, Table):
        return "mapping"
    if isinstance(value, Array):
        return "list"
    if value.origin.provenance is Provenance.STAND_IN:
        return "set outside the configs"
    return scalar(masked(path, value.value, request.workspace.secrets(request.run.run)))


def _from(request: Request, value: Config) -> str:
    if value.origin.provenance is Provenance.STAND_IN:
        return "Set by the command line or `env.yaml`."
    return f"From {code(request.workspace.spelled(value.origin.path))}."
