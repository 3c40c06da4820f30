"""Workflow commands of GitHub Actions, which turn each finding into an annotation on its lines."""

from __future__ import annotations

from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.reporters.paths import relative_path
from gym_lsp.reporters.report import Report, Sources
from gym_lsp.text import visible

_COMMANDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "notice",
    Severity.HINT: "notice",
}


def render(report: Report, *, color: bool, width: int) -> str:
    """Render a command for each finding, the most serious first: GitHub shows only the first ten of a step."""
    sources = Sources(report)
    ranked = sorted(report.diagnostics, key=lambda diagnostic: diagnostic.severity)
    commands = [_annotation(diagnostic, report, sources) for diagnostic in ranked]
    commands += [f"::notice title=gym-lsp::{_data(note)}\n" for note in report.notes]
    return "".join(commands)


def _annotation(diagnostic: Diagnostic, report: Report, sources: Sources) -> str:
    path = relative_path(diagnostic.path, report.working_directory)
    place = sources.range(diagnostic.path, diagnostic.span)
    start, end = place
    properties = {
        "title": f"gym-lsp ({diagnostic.rule})",
        "file": path,
        "line": str(start.line),
        "endLine": str(place.last_line),
    }
    # GitHub rejects columns if the lines differ.
    if start.line == end.line:
        properties |= {"col": str(start.column), "endColumn": str(end.column)}
    spelled = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    # The log shows only the message, so it repeats the place.
    message = f"{path}:{start.line}:{start.column}: {diagnostic.message} [{diagnostic.rule}]"
    return f"::{_COMMANDS[diagnostic.severity]} {spelled}::{_data(message)}\n"


def _data(text: str) -> str:
    # Line breaks are kept. Other control characters could harm the terminal of a person who reads the log.
    return _escape("\n".join(visible(line) for line in text.replace("\r\n", "\n").split("\n")))


def _property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")


def _escape(text: str) -> str:
    spelled = text.encode("utf-8", "replace").decode("utf-8")
    return spelled.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
