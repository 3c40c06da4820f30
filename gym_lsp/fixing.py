"""Which fixes to apply, and what the workspace is like when they are.

A fix is made by a rule that sees one finding, so what comes of it is looked at before it is kept: its finding has to be
gone, and no error may have come, in the files that were asked about or anywhere else in the workspace. Everything
happens in memory; whoever asked writes the texts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import PurePath
from typing import NamedTuple

from msgspec import Struct

from gym_lsp.check import Checked, Checker
from gym_lsp.diagnostic import Applicability, Diagnostic, Fix, Severity, apart
from gym_lsp.files import Files, Overlay
from gym_lsp.syntax import KeyPath
from gym_lsp.text import Edit, Span, apply_edits
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.workspace import Workspace

Ask = Callable[[Checker], Checked]
"""The question that the findings answer: about a run, or about some files."""
Choice = Callable[[Diagnostic], Fix | None]
"""Which fix of a finding to apply, if any."""

MOST_TRIALS = 500
"""Fixes that go round in circles are a bug of two rules; nobody should wait for them."""


def safe(finding: Diagnostic) -> Fix | None:
    """The fix that needs nobody to look at it."""
    return next((fix for fix in finding.fixes if fix.applicability is Applicability.SAFE), None)


def certain(finding: Diagnostic) -> Fix | None:
    """The safe fix, or the only one there is: between several, a person has to choose."""
    return safe(finding) or (finding.fixes[0] if len(finding.fixes) == 1 else None)


class Applied(NamedTuple):
    """A fix, and the finding that it mends, as it stood when its turn came."""

    finding: Diagnostic
    fix: Fix


class Fixed(Struct, frozen=True):
    """The outcome: what was applied, the workspace with it, and what is still to be said about it.

    `texts` are the files that are other than before. `refused` are fixes after which another error would be there,
    brought by the fix or hidden until then. `is_complete` says that nothing was left to try.
    """

    workspace: Workspace
    checked: Checked
    applied: tuple[Applied, ...]
    texts: Mapping[PurePath, str]
    refused: tuple[Applied, ...]
    is_complete: bool


def fix_all(workspace: Workspace, ask: Ask, choose: Choice, may_edit: Callable[[PurePath], bool]) -> Fixed:
    """Apply the chosen fixes, and those of what is found then, until nothing changes. Raises what `ask` raises."""
    moment = _Moment(workspace.files, workspace, ask, {})
    applied: list[Applied] = []
    refused: dict[_Identity, Applied] = {}
    most = None
    for _ in range(MOST_TRIALS):
        chosen = [each for each in _chosen(moment, choose, may_edit) if _identity(each) not in refused]
        together = _together(chosen)[:most]
        if not together:
            return moment.outcome(applied, refused.values(), is_complete=True)
        after = moment.with_fixes([each.fix for each in together])
        if after is not None and _is_better(moment, after, together):
            moment, most = after, None
            applied.extend(together)
        elif len(together) > 1:
            # One of them is to blame; which one, smaller helpings will show.
            most = len(together) // 2
        else:
            refused[_identity(together[0])] = together[0]
            most = None
    return moment.outcome(applied, refused.values(), is_complete=False)


_Identity = tuple[PurePath, str, KeyPath, str]


def _identity(applied: Applied) -> _Identity:
    """What stays the same of a fix when text moves about."""
    finding, fix = applied
    return finding.path, finding.rule, finding.key_path, fix.title


def _chosen(moment: _Moment, choose: Choice, may_edit: Callable[[PurePath], bool]) -> Iterator[Applied]:
    for finding in moment.checked.diagnostics:
        fix = choose(finding)
        if fix is not None and all(may_edit(path) for path, _ in fix.edits):
            yield Applied(finding, fix)


def _together(chosen: Sequence[Applied]) -> list[Applied]:
    """Those whose fixes are apart; what one fix mends is counted once."""
    by_fix: dict[Fix, Applied] = {}
    for each in chosen:
        by_fix.setdefault(each.fix, each)
    return [by_fix[fix] for fix in apart(by_fix)]


class _Moment(Struct, frozen=True, dict=True):
    """The workspace between two rounds. `texts` lie over `beneath`; `moves` are the edits that led here."""

    beneath: Files
    workspace: Workspace
    ask: Ask
    texts: Mapping[PurePath, str]
    moves: Mapping[PurePath, Sequence[Edit]] | None = None

    @cached_property
    def _checker(self) -> Checker:
        return Checker(self.workspace)

    @cached_property
    def checked(self) -> Checked:
        return self.ask(self._checker)

    @cached_property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The errors that were asked about, and all others of the workspace."""
        elsewhere = self._checker.check_workspace(self.workspace.members).diagnostics
        found = (*self.checked.diagnostics, *elsewhere)
        return tuple(each for each in found if each.severity is Severity.ERROR)

    def outcome(self, applied: Iterable[Applied], refused: Iterable[Applied], *, is_complete: bool) -> Fixed:
        """This moment as the last one."""
        return Fixed(self.workspace, self.checked, tuple(applied), self.texts, tuple(refused), is_complete)

    def with_fixes(self, fixes: Iterable[Fix]) -> _Moment | None:
        """The moment after; None where a file cannot be edited because it cannot be read."""
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
        workspace = self.workspace.changed(Overlay(self.beneath, texts), Change.edit(changed))
        return _Moment(self.beneath, workspace, self.ask, texts, edits)


def _is_better(before: _Moment, after: _Moment, applied: Iterable[Applied]) -> bool:
    """Whether what was to be mended is gone, and no error is new."""
    was, now = _counts(before.checked.diagnostics), _counts(after.checked.diagnostics)
    mended = _counts(finding for finding, _ in applied)
    if any(now[key] > was[key] - count for key, count in mended.items()):
        return False
    known = _Places(before.errors, after.moves or {})
    return all(known.hold(error) for error in after.errors)


def _counts(findings: Iterable[Diagnostic]) -> Counter[tuple[PurePath, str]]:
    return Counter((finding.path, finding.rule) for finding in findings)


class _Places:
    """Where findings of a moment are to be expected in the next one."""

    def __init__(self, findings: Iterable[Diagnostic], moves: Mapping[PurePath, Sequence[Edit]]) -> None:
        self._ranges: dict[tuple[PurePath, str], list[Span]] = defaultdict(list)
        for each in findings:
            self._ranges[each.path, each.rule].append(moved(each.span.start, moves.get(each.path, ())))

    def hold(self, finding: Diagnostic) -> bool:
        """Whether one of them can be this one."""
        return any(each.contains(finding.span.start) for each in self._ranges.get((finding.path, finding.rule), ()))


def moved(offset: int, edits: Iterable[Edit]) -> Span:
    """The places that an offset of a text can be at after edits: in what replaces its surroundings, anywhere."""
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
