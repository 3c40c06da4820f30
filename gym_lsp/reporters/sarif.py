"""SARIF 2.1.0, which GitHub's code scanning and many viewers read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import PurePath

import gym_lsp
from gym_lsp.diagnostic import Diagnostic, FileEdit, Fix, Severity
from gym_lsp.project import NAME
from gym_lsp.reporters.fingerprint import fingerprints
from gym_lsp.reporters.paths import directory_uri, file_uri, is_below, relative_uri
from gym_lsp.reporters.report import Report, RuleInfo, Sources
from gym_lsp.text import Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_FINGERPRINT = "gymLspFinding/v1"
_ROOT = "%SRCROOT%"

_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
    Severity.HINT: "note",
}

_LINK = re.compile(r"\[(?=[^\[\]]*\]\()")

Json = dict[str, object]


def render(report: Report, *, color: bool, width: int) -> str:
    """Render the report as a SARIF log with one run, in ASCII."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_Run(report).log()]}
    return json.dumps(log, indent=2) + "\n"


class _Run:
    """One rendering of a report, with the rules in the order of the log."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._sources = Sources(report)
        self._rules = sorted({diagnostic.rule for diagnostic in report.diagnostics})

    def log(self) -> Json:
        names = fingerprints(self._report.diagnostics, self._report.working_directory)
        driver: Json = {
            "name": NAME,
            "semanticVersion": gym_lsp.__version__,
            "rules": [_rule(name, self._report.rules.get(name)) for name in self._rules],
        }
        return {
            "tool": {"driver": driver},
            "invocations": [self._invocation()],
            "originalUriBaseIds": {_ROOT: self._root()},
            "columnKind": "unicodeCodePoints",
            "results": [
                self._result(diagnostic, name) for diagnostic, name in zip(self._report.diagnostics, names, strict=True)
            ],
        }

    def _invocation(self) -> Json:
        notes = [{"level": "note", "message": _message(note)} for note in self._report.notes]
        return {"executionSuccessful": True, "toolExecutionNotifications": notes}

    def _root(self) -> Json:
        root: Json = {"description": {"text": "The directory in which gym-lsp was run."}}
        if self._report.working_directory.is_absolute():
            root["uri"] = directory_uri(self._report.working_directory)
        return root

    def _result(self, diagnostic: Diagnostic, fingerprint: str) -> Json:
        result: Json = {
            "ruleId": diagnostic.rule,
            "ruleIndex": self._rules.index(diagnostic.rule),
            "level": _LEVELS[diagnostic.severity],
            "message": _message(diagnostic.message),
            "locations": [self._location(diagnostic.path, diagnostic.span)],
            "partialFingerprints": {_FINGERPRINT: fingerprint},
        }
        if diagnostic.related:
            related = [self._location(place.path, place.span, place.message) for place in diagnostic.related]
            result["relatedLocations"] = [{"id": number, **place} for number, place in enumerate(related, start=1)]
            here = self._location(diagnostic.path, diagnostic.span, diagnostic.message)
            steps = [{"location": place} for place in (*related, here)]
            result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
        fixes = _distinct(self._fix(fix) for fix in diagnostic.fixes if fix.edits)
        if fixes:
            result["fixes"] = fixes
        properties = {"gymError": diagnostic.gym_error, "run": list(diagnostic.run)}
        result["properties"] = {name: value for name, value in properties.items() if value}
        return result

    def _location(self, path: PurePath, span: Span, message: str | None = None) -> Json:
        location: Json = {
            "physicalLocation": {"artifactLocation": self._artifact(path), "region": self._region(path, span)}
        }
        if message is not None:
            location["message"] = _message(message)
        return location

    def _artifact(self, path: PurePath) -> Json:
        directory = self._report.working_directory
        if is_below(path, directory):
            return {"uri": relative_uri(path, directory), "uriBaseId": _ROOT}
        return {"uri": file_uri(path)}

    def _region(self, path: PurePath, span: Span) -> Json:
        start, end = self._sources.range(path, span)
        return {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}

    def _fix(self, fix: Fix) -> Json:
        by_path = groupby(sorted(fix.edits, key=_path_of), key=_path_of)
        return {
            "description": _message(fix.title),
            "artifactChanges": [self._change(list(edits)) for _, edits in by_path],
        }

    def _change(self, edits: list[FileEdit]) -> Json:
        path = edits[0].path
        return {
            "artifactLocation": self._artifact(path),
            "replacements": [
                {"deletedRegion": self._region(path, edit.span), "insertedContent": {"text": edit.text}}
                for _, edit in edits
            ],
        }


def _distinct(values: Iterable[Json]) -> list[Json]:
    """Remove duplicates, which the schema forbids in `fixes`."""
    found: list[Json] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def _path_of(edit: FileEdit) -> str:
    return edit.path.as_posix()


def _rule(name: str, info: RuleInfo | None) -> Json:
    if info is None:
        return {"id": name}
    rule: Json = {
        "id": name,
        "shortDescription": {"text": info.summary},
        "fullDescription": {"text": info.summary},
        "help": {"text": info.documentation, "markdown": info.documentation},
        "helpUri": info.url,
        "defaultConfiguration": {"level": _LEVELS[info.severity]},
        "properties": {"tags": ["nemo-gym"]},
    }
    return {key: value for key, value in rule.items() if value is not None}


def _message(text: str) -> Json:
    # `[text](target)` in a message is a link (SARIF 2.1.0, 3.11.6), and our messages contain no links.
    return {"text": _LINK.sub(r"\\[", text)}
