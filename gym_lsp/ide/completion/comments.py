"""Comments that silence findings: the words of the comment, and the rules that report where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.diagnostic import Diagnostic
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank
from gym_lsp.ide.completion.context import Role
from gym_lsp.ide.completion.question import Question
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
_BEHIND = re.compile(r"[\w-]*")
_FORMS = (
    ("gym-lsp: ignore", "Suppresses rules on this line, or in the block that starts on the next line."),
    ("gym-lsp: file-ignore", "Suppresses rules in this file."),
)


def comments(question: Question) -> Iterator[Candidate]:
    """What a comment at the cursor may go on with."""
    context = question.context
    if context.role is not Role.COMMENT:
        return
    offset = context.span.start + len(context.prefix)
    inside = _BRACKETS.match(context.prefix)
    if inside is not None:
        yield from _rules(question, inside[1], offset)
        return
    word = _WORD.match(context.prefix)
    if word is not None:
        yield from _forms(question, word["typed"], offset)


def _rules(question: Question, listed: str, offset: int) -> Iterator[Candidate]:
    """The names of the rules that report something here; of all rules, where none does."""
    typed = listed.rpartition(",")[2].lstrip()
    taken = {name.strip() for name in listed.split(",")[:-1]}
    text = question.context.text
    behind = _BEHIND.match(text, offset)
    span = Span(offset - len(typed), offset if behind is None else behind.end())
    close = "" if "]" in text[span.end : question.context.span.end] else "]"
    reported = _reported(question, text[: span.start], text[question.context.span.end :])
    for rule in ALL_RULES:
        if rule.name in taken or (reported and rule.name not in reported):
            continue
        yield question.part(
            rule.name,
            span,
            f"{rule.name}{close}",
            CandidateKind.RULE,
            detail=rule.severity.label,
            documentation=reported.get(rule.name, rule.summary),
        )


def _reported(question: Question, before: str, behind: str) -> dict[str, str]:
    """What the rules report in the runs of the file where the comment reaches, by the name of the rule."""
    if question.kind is not FileKind.CONFIG:
        return {}
    text = f"{before}x]{behind}"
    workspace = question.workspace.with_texts({question.path: text})
    own = question.context.span
    for suppression in find_suppressions(workspace.load(question.path).document):
        if suppression.span.start <= own.start <= suppression.span.end:
            found: dict[str, str] = {}
            for each in _diagnostics(workspace, question.path):
                if each.path == question.path and suppression.reaches(each):
                    found.setdefault(each.rule, each.message)
            return found
    return {}


_ENGINE = Engine(ALL_RULES)
"""All rules, those that the settings turn off included: a comment may name any."""


def _diagnostics(workspace: Workspace, path: PurePath) -> Iterator[Diagnostic]:
    for run in runs_of(workspace, path):
        yield from findings_of_run(workspace, _ENGINE, run.run, Scope.WORKSPACE)


def _forms(question: Question, typed: str, offset: int) -> Iterator[Candidate]:
    is_alone = not question.context.text[_line_start(question) : question.context.span.start].strip()
    for index, (form, about) in enumerate(_FORMS):
        if form.startswith("gym-lsp: file") and not is_alone:
            continue
        yield question.part(
            form,
            Span(offset - len(typed), offset),
            f"{form}[]",
            CandidateKind.RULE,
            documentation=about,
            rank=Rank.RUN,
            order=index,
            snippet=f"{form}[$1] $0",
            goes_on=True,
        )


def _line_start(question: Question) -> int:
    lines = question.file.document.lines
    return lines.line_span(lines.line_of(question.context.span.start)).start
