"""What may stand inside `${...}`: keys of the run, segment by segment, resolvers, environment variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.compose.config import Array, Config, Leaf, Provenance, Table, at
from gym_lsp.compose.resolved import looks_secret, scalar
from gym_lsp.compose.servers import SERVER_MODEL
from gym_lsp.gym.fields import accepts
from gym_lsp.gym.layout import CONFIG_PATHS, ServerPath, is_in_config_paths, is_top_level
from gym_lsp.gym.release.resolvers import DIRECTIVES, KEYED, OFFERED, RESOLVERS
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank, literal, stop
from gym_lsp.ide.completion.context import Role
from gym_lsp.ide.completion.question import Question
from gym_lsp.ide.open_interpolation import Opened, call_in, opened_at
from gym_lsp.memo import query
from gym_lsp.syntax import KeyPath
from gym_lsp.text import Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import UseKind
from gym_lsp.workspace.workspace import Workspace

_WORD = re.compile(r"[\w-]*")
_SEGMENT = re.compile(r"[\w-]*$")


def _may_be_interpolated(question: Question) -> bool:
    """Whether NeMo Gym resolves the value before it looks at it; the base fields of servers it looks at as they are."""
    profile, server = question.workspace.profile, ServerPath.of(question.context.path)
    is_checked = (
        server is not None
        and server.server_type in profile.server_types
        and server.field in profile.models[SERVER_MODEL].fields
    )
    return not is_checked or accepts(question.shape.type, "${key}")


def interpolations(question: Question) -> Iterator[Candidate]:
    """The continuations of the interpolation at the cursor."""
    context = question.context
    if context.role is Role.KEY or question.kind not in (FileKind.CONFIG, FileKind.ENVIRONMENT):
        return
    opened = opened_at(context.text, context.span, context.span.start + len(context.prefix))
    if opened is None or not _may_be_interpolated(question):
        return
    call = call_in(opened)
    if call is None:
        yield from _resolvers(question, opened)
        yield from _keys(question, opened, opened.inside, with_dots=True)
        return
    if call.name == "oc.env" and len(call.arguments) == 1:
        yield from _variables(question, opened, call.arguments[0].lstrip())
    elif call.name in KEYED and len(call.arguments) == 1:
        yield from _keys(question, opened, call.arguments[0].lstrip(), with_dots=False)


def _resolvers(question: Question, opened: Opened) -> Iterator[Candidate]:
    if not any(name.startswith(opened.inside.strip()) for name in OFFERED):
        return
    span = Span(opened.start, opened.start + len(opened.inside))
    close = "" if opened.is_closed else "}"
    is_whole = opened.start == question.context.span.start + len("${") and question.context.role is Role.VALUE
    for index, name in enumerate(OFFERED):
        if name in DIRECTIVES and not is_whole:
            continue
        resolver = RESOLVERS[name]
        first = resolver.parameters[0].name
        yield question.part(
            name,
            span,
            f"{name}:{close}",
            CandidateKind.RESOLVER,
            detail=resolver.label,
            documentation=resolver.meaning,
            rank=Rank.LAST,
            order=index,
            snippet=f"{literal(name)}:{stop(1, first)}{literal(close)}",
        )


def _variables(question: Question, opened: Opened, typed: str) -> Iterator[Candidate]:
    """The variables that other configs read; only their names are ever looked at."""
    span = _word_span(question, typed)
    close = "" if opened.is_closed else "}"
    workspace = question.workspace

    counts: dict[str, int] = {}
    for path in (*workspace.members, *workspace.library):
        for name in _variables_in(workspace, path):
            counts[name] = counts.get(name, 0) + 1
    for name, count in counts.items():
        if name == typed and count == 1:
            continue
        is_set = name in workspace.environment
        yield question.part(
            name,
            span,
            f"{name}{close}",
            CandidateKind.VARIABLE,
            detail="set" if is_set else "not set",
            documentation=f"Used {count} {'time' if count == 1 else 'times'} in the workspace and in NeMo Gym.",
            rank=Rank.RUN if is_set else Rank.WORKSPACE,
        )


@query
def _variables_in(workspace: Workspace, path: PurePath) -> tuple[str, ...]:
    """The variables that one file reads."""
    if "oc.env" not in (workspace.text(path) or ""):
        return ()
    return tuple(use.name for use in workspace.uses(path) if use.kind is UseKind.VARIABLE)


def _word_span(question: Question, typed: str) -> Span:
    context = question.context
    offset = context.span.start + len(context.prefix)
    behind = _WORD.match(context.text, offset, context.span.end)
    return Span(offset - len(typed), offset if behind is None else behind.end())


def _keys(question: Question, opened: Opened, typed: str, *, with_dots: bool) -> Iterator[Candidate]:
    """The keys at the path that is written so far."""
    dots = len(typed) - len(typed.lstrip("."))
    if dots and not with_dots:
        return
    above, _, word = typed[dots:].rpartition(".")
    if not _SEGMENT.fullmatch(word) or "[" in above:
        return
    root = _root(question, opened)
    base = question.context.path[: max(0, len(question.context.path) - dots)] if dots else ()
    steps = (*base, *(above.split(".") if above else ()))
    block = at(root, steps)
    span = _word_span(question, word)
    if isinstance(block, Table):
        for name, value in block.entries.items():
            if name == CONFIG_PATHS and not steps:
                continue
            if isinstance(name, str) and _SEGMENT.fullmatch(name) and _leads_on(question, (*steps, name), value):
                yield _key(question, span, (*steps, name), value, opened)
    elif isinstance(block, Array):
        for index, value in enumerate(block.items):
            yield _key(question, span, (*steps, index), value, opened)


def _root(question: Question, opened: Opened) -> Table:
    """What the keys are looked up in. Directives see the run as it was before any of them was followed."""
    if is_in_config_paths(question.context.path):
        return question.file.config
    is_directive = opened.inside.startswith(("inherit_from:", "copy:"))
    return question.run.merged if is_directive else question.run.config


def _leads_on(question: Question, path: KeyPath, value: Config) -> bool:
    """Whether a key can be referred to: it has a value, and is not the one that is being written."""
    if isinstance(value, Leaf):
        return not value.is_missing and path != question.context.path
    if is_top_level(path) and value.origin.provenance is Provenance.GENERATED:
        return False
    return bool(value.entries if isinstance(value, Table) else value.items)


def _key(question: Question, span: Span, path: KeyPath, value: Config, opened: Opened) -> Candidate:
    is_leaf = isinstance(value, Leaf)
    close = "}" if is_leaf and not opened.is_closed and "," not in opened.inside else ""
    name = str(path[-1])
    is_server = not is_leaf and is_top_level(path)
    return question.part(
        name,
        span,
        f"{name}{close}",
        CandidateKind.VALUE if is_leaf else CandidateKind.INSTANCE,
        detail=_shown(name, value),
        documentation=_from(question, value),
        rank=Rank.WORKSPACE if is_server else Rank.RUN,
        goes_on=not is_leaf,
    )


def _shown(name: str, value: Config) -> str:
    if isinstance(value, Table):
        return "mapping"
    if isinstance(value, Array):
        return "list"
    if value.origin.provenance is Provenance.STAND_IN:
        return "set outside the configs"
    return "****" if looks_secret(name) and value.value else scalar(value.value)


def _from(question: Question, value: Config) -> str:
    if value.origin.provenance is Provenance.STAND_IN:
        return "Set by the command line or `env.yaml`."
    return f"From `{question.workspace.spelled(value.origin.path)}`."
