"""The number of findings of each rule, for `--statistics`."""

from __future__ import annotations

import json
from collections.abc import Iterable

from msgspec import Struct

from gym_lsp.diagnostic import Applicability, Diagnostic, Severity
from gym_lsp.reporters.report import Report, summary_line
from gym_lsp.reporters.terminal import SEVERITY_INK, Ink, Palette

VERSION = 1
"""Increases if a field of the JSON changes its meaning or is removed, but not if a field is added."""


class RuleCount(Struct, frozen=True):
    """The findings of one rule at one severity.

    `fixable` of them have a fix, and `safely` of these have a safe fix.
    """

    rule: str
    severity: Severity
    count: int
    fixable: int
    safely: int


def count_rules(diagnostics: Iterable[Diagnostic]) -> tuple[RuleCount, ...]:
    """Count findings by rule and severity, the most frequent first."""
    groups: dict[tuple[str, Severity], list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        groups.setdefault((diagnostic.rule, diagnostic.severity), []).append(diagnostic)
    counts = [
        RuleCount(rule, severity, len(found), sum(map(_is_fixable, found)), sum(map(_is_safely_fixable, found)))
        for (rule, severity), found in groups.items()
    ]
    return tuple(sorted(counts, key=lambda row: (-row.count, row.severity, row.rule)))


def render(report: Report, *, color: bool, width: int) -> str:
    """Render a table with a row for each rule that has findings, then the summary."""
    rows = count_rules(report.diagnostics)
    paint = Palette(color=color).paint
    numbers = max((len(str(row.count)) for row in rows), default=0)
    labels = max((len(row.severity.label) for row in rows), default=0)
    names = max((len(row.rule) for row in rows), default=0)
    lines: list[str] = []
    for row in rows:
        number = paint(f"{row.count:>{numbers}}", Ink.BOLD)
        label = paint(f"{row.severity.label:<{labels}}", SEVERITY_INK[row.severity])
        lines.append(f"{number}  {label}  {row.rule:<{names}}  {_fixes(row)}".rstrip())
    if lines:
        lines.append("")
    lines.append(summary_line(report))
    return "\n".join(lines) + "\n"


def render_json(report: Report) -> str:
    """Render the same as one JSON document."""
    document = {
        "version": VERSION,
        "release": report.release,
        "statistics": [
            {
                "rule": row.rule,
                "severity": row.severity.label,
                "count": row.count,
                "fixable": row.fixable,
                "safely_fixable": row.safely,
            }
            for row in count_rules(report.diagnostics)
        ],
        "summary": report.summary._asdict(),
    }
    return json.dumps(document, indent=2) + "\n"


def _fixes(row: RuleCount) -> str:
    if not row.fixable:
        return ""
    return f"{row.fixable} fixable" + (f", {row.safely} safely" if row.safely else "")


def _is_fixable(diagnostic: Diagnostic) -> bool:
    return bool(diagnostic.fixes)


def _is_safely_fixable(diagnostic: Diagnostic) -> bool:
    return any(fix.applicability is Applicability.SAFE for fix in diagnostic.fixes)
