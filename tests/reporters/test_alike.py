"""Findings that are alike, in the format for people."""

from __future__ import annotations

from pathlib import PurePath, PurePosixPath

import pytest

from gym_lsp.diagnostic import Diagnostic, RelatedLocation, Severity
from gym_lsp.reporters import FORMATS, Report
from gym_lsp.text import Span

ROOT = PurePosixPath("/w")
APP = ROOT / "app.py"
DECLARED = RelatedLocation(APP, Span(0, 9), "`A` is declared here")
TEXTS = {APP: "class A: ...\n"}


def found(path: PurePosixPath, text: str, message: str = "unknown field `b`") -> Diagnostic:
    """A finding in a file with one line, at the caret."""
    start = text.index("^")
    TEXTS[path] = text.replace("^", "") + "\n"
    return Diagnostic(path, Span(start, start + 1), "r", Severity.WARNING, message, related=(DECLARED,))


def rendered(*diagnostics: Diagnostic) -> str:
    def text(path: PurePath) -> str:
        return TEXTS[PurePosixPath(path)]

    return FORMATS["full"](Report(diagnostics, text, text, ROOT, None, 3, {}), color=False, width=80)


DECLARATION = """\
note: `A` is declared here
 --> app.py:1:1
  |
1 | class A: ...
  | ---------
"""
REPORTS = {
    "the same line": (
        [found(ROOT / "a.yaml", "^b: 1"), found(ROOT / "b.yaml", "  ^b: 1"), found(ROOT / "c.yaml", "^b: 1")],
        f"""\
warning[r]: unknown field `b` (3 places)
 --> a.yaml:1:1
  |
1 | b: 1
  | ^
 --> b.yaml:1:3
 --> c.yaml:1:1
{DECLARATION}
Found 3 warnings in 3 files
""",
    ),
    "other lines": (
        [found(ROOT / "d.yaml", "^b: 1"), found(ROOT / "e.yaml", "^b: 2"), found(ROOT / "f.yaml", "^b: 1")],
        f"""\
warning[r]: unknown field `b` (3 places)
 --> d.yaml:1:1
  |
1 | b: 1
  | ^
 --> e.yaml:1:1
  |
1 | b: 2
  | ^
 --> f.yaml:1:1
{DECLARATION}
Found 3 warnings in 3 files
""",
    ),
    "other messages about one declaration": (
        [
            found(ROOT / "g.yaml", "^b: 1"),
            found(ROOT / "h.yaml", "^c: 1", "unknown field `c`"),
            found(ROOT / "i.yaml", "^b: 1"),
        ],
        f"""\
warning[r]: unknown field `b` (2 places)
 --> g.yaml:1:1
  |
1 | b: 1
  | ^
 --> i.yaml:1:1
{DECLARATION}
warning[r]: unknown field `c`
 --> h.yaml:1:1
  |
1 | c: 1
  | ^
note: `A` is declared here
 --> app.py:1:1

Found 3 warnings in 3 files
""",
    ),
}


@pytest.mark.parametrize(("diagnostics", "expected"), REPORTS.values(), ids=REPORTS.keys())
def test_alike_findings_are_one_block(diagnostics: list[Diagnostic], expected: str) -> None:
    assert rendered(*diagnostics) == expected


def test_each_finding_has_its_place() -> None:
    diagnostics = [found(ROOT / f"{number}.yaml", "^b: 1") for number in range(30)]
    text = rendered(*diagnostics)
    assert all(f" {number}.yaml:1:1" in text for number in range(30))
    assert text.count("class A") == 1
    assert len(text.splitlines()) < 45
