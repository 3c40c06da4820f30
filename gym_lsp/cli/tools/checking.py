"""The tool `check`: the findings as `gym-lsp --check` has them, the worst first."""

from __future__ import annotations

import json

from msgspec.structs import replace

from gym_lsp.cli.checking import TextsOf, outcome_of
from gym_lsp.cli.concluding import report_of, without_known
from gym_lsp.cli.jobs import jobs
from gym_lsp.cli.tools.arguments import Check
from gym_lsp.cli.tools.paging import cut, joined, page
from gym_lsp.cli.tools.site import Site, in_this_process
from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.files import Disk
from gym_lsp.mcp.offer import Answer, Data
from gym_lsp.reporters import concise, json_
from gym_lsp.reporters.report import Report, summary_line

_SEVERITIES = {severity.label: severity for severity in Severity}


def check(site: Site, given: Check) -> Answer:
    """Return the findings of a check of paths or of a run."""
    chosen = site.for_check(given)
    options = replace(chosen.options, standalone=given.standalone, rows=given.rows)
    checked = [(job.workspace, job.checked()) for job in jobs(options, Disk(), in_this_process)]
    outcome = outcome_of(checked, options)
    diagnostics = outcome.diagnostics
    if given.baseline:
        diagnostics = without_known(site.shown(site.path(given.baseline)), diagnostics, outcome, options)
    report = report_of(outcome, diagnostics, TextsOf([workspace for workspace, _ in checked], options))
    least = _SEVERITIES[given.severity]
    found = sorted((each for each in report.diagnostics if each.severity <= least), key=_order)
    part = page(found, given.offset, given.limit, lambda each: len(json.dumps(_data(report, each))))
    hidden = len(report.diagnostics) - len(found)
    notes = (*chosen.notes, *report.notes)
    text = joined(
        summary_line(report),
        *(_line(report, each) for each in part.shown),
        *part.rest("findings", "narrow with `paths`, `select` or `severity`"),
        *_about_hidden(hidden, given.severity),
        *(f"note: {cut(note)}" for note in notes),
    )
    data: Data = {
        "release": report.release,
        "summary": report.summary._asdict(),
        "findings": [_data(report, each) for each in part.shown],
        **part.data,
        "hidden": hidden,
        "notes": list(notes),
    }
    return Answer(text, data)


def _order(found: Diagnostic) -> tuple[object, ...]:
    return (int(found.severity), *found.sort_key)


def _only(report: Report, found: Diagnostic) -> Report:
    return replace(report, diagnostics=(found,))


def _data(report: Report, found: Diagnostic) -> Data:
    [data] = json_.findings(_only(report, found))
    return data


def _line(report: Report, found: Diagnostic) -> str:
    line = concise.render(_only(report, found), color=False, width=0).rstrip("\n")
    fix = found.unambiguous_fix
    how = "" if fix is None else f" [{fix.applicability.value} fix: {fix.title}]"
    return cut(line + how, 2 * len(line) if len(line) < 300 else 600)


def _about_hidden(hidden: int, severity: str) -> tuple[str, ...]:
    if not hidden:
        return ()
    findings, them = ("1 finding", "it") if hidden == 1 else (f"{hidden} findings", "them")
    return (f"{findings} below `{severity}` hidden; `severity` `hint` shows {them}",)
