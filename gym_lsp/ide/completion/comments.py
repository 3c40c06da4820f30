"""Completion in comments that suppress findings: their keywords, and the rules that report something there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.diagnostic import Diagnostic
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank
from gym_lsp.ide.completion.context import Role
from gym_lsp.ide.completion.request import Request
from gym_lsp.ide.lookup import runs_of
from gym_lsp.rules import ALL_RULES
from gym_lsp.rules.engine.context import Scope
from gym_lsp.rules.engine.engine import Engine
from gym_lsp.rules.engine.findings import findings_of_run
from gym_lsp.rules.engine.suppression import find_suppressions
from gym_lsp.text import Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace

_BRACKETS = re.compile(r"#+\s*gym-lsp\s*:\s*(?:file-)?ignore\[([^\]]*)$")
_WORD = re.compile(r"#+\s*(?P<typed>gym-lsp\s*:\s*[\w-]*|[\w-]*)$")
_REST_OF_WORD = re.compile(r"[\w-]*")
_FORMS = (
    ("gym-lsp: ignore", "Suppresses rules on this line, or in the block that starts on the next line."),
    ("gym-lsp: file-ignore", "Suppresses rules in this file."),
)


def comments(request: Request) -> Iterator[Candidate]:
    """Yield the continuations of the comment at the cursor."""
    context = request.context
    if context.role is not Role.COMMENT:
        return
    offset = context.span.start + len(context.prefix)
    inside = _BRACKETS.match(context.prefix)
    if inside is not None:
        yield from _rules(request, inside[1], offset)
        return
    word = _WORD.match(context.prefix)
    if word is not None:
        yield from _forms(request, word["typed"], offset)


def _rules(request: Request, listed: str, offset: int) -> Iterator[Candidate]:
    """Yield the names of the rules that report something here, or of all rules if none does."""
    typed = listed.rpartition(",")[2].lstrip()
    taken = {name.strip() for name in listed.split(",")[:-1]}
    text = request.context.text
    after = _REST_OF_WORD.match(text, offset)
    span = Span(offset - len(typed), offset if after is None else after.end())
    close = "" if "]" in text[span.end : request.context.span.end] else "]"
    reported = _reported(request, text[: span.start], text[request.context.span.end :])
    for rule in ALL_RULES:
        if rule.name in taken or (reported and rule.name not in reported):
            continue
        yield request.part(
            rule.name,
            span,
            f"{rule.name}{close}",
            CandidateKind.RULE,
            detail=rule.severity.label,
            documentation=(reported.get(rule.name, rule.summary),),
        )


def _reported(request: Request, before: str, after: str) -> dict[str, str]:
    """Return a message of each rule that reports something within reach of the comment, by the name of the rule."""
    if request.kind is not FileKind.CONFIG:
        return {}
    text = f"{before}x]{after}"
    workspace = request.workspace.with_texts({request.path: text})
    own = request.context.span
    for suppression in find_suppressions(workspace.load(request.path).document):
        if suppression.span.start <= own.start <= suppression.span.end:
            found: dict[str, str] = {}
            for each in _diagnostics(workspace, request.path):
                if each.path == request.path and suppression.reaches(each):
                    found.setdefault(each.rule, each.message)
            return found
    return {}


_ENGINE = Engine(ALL_RULES)
"""All rules, including those that the settings disable, because a comment can name any."""


def _diagnostics(workspace: Workspace, path: PurePath) -> Iterator[Diagnostic]:
    for run in runs_of(workspace, path):
        yield from findings_of_run(workspace, _ENGINE, run.run, Scope.WORKSPACE)


def _forms(request: Request, typed: str, offset: int) -> Iterator[Candidate]:
    is_alone = not request.context.text[_line_start(request) : request.context.span.start].strip()
    for index, (form, about) in enumerate(_FORMS):
        if form.startswith("gym-lsp: file") and not is_alone:
            continue
        yield request.part(
            form,
            Span(offset - len(typed), offset),
            f"{form}[]",
            CandidateKind.RULE,
            documentation=(about,),
            rank=Rank.RUN,
            order=index,
            snippet=f"{form}[$1] $0",
            continues=True,
        )


def _line_start(request: Request) -> int:
    lines = request.file.document.lines
    return lines.line_span(lines.line_of(request.context.span.start)).start
