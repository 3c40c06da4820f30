"""The values of `_inherit_from`, `_copy` and `_delete_key`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gym_lsp.compose.config import COPY, DELETE_KEY, INHERIT_FROM, Config, Leaf, Table, at
from gym_lsp.compose.run import DUMMY_MODEL, Composition
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind
from gym_lsp.ide.completion.context import Role
from gym_lsp.ide.completion.question import Question
from gym_lsp.ide.instances import elsewhere
from gym_lsp.rules.inherit_chain import first_directive
from gym_lsp.syntax import Scalar
from gym_lsp.text import Span
from gym_lsp.workspace.uses import SANDBOX_FIELD

_SEGMENT = re.compile(r"[^.\s,]+")
"""A key that a dotted path can name."""


def directives(question: Question) -> Iterator[Candidate]:
    """What a directive may name: blocks of the run, segment by segment, or the keys to leave out."""
    context = question.context
    if context.role is not Role.VALUE or len(context.path) < 2 or context.prefix.startswith("$"):
        return
    match context.path[-1]:
        case "_inherit_from" | "_copy":
            yield from _targets(question)
        case "_delete_key":
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
            yield _target(question, span, name, value)
    if not steps:
        yield from _elsewhere(question, span)


def _fits(question: Question, target: tuple[str, ...], value: Table) -> bool:
    """Whether a block can be inherited here: not itself, nothing around it, no chain, nothing that others need."""
    here = question.context.path[:-1]
    if here[: len(target)] == target or target[: len(here)] == here:
        return False
    name = ".".join(target)
    if name in question.workspace.profile.reserved_keys:
        return False
    if first_directive(value) is not None or _is_stand_in(value):
        return False
    return question.context.path[-1] == COPY or not _is_needed(question, name)


def _is_stand_in(value: Table) -> bool:
    group = value.table("responses_api_models")
    return group is not None and tuple(group.entries) == (DUMMY_MODEL,)


def _is_needed(question: Question, name: str) -> bool:
    """Whether another block of the run names this one, and so would find it gone."""
    return name in question.workspace.kept((_needed, question.run.run), lambda: _needed(question))


def _needed(question: Question) -> frozenset[str]:
    """The names that refs and sandbox fields of the run use; environment servers follow their agents by themselves."""
    run = question.run
    found: set[str] = set()
    for server in run.servers:
        if server.server_type == "environment_servers" and question.workspace.profile.follows_agent_renames:
            continue
        for field, value in server.config.entries.items():
            name = value.leaf("name") if isinstance(value, Table) else None
            if isinstance(name, str):
                found.add(name)
            if field == SANDBOX_FIELD and isinstance(value, Leaf) and isinstance(value.value, str):
                found.add(value.value)
    return frozenset(found)


def _target(question: Question, span: Span, name: str, value: Config) -> Candidate:
    shown = question.workspace.spelled(value.origin.path)
    return question.part(name, span, name, CandidateKind.INSTANCE, detail=shown)


def _elsewhere(question: Question, span: Span) -> Iterator[Candidate]:
    for instance in elsewhere(question.workspace, question.run):
        if instance.server_type == "sandbox" or first_directive(instance.config) is not None:
            continue
        yield question.part(
            instance.name,
            span,
            instance.name,
            CandidateKind.INSTANCE,
            detail=f"{instance.server_type}/{instance.implementation}",
            documentation=f"Adds `{question.workspace.spelled(instance.path)}` to `config_paths`.",
            rank=question.rank_of(instance.path),
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


__all__ = ["DELETE_KEY", "directives", "source_of"]
