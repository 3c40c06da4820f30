"""GitLab's code quality report: a JSON list that a merge request shows as a widget and next to the lines."""

from __future__ import annotations

import json

from gym_lsp.diagnostic import Severity
from gym_lsp.reporters.fingerprint import fingerprints
from gym_lsp.reporters.paths import relative_path
from gym_lsp.reporters.report import Report, Sources

_SEVERITIES = {
    Severity.ERROR: "major",
    Severity.WARNING: "minor",
    Severity.INFORMATION: "info",
    Severity.HINT: "info",
}


def render(report: Report, *, color: bool, width: int) -> str:
    """Render a list with an object for each finding, in ASCII. Paths are relative to the working directory."""
    sources = Sources(report)
    issues: list[dict[str, object]] = []
    names = fingerprints(report.diagnostics, report.working_directory)
    for diagnostic, fingerprint in zip(report.diagnostics, names, strict=True):
        place = sources.range(diagnostic.path, diagnostic.span)
        issues.append(
            {
                "description": diagnostic.message,
                "check_name": diagnostic.rule,
                "fingerprint": fingerprint,
                "severity": _SEVERITIES[diagnostic.severity],
                "location": {
                    "path": relative_path(diagnostic.path, report.working_directory),
                    "lines": {"begin": place.start.line, "end": place.last_line},
                },
            }
        )
    return json.dumps(issues, indent=2) + "\n"
