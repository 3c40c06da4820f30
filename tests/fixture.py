"""Small workspaces as text, with the expected findings.

    # --- environments/math/config.yaml
    math:
      resources_servers:
        math: {entrypoint: app.py}
    #   ^^^^ error[missing-domain]

A line of carets expects a finding at exactly that place in the line above. A text after the brackets must be part of
its message. If the finding starts in the first column, so do the carets, without a `#` before them.
With `# run: a.yaml + b.yaml` on the first line that run is checked, otherwise the workspace.
With `# release: 0.6.0` the findings are those of that release, as far as `OLDER` knows how it differs.
Each expectation without a finding and each finding without an expectation is a failure, which shows the fixture with
carets for the actual findings.

`$0` is the cursor, for features at a place. Carets followed by a word, and optionally a number, name a place:
`#   ^^^^ to 1`. A path that begins with `/` is outside the workspace, and `/gym` is the install root.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple

from msgspec.structs import replace

from gym_lsp.check import Checked, Checker, one_by_one
from gym_lsp.check_commands import with_commands
from gym_lsp.check_rows import check_run_with_rows, check_with_rows
from gym_lsp.compose.run import Run
from gym_lsp.diagnostic import Diagnostic
from gym_lsp.files import Files, Overlay
from gym_lsp.gym.release.profile import BUILTIN, Profile
from gym_lsp.gym.roots import InstallRoot
from gym_lsp.memo import Memo
from gym_lsp.rules.engine.context import Scope
from gym_lsp.text import LineIndex, Span
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.workspace import YAML, Workspace
from tests.memory import Memory
from tests.stretches import in_stretches

ROOT = PurePath("/workspace")
GYM = PurePath("/gym")
DEFAULT_FILE = "environments/example/config.yaml"
_HEADER = re.compile(r"^# --- (\S+)$")
_RELEASE = re.compile(r"^# release: (\S+)$")
_RUN = re.compile(r"^# run: (.+)$")
_MARKER = re.compile(r"^(#?[ ]*)(\^+) (error|warning|information|hint)\[([\w-]+)\](?: (.*))?$")
_LABEL = re.compile(r"^(#?[ ]*)(\^+) ([a-z]+(?: \d+)?)$")
CURSOR = "$0"
_BENCHMARK = BUILTIN.models["BenchmarkDatasetConfig"]
_OLD_BENCHMARK = replace(_BENCHMARK, fields={key: each for key, each in _BENCHMARK.fields.items() if key != "agent"})
_CLOSED = replace(BUILTIN, release="0.6.0", closes_configuration=True)
OLDER = {
    "0.6.0": _CLOSED,
    "0.5.1": replace(_CLOSED, release="0.5.1", models={**BUILTIN.models, "BenchmarkDatasetConfig": _OLD_BENCHMARK}),
}
"""The profiles of older releases, in what some rules depend on."""


@dataclass(frozen=True)
class Expected:
    """An expected finding. `message` is a part of its message."""

    path: PurePath
    span: Span
    severity: str
    rule: str
    message: str


class Mark(NamedTuple):
    """A place with a name."""

    label: str
    path: PurePath
    span: Span


class Cursor(NamedTuple):
    """The place of `$0`."""

    path: PurePath
    offset: int


@dataclass(frozen=True)
class Fixture:
    """The files of a fixture without markers, and the content of the markers."""

    files: dict[PurePath, str]
    expected: tuple[Expected, ...]
    run: tuple[str, ...]
    marks: tuple[Mark, ...] = ()
    cursor: Cursor | None = None
    release: str | None = None

    def marked(self, label: str) -> list[tuple[PurePath, Span]]:
        """Return the places with a name, in the order of their numbers."""
        found = [mark for mark in self.marks if mark.label.split()[0] == label]
        return [(mark.path, mark.span) for mark in sorted(found, key=lambda mark: mark.label)]

    def workspace(self) -> Workspace:
        """Return a workspace of the files, with the install root if there is one, or of the named release."""
        if self.release is not None:
            return OfRelease(Memory(self.files), self.release)
        return Workspace(Memory(self.files), ROOT, Settings(), self.install)

    @property
    def install(self) -> InstallRoot | None:
        """The install root, if the fixture has files of one."""
        has_gym = any(path.is_relative_to(GYM) for path in self.files)
        return InstallRoot(GYM, "--gym-root", None) if has_gym else None


class OfRelease(Workspace):
    """A workspace without an install root, for one of the older releases."""

    def __init__(self, files: Files, release: str, memo: Memo | None = None) -> None:
        super().__init__(files, ROOT, memo=memo)
        self._release = release

    def _with(self, disk: Files, memo: Memo) -> Workspace:
        return OfRelease(disk, self._release, memo)

    @property
    def profile(self) -> Profile:
        return OLDER[self._release]


def parse_fixture(text: str) -> Fixture:
    """Split a fixture into files and markers."""
    lines: dict[PurePath, list[str]] = defaultdict(list)
    expected: list[Expected] = []
    path = ROOT / DEFAULT_FILE
    run: tuple[str, ...] = ()
    marks: list[Mark] = []
    cursor: Cursor | None = None
    release: str | None = None
    for line in text.splitlines():
        if header := _HEADER.match(line):
            path = ROOT / header[1]
            lines[path] = []
        elif asked := _RUN.match(line):
            run = tuple(part.strip() for part in asked[1].split("+"))
        elif older := _RELEASE.match(line):
            release = older[1]
        elif marker := _MARKER.match(line):
            expected.append(Expected(path, _marked(marker, lines[path]), marker[3], marker[4], marker[5] or ""))
        elif label := _LABEL.match(line):
            marks.append(Mark(label[3], path, _marked(label, lines[path])))
        else:
            if CURSOR in line:
                cursor = Cursor(path, sum(len(each) + 1 for each in lines[path]) + line.index(CURSOR))
            lines[path].append(line.replace(CURSOR, ""))
    files = {path: "\n".join(each) + "\n" for path, each in lines.items()}
    return Fixture(files, tuple(expected), run, tuple(marks), cursor, release)


def _marked(marker: re.Match[str], lines: list[str]) -> Span:
    """Return the place in the last line that carets point to."""
    start = sum(len(each) + 1 for each in lines[:-1]) + len(marker[1])
    return Span(start, start + len(marker[2]))


def findings(
    fixture: Fixture, base: Files | None = None, install: InstallRoot | None = None, *, rows: bool | None = None
) -> list[Diagnostic]:
    """Return the diagnostics of a fixture, in the order of the text.

    `rows` also checks the rows of datasets; without it, they are checked if a finding is expected in one of them. The
    diagnostics must be the same after edits, when only the parts of a text are read that differ.
    """

    def files(typed: str) -> Files:
        texts = {path: f"{typed}{text}" if path.suffix in YAML else text for path, text in fixture.files.items()}
        return Memory(texts) if base is None else Overlay(base, texts)

    def check(checker: Checker) -> list[Diagnostic]:
        checked = check_configs(checker)
        documents = checker.workspace.documents_below((ROOT,))
        return list(with_commands(checker, checked, documents).diagnostics) if documents else list(checked.diagnostics)

    def check_configs(checker: Checker) -> Checked:
        if with_rows and fixture.run:
            return check_run_with_rows(checker, Run(fixture.run))
        if fixture.run:
            return checker.check_run(Run(fixture.run))
        if with_rows:
            paths = checker.workspace.below((ROOT,))
            return check_with_rows(checker, checker.check_workspace, paths, one_by_one, Scope.WORKSPACE)
        return checker.check_workspace(checker.workspace.below((ROOT,)))

    with_rows = any(each.path.suffix == ".jsonl" for each in fixture.expected) if rows is None else rows
    workspace = Workspace(files(""), ROOT, Settings(), install or fixture.install)
    if fixture.release is not None:
        workspace = OfRelease(files(""), fixture.release)
    checker = Checker(workspace)
    found = check(checker)
    with in_stretches():
        for typed in ("# typed\n", ""):
            workspace = workspace.changed(files(typed), Change.edit(fixture.files))
            checker = checker.on(workspace)
            again = check(checker)
    assert again == found
    return found


def compare(fixture: Fixture, found: list[Diagnostic]) -> str:
    """Return an empty text if findings and expectations agree, else the fixture with carets for the findings."""
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
        shown.append(f"# --- {path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}")
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


def assert_findings(text: str, base: Files | None = None, install: InstallRoot | None = None) -> None:
    """Check a fixture against its markers."""
    fixture = parse_fixture(text)
    difference = compare(fixture, findings(fixture, base, install))
    assert not difference, difference
