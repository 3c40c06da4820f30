"""JUnit XML, which most CI services can show: a suite for each file, a test case for each finding.

Errors and warnings are failed cases. Information and hints are the output of passed cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.project import NAME
from gym_lsp.reporters.paths import relative_path
from gym_lsp.reporters.report import Report, Sources

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""The characters that XML 1.0 cannot represent."""

_ENTITIES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    # Without the escapes, parsers replace these characters in attributes with spaces.
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}


def render(report: Report, *, color: bool, width: int) -> str:
    """Render the report as XML, in ASCII. Without findings, it has one suite with one passed case."""
    sources = Sources(report)
    suites = [
        _suite(path, [_case(diagnostic, path, sources) for diagnostic in found], _failures(found))
        for path, found in _by_path(report)
    ]
    if not suites:
        suites = [_suite(NAME, [f'    <testcase name="no problems" classname="{NAME}"/>\n'], 0)]
    tests = max(1, len(report.diagnostics))
    counts = _attributes(name=NAME, tests=tests, failures=_failures(report.diagnostics), errors=0)
    document = f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites{counts}>\n{"".join(suites)}</testsuites>\n'
    return document.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _by_path(report: Report) -> list[tuple[str, list[Diagnostic]]]:
    groups = groupby(report.diagnostics, key=lambda diagnostic: diagnostic.path)
    return [(relative_path(path, report.working_directory), list(found)) for path, found in groups]


def _suite(name: str, cases: list[str], failures: int) -> str:
    counts = _attributes(name=name, tests=len(cases), failures=failures, errors=0)
    return f"  <testsuite{counts}>\n{''.join(cases)}  </testsuite>\n"


def _case(diagnostic: Diagnostic, path: str, sources: Sources) -> str:
    line, column = sources.range(diagnostic.path, diagnostic.span).start
    case = _attributes(name=diagnostic.rule, classname=path, file=path, line=line)
    detail = _escape(f"{path}:{line}:{column}: {diagnostic.severity.label}: {diagnostic.message}")
    if _fails(diagnostic):
        failure = _attributes(message=diagnostic.message, type=diagnostic.severity.label)
        body = f"<failure{failure}>{detail}</failure>"
    else:
        body = f"<system-out>{detail}</system-out>"
    return f"    <testcase{case}>\n      {body}\n    </testcase>\n"


def _failures(diagnostics: Iterable[Diagnostic]) -> int:
    return sum(1 for diagnostic in diagnostics if _fails(diagnostic))


def _fails(diagnostic: Diagnostic) -> bool:
    return diagnostic.severity <= Severity.WARNING


def _attributes(**values: str | int) -> str:
    return "".join(f' {name}="{_escape(str(value))}"' for name, value in values.items())


def _escape(text: str) -> str:
    return "".join(_ENTITIES.get(character, character) for character in _FORBIDDEN.sub("", text))
