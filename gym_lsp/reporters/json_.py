"""The format for programs. Its shape is a versioned contract, documented in docs/formats.md.

`range` counts lines and columns from 1, columns in code points; its end is after the last character.
Paths are relative to the working directory, with forward slashes.
"""

from __future__ import annotations

import json

from gym_lsp.diagnostic import Diagnostic
from gym_lsp.reporters.paths import relative_path
from gym_lsp.reporters.report import Range, Report, Sources

VERSION = 1
"""Increases if a field changes its meaning or is removed, but not if a field is added."""


def render(report: Report, *, color: bool, width: int) -> str:
    """Render the report as one JSON document, in ASCII."""
    document = {
        "version": VERSION,
        "release": report.release,
        "diagnostics": findings(report),
        "summary": report.summary._asdict(),
    }
    return json.dumps(document, indent=2) + "\n"


def findings(report: Report) -> list[dict[str, object]]:
    """Return the findings of a report as the document contains them."""
    sources = Sources(report)
    return [_diagnostic(diagnostic, report, sources) for diagnostic in report.diagnostics]


def _diagnostic(diagnostic: Diagnostic, report: Report, sources: Sources) -> dict[str, object]:
    return {
        "path": relative_path(diagnostic.path, report.working_directory),
        "rule": diagnostic.rule,
        "severity": diagnostic.severity.label,
        "message": diagnostic.message,
        "gym_error": diagnostic.gym_error,
        "range": _range(sources.range(diagnostic.path, diagnostic.span)),
        "run": list(diagnostic.run),
        "related": [
            {
                "path": relative_path(related.path, report.working_directory),
                "range": _range(sources.range(related.path, related.span)),
                "message": related.message,
            }
            for related in diagnostic.related
        ],
        "fixes": [{"title": fix.title, "applicability": fix.applicability.value} for fix in diagnostic.fixes],
    }


def _range(place: Range) -> dict[str, dict[str, int]]:
    return {"start": place.start._asdict(), "end": place.end._asdict()}
