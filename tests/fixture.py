"""Small workspaces written down as text, with what is expected of them.

    # --- environments/math/config.yaml
    math:
      resources_servers:
        math: {entrypoint: app.py}
    #   ^^^^ error[missing-domain]

A line of carets speaks of the line above it and says which finding lies exactly there; a text behind the brackets must
be part of its message. Where the finding starts in the first column, the carets do too, without a `#` before them.
A `# run: a.yaml + b.yaml` on the first line asks about that run; otherwise the question is about the workspace.
Every expectation unmet and every finding unexpected is a failure, which shows the fixture with the carets as they are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePath

from gym_lsp.check import Checker
from gym_lsp.compose.run import Run
from gym_lsp.diagnostic import Diagnostic
from gym_lsp.files import Files, Memory, Overlay
from gym_lsp.gym.roots import InstallRoot
from gym_lsp.text import LineIndex, Span
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.workspace import Workspace

ROOT = PurePath("/workspace")
DEFAULT_FILE = "environments/example/config.yaml"
_HEADER = re.compile(r"^# --- (\S+)$")
_RUN = re.compile(r"^# run: (.+)$")
_MARKER = re.compile(r"^(#?[ ]*)(\^+) (error|warning|information|hint)\[([\w-]+)\](?: (.*))?$")


@dataclass(frozen=True)
class Expected:
    """A finding that must be there. `message` is a part of its message."""

    path: PurePath
    span: Span
    severity: str
    rule: str
    message: str


@dataclass(frozen=True)
class Fixture:
    """The files of a fixture without its markers, and what the markers say."""

    files: dict[PurePath, str]
    expected: tuple[Expected, ...]
    run: tuple[str, ...]


def parse_fixture(text: str) -> Fixture:
    """Take a fixture apart."""
    lines: dict[PurePath, list[str]] = defaultdict(list)
    expected: list[Expected] = []
    path = ROOT / DEFAULT_FILE
    run: tuple[str, ...] = ()
    for line in text.splitlines():
        if header := _HEADER.match(line):
            path = ROOT / header[1]
            lines[path] = []
        elif asked := _RUN.match(line):
            run = tuple(part.strip() for part in asked[1].split("+"))
        elif marker := _MARKER.match(line):
            start = sum(len(each) + 1 for each in lines[path][:-1]) + len(marker[1])
            span = Span(start, start + len(marker[2]))
            expected.append(Expected(path, span, marker[3], marker[4], marker[5] or ""))
        else:
            lines[path].append(line)
    files = {path: "\n".join(each) + "\n" for path, each in lines.items()}
    return Fixture(files, tuple(expected), run)


def findings(fixture: Fixture, beneath: Files | None = None, install: InstallRoot | None = None) -> list[Diagnostic]:
    """What gym-lsp says about a fixture, in the order of the text."""
    files = Memory(fixture.files) if beneath is None else Overlay(beneath, fixture.files)
    workspace = Workspace(files, ROOT, Settings(), install)
    checker = Checker(workspace)
    if fixture.run:
        return list(checker.check_run(Run(fixture.run)).diagnostics)
    return list(checker.check_workspace(workspace.below((ROOT,))).diagnostics)


def compare(fixture: Fixture, found: list[Diagnostic]) -> str:
    """Nothing where findings and expectations agree; else the fixture with its carets as they are."""
    left = list(found)
    for wanted in fixture.expected:
        match = next((each for each in left if _fits(wanted, each)), None)
        if match is None:
            return _shown(fixture, found)
        left.remove(match)
    return _shown(fixture, found) if left else ""


def _fits(wanted: Expected, found: Diagnostic) -> bool:
    return (
        (found.path, found.span, found.severity.label, found.rule)
        == (wanted.path, wanted.span, wanted.severity, wanted.rule)
    ) and wanted.message in found.message


def _shown(fixture: Fixture, found: list[Diagnostic]) -> str:
    shown: list[str] = ["the findings are:"]
    for path, text in fixture.files.items():
        shown.append(f"# --- {path.relative_to(ROOT)}")
        index = LineIndex(text)
        for number, line in enumerate(text.splitlines()):
            shown.append(line)
            for each in found:
                position = index.position(each.span.start)
                if each.path == path and position.line == number:
                    carets = "^" * max(1, min(each.span.end, index.line_span(number).end) - each.span.start)
                    margin = "#" + " " * (position.column - 1) if position.column else ""
                    shown.append(f"{margin}{carets} {each.severity.label}[{each.rule}] {each.message}")
    return "\n".join(shown)


def assert_findings(text: str, beneath: Files | None = None, install: InstallRoot | None = None) -> None:
    """Check a fixture against its markers."""
    fixture = parse_fixture(text)
    difference = compare(fixture, findings(fixture, beneath, install))
    assert not difference, difference
