"""Checks, fixes and editor features in random workspaces, before and after a change."""

from __future__ import annotations

from pathlib import PurePath
from random import Random
from typing import NamedTuple

from gym_lsp.check import Checker
from gym_lsp.diagnostic import Diagnostic
from gym_lsp.fixing import fix_all
from gym_lsp.ide.completion import complete
from gym_lsp.ide.hover import hover
from gym_lsp.ide.inlay import hints
from gym_lsp.ide.lenses import count, lenses
from gym_lsp.ide.signature import signature
from gym_lsp.ide.tokens import tokens
from gym_lsp.ide.workspace_symbols import workspace_symbols
from gym_lsp.syntax import parse
from gym_lsp.text import Span
from gym_lsp.workspace.workspace import Workspace
from tests.fuzz import compose
from tests.fuzz.compose import ROOT, workspace_of
from tests.fuzz.harness import Harness
from tests.fuzz.texts import SECRET, TOKEN, any_text, edited
from tests.ide.cursor import ask_everything, written


class Case(NamedTuple):
    """The texts of a workspace, the file that changes, its next text, and an offset there."""

    texts: dict[str, str]
    changed: str
    text: str
    offset: int


def _make(random: Random) -> Case:
    texts = compose.make(random).texts
    changed = random.choice(sorted(texts))
    text = any_text(random) if random.random() < 0.2 else edited(random, texts[changed])
    return Case(texts, changed, text, random.randint(0, len(text)))


def _attempt(case: Case) -> None:
    before = workspace_of(case.texts)
    path = ROOT / case.changed
    checker = Checker(before)
    _found(before, checker)
    after = before.with_texts({path: case.text})
    found = _found(after, checker.on(after))
    fresh = workspace_of(case.texts | {case.changed: case.text})
    assert found == _found(fresh, Checker(fresh))
    for each in found:
        text = fresh.text(each.path) or ""
        assert Span(0, len(text)).covers(each.span)
        assert TOKEN not in f"{each.message}{each.related}"
        # An edit can have removed the name that makes it a secret.
        assert SECRET not in each.message or SECRET not in fresh.secrets_of_file(each.path).values
    _ask(after, path, case.offset, len(case.text))
    _fix(fresh)


def _found(workspace: Workspace, checker: Checker) -> tuple[Diagnostic, ...]:
    return checker.check_workspace(workspace.below((ROOT,))).diagnostics


def _ask(workspace: Workspace, path: PurePath, offset: int, length: int) -> None:
    ask_everything(workspace, path, offset)
    whole = Span(0, length)
    answer = hover(workspace, path, offset)
    shown = "" if answer is None else written(answer.content)
    for candidate in complete(workspace, path, offset):
        assert whole.covers(candidate.edit.span)
    signature(workspace, path, offset)
    assert all(whole.covers(token.span) for token in tokens(workspace, path))
    for hint in hints(workspace, path, whole):
        assert 0 <= hint.offset <= length
        shown += hint.text
    for lens in lenses(workspace, path):
        count(workspace, path, lens)
    shown += repr(list(workspace_symbols(workspace, "")))
    assert TOKEN not in shown


def _fix(workspace: Workspace) -> None:
    once = _fixed(workspace)
    assert _fixed(once) is once


def _fixed(workspace: Workspace) -> Workspace:
    """Return the workspace after all fixes; the same one if there is nothing to fix."""
    members = workspace.members
    outcome = fix_all(
        workspace,
        lambda checker: checker.check_workspace(members),
        lambda finding: finding.unambiguous_fix,
        lambda path: True,
    )
    for path, text in outcome.texts.items():
        assert parse(workspace.text(path) or "").is_broken or not parse(text).is_broken
    return outcome.workspace if outcome.texts else workspace


HARNESS = Harness[Case]("ide", _make, _attempt, size=lambda case: sum(map(len, case.texts.values())), bound=200_000)
