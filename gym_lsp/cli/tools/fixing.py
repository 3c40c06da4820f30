"""The tool `fix`: the fixes of findings as a diff, which are written only if that is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from msgspec.structs import replace

from gym_lsp.cli import fixing
from gym_lsp.cli.hints import counted, has_only_unsafe
from gym_lsp.cli.jobs import Job, jobs
from gym_lsp.cli.tools.arguments import Fix
from gym_lsp.cli.tools.paging import MOST_CHARACTERS, cut, joined
from gym_lsp.cli.tools.site import Site, in_this_process
from gym_lsp.compose.secrets import Secrets, masked_text
from gym_lsp.diagnostic import Severity
from gym_lsp.files import Disk
from gym_lsp.fixing import Applied, Fixed
from gym_lsp.mcp.offer import Answer, Data

_MASKED = re.compile(r"\*+")
_MOST_LISTED = 50
"""Fixes that are listed."""


def fix(site: Site, given: Fix) -> Answer:
    """Return the changes of all fixes, and write them on request.

    Only files in the folder of the server are changed. Secrets are masked in the diff, so it is for reading.
    """
    chosen = site.for_check(given)
    options = replace(chosen.options, diff=True, unsafe_fixes=given.unsafe)
    checks = jobs(options, Disk(), in_this_process)
    fixed = [fixing.fix(job, options, site.is_inside) for job in checks]
    changed = tuple(dict.fromkeys(path for outcome in fixed for path in sorted(outcome.texts)))
    if given.write:
        fixing.write(checks, fixed, site.folder)
    applied = [each for outcome in fixed for each in outcome.applied]
    rejected = [each for outcome in fixed for each in outcome.rejected]
    left = [each for outcome in fixed for each in outcome.checked.diagnostics if each.severity <= Severity.WARNING]
    diff, cut_off = _bounded(list(_diffs(site, checks, fixed)))
    more = 0 if given.unsafe else sum(map(has_only_unsafe, left))
    text = joined(
        _summary(given, len(applied), len(changed), len(left)),
        *(_listed(site, applied)),
        *(f"not applied, because it would cause another error: {line}" for line in _listed(site, rejected)),
        *((f"{counted(more)} can be fixed with `unsafe`; review the diff",) if more else ()),
        *(f"note: {cut(note)}" for note in chosen.notes),
        *diff,
        *((f"{cut_off} more lines of the diff; narrow with `paths` or `select`",) if cut_off else ()),
    )
    data: Data = {
        "written": given.write and bool(changed),
        "files": [site.shown(path) for path in changed[:_MOST_LISTED]],
        "applied": [_data(site, each) for each in applied[:_MOST_LISTED]],
        "rejected": [_data(site, each) for each in rejected[:_MOST_LISTED]],
        "total": len(applied),
        "left": len(left),
        "diff": "\n".join(diff),
        "diff_lines_left_out": cut_off,
        "notes": list(chosen.notes),
    }
    return Answer(text, data)


def _summary(given: Fix, applied: int, files: int, left: int) -> str:
    if not applied:
        return f"nothing to fix; {counted(left)} left"
    where = "1 file" if files == 1 else f"{files} files"
    if given.write:
        return f"fixed {counted(applied)} in {where}; {left} left"
    return f"would fix {counted(applied)} in {where}; {left} left; nothing is written, `write` writes it"


def _data(site: Site, each: Applied) -> Data:
    finding, chosen = each
    safety = chosen.applicability.value
    return {"path": site.shown(finding.path), "rule": finding.rule, "title": cut(chosen.title), "applicability": safety}


def _listed(site: Site, applied: Sequence[Applied]) -> Iterator[str]:
    for finding, chosen in applied[:_MOST_LISTED]:
        yield f"{cut(site.shown(finding.path))}: {cut(chosen.title)} [{finding.rule}]"
    if len(applied) > _MOST_LISTED:
        yield f"{len(applied) - _MOST_LISTED} more fixes"


def _diffs(site: Site, checks: Sequence[Job], fixed: Sequence[Fixed]) -> Iterator[str]:
    for job, outcome in zip(checks, fixed, strict=True):
        for path in sorted(outcome.texts):
            yield from _diff(site.shown(path), job, outcome, path)


def _diff(name: str, job: Job, outcome: Fixed, path: PurePath) -> Iterator[str]:
    before = job.workspace.shown(path)
    # A fix can make valid YAML of a text, in which other names stand for the same secrets.
    hidden = _hidden(job.workspace.text(path) or "", before)
    for line in fixing.diff(name, before, outcome.workspace.shown(path)):
        yield from (cut(masked_text(each, hidden)) for each in line.removesuffix("\n").split("\n"))


def _hidden(text: str, shown: str) -> Secrets:
    """Return what is masked in the shown text of a file."""
    spans = (found.span() for found in _MASKED.finditer(shown))
    return Secrets(frozenset(text[start:end] for start, end in spans))


def _bounded(lines: list[str]) -> tuple[list[str], int]:
    """Return as many lines as there is room for, and the number of the others."""
    room = MOST_CHARACTERS
    for number, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            return lines[:number], len(lines) - number
    return lines, 0
