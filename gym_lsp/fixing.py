"""Apply fixes to a workspace in memory, and keep only those that improve it.

The rule that makes a fix sees only one finding, so each fix is checked before it is kept: its finding has to be gone,
and there must be no new error, neither in the checked files nor anywhere else in the workspace. The caller writes the
fixed texts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import PurePath
from typing import NamedTuple

from msgspec import Struct

from gym_lsp.check import Checked, Checker
from gym_lsp.diagnostic import Diagnostic, Fix, Severity, apart
from gym_lsp.files import Files, Overlay
from gym_lsp.syntax import KeyPath
from gym_lsp.text import Edit, Span, apply_edits
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.workspace import Workspace

Check = Callable[[Checker], Checked]
"""The check whose findings are fixed: of a run, or of some files."""
Choice = Callable[[Diagnostic], Fix | None]
"""Which fix of a finding to apply, if any."""

MOST_ROUNDS = 500
"""Two rules whose fixes undo each other would never end."""


class Applied(NamedTuple):
    """A fix, and its finding as it was when the fix was applied."""

    finding: Diagnostic
    fix: Fix


class Fixed(Struct, frozen=True):
    """The workspace after fixing, its remaining findings, and the applied fixes.

    `texts` holds the files that changed. `rejected` holds the fixes that would cause another error, or reveal one that
    was hidden. `is_complete` is False if fixing stopped although there were fixes left to try.
    """

    workspace: Workspace
    checked: Checked
    applied: tuple[Applied, ...]
    texts: Mapping[PurePath, str]
    rejected: tuple[Applied, ...]
    is_complete: bool


def fix_all(workspace: Workspace, check: Check, choose: Choice, may_edit: Callable[[PurePath], bool]) -> Fixed:
    """Apply the chosen fixes, and the fixes of later findings, until nothing changes. Raises what `check` raises."""
    state = _State(workspace.files, workspace, check, {})
    applied: list[Applied] = []
    rejected: dict[_Identity, Applied] = {}
    tried_from = state
    most = None
    for _ in range(MOST_ROUNDS):
        chosen = [each for each in _chosen(state, choose, may_edit) if _identity(each) not in rejected]
        together = _together(chosen)[:most]
        if not together and (not rejected or state is tried_from):
            return state.outcome(applied, rejected.values(), is_complete=True)
        if not together:
            # What was wrong with one of them can have been fixed since.
            rejected.clear()
            tried_from = state
            continue
        after = state.with_fixes([each.fix for each in together])
        if after is not None and _is_better(state, after, together):
            state, most = after, None
            applied.extend(together)
        elif len(together) > 1:
            # One of them is the cause; smaller groups find out which.
            most = len(together) // 2
        else:
            rejected[_identity(together[0])] = together[0]
            most = None
    return state.outcome(applied, rejected.values(), is_complete=False)


_Identity = tuple[PurePath, str, KeyPath, str]


def _identity(applied: Applied) -> _Identity:
    """A key of a fix that stays the same when its text moves."""
    finding, fix = applied
    return finding.path, finding.rule, finding.key_path, fix.title


def _chosen(state: _State, choose: Choice, may_edit: Callable[[PurePath], bool]) -> Iterator[Applied]:
    for finding in state.checked.diagnostics:
        fix = choose(finding)
        if fix is not None and all(may_edit(path) for path, _ in fix.edits):
            yield Applied(finding, fix)


def _together(chosen: Sequence[Applied]) -> list[Applied]:
    """The fixes that can be applied at the same time. A fix of several findings counts once."""
    by_fix: dict[Fix, Applied] = {}
    for each in chosen:
        by_fix.setdefault(each.fix, each)
    return [by_fix[fix] for fix in apart(by_fix)]


class _State(Struct, frozen=True, dict=True):
    """The workspace between two rounds. `texts` replace those of `files`; `edits` led from the last state here."""

    files: Files
    workspace: Workspace
    check: Check
    texts: Mapping[PurePath, str]
    edits: Mapping[PurePath, Sequence[Edit]] | None = None

    @cached_property
    def _checker(self) -> Checker:
        return Checker(self.workspace)

    @cached_property
    def checked(self) -> Checked:
        return self.check(self._checker)

    @cached_property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The errors of the check, and all other errors of the workspace."""
        elsewhere = self._checker.check_workspace(self.workspace.members).diagnostics
        found = (*self.checked.diagnostics, *elsewhere)
        return tuple(each for each in found if each.severity is Severity.ERROR)

    def outcome(self, applied: Iterable[Applied], rejected: Iterable[Applied], *, is_complete: bool) -> Fixed:
        """Return this state as the result."""
        return Fixed(self.workspace, self.checked, tuple(applied), self.texts, tuple(rejected), is_complete)

    def with_fixes(self, fixes: Iterable[Fix]) -> _State | None:
        """Return the state after the fixes; None if a file cannot be edited because it cannot be read."""
        edits: dict[PurePath, list[Edit]] = defaultdict(list)
        for fix in fixes:
            for path, edit in fix.edits:
                edits[path].append(edit)
        changed: dict[PurePath, str] = {}
        for path, each in edits.items():
            text = self.workspace.text(path)
            if text is None:
                return None
            changed[path] = apply_edits(text, each)
        texts = {**self.texts, **changed}
        workspace = self.workspace.changed(Overlay(self.files, texts), Change.edit(changed))
        return _State(self.files, workspace, self.check, texts, edits)


def _is_better(before: _State, after: _State, applied: Iterable[Applied]) -> bool:
    """Whether the findings of the applied fixes are gone, and there is no new error."""
    was, now = _counts(before.checked.diagnostics), _counts(after.checked.diagnostics)
    fixed = _counts(finding for finding, _ in applied)
    if any(now[key] > was[key] - count for key, count in fixed.items()):
        return False
    known = _ExpectedPositions(before.errors, after.edits or {})
    return all(known.contains(error) for error in after.errors)


def _counts(findings: Iterable[Diagnostic]) -> Counter[tuple[PurePath, str]]:
    return Counter((finding.path, finding.rule) for finding in findings)


class _ExpectedPositions:
    """The positions at which the findings of a state can be after edits."""

    def __init__(self, findings: Iterable[Diagnostic], moves: Mapping[PurePath, Sequence[Edit]]) -> None:
        self._ranges: dict[tuple[PurePath, str], list[Span]] = defaultdict(list)
        for each in findings:
            self._ranges[each.path, each.rule].append(moved(each.span.start, moves.get(each.path, ())))

    def contains(self, finding: Diagnostic) -> bool:
        """Whether this finding can be one of them."""
        return any(each.contains(finding.span.start) for each in self._ranges.get((finding.path, finding.rule), ()))


def moved(offset: int, edits: Iterable[Edit]) -> Span:
    """Return the range to which edits can move an offset. In replaced text, it can be anywhere in the new text."""
    low = high = offset
    for span, text in sorted(edits):
        if span.start > offset:
            break
        if span.end <= offset and span.start < offset:
            shift = len(text) - (span.end - span.start)
            low, high = low + shift, high + shift
        elif span.is_empty:
            high += len(text)
        else:
            low -= offset - span.start
            high = max(high, low + len(text))
    return Span(low, high)
