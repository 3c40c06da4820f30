"""Fixes that suppress a finding with a comment: the place of the comment, and its effect on every rule's example."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

import pytest

from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.ide.suppression_edits import suppression_fixes
from gym_lsp.rules import ALL_RULES
from gym_lsp.rules.engine.rule import Rule
from gym_lsp.syntax import parse
from gym_lsp.text import Span, apply_edits
from gym_lsp.workspace.place import YAML
from tests.fixture import findings, parse_fixture
from tests.rules.test_pages import sections

PATH = PurePath("/w/environments/a/config.yaml")
PLACES = {
    "after the line": ("a: ^1\nb: 2\n", "a: 1  # gym-lsp: ignore[r] say why\nb: 2\n"),
    "after a line without a line break": ("a: ^1", "a: 1  # gym-lsp: ignore[r] say why"),
    "after another comment": ("a: ^1 # one\n", "a: 1 # one  # gym-lsp: ignore[r] say why\n"),
    "among existing names": (
        "a: ^1 # gym-lsp: ignore[q] known\n",
        "a: 1 # gym-lsp: ignore[q, r] known\n",
    ),
    "above a text of several lines": (
        "b:\n  a: |\n    one\n    ^two\n",
        "b:\n  # gym-lsp: ignore[r] say why\n  a: |\n    one\n    two\n",
    ),
    "above a plain text of several lines": (
        "a: ^one\n  two\n",
        "# gym-lsp: ignore[r] say why\na: one\n  two\n",
    ),
    "with the line breaks of the file": ("a: |\r\n  ^x\r\n", "# gym-lsp: ignore[r] say why\r\na: |\r\n  x\r\n"),
}


def finding(text: str, rule: str = "r") -> tuple[str, Diagnostic]:
    offset = text.index("^")
    return text.replace("^", ""), Diagnostic(PATH, Span(offset, offset + 1), rule, Severity.WARNING, "message")


@pytest.mark.parametrize(("before", "after"), PLACES.values(), ids=PLACES.keys())
def test_here(before: str, after: str) -> None:
    text, found = finding(before)
    here = suppression_fixes(parse(text), found)[0]
    assert here.title == "Ignore `r` here"
    assert apply_edits(text, [each.edit for each in here.edits]) == after


def test_in_the_file() -> None:
    text, found = finding("a: ^1\n")
    everywhere = suppression_fixes(parse(text), found)[1]
    assert everywhere.title == "Ignore `r` in this file"
    edited = apply_edits(text, [each.edit for each in everywhere.edits])
    assert edited == "# gym-lsp: file-ignore[r] say why\na: 1\n"


def test_no_fix_in_a_text_with_syntax_errors() -> None:
    text, found = finding("a: [^1\n")
    assert suppression_fixes(parse(text), found) == ()


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_a_fix_suppresses_the_finding_and_adds_no_other(rule: Rule) -> None:
    fixture = parse_fixture(sections(rule).get("Example", ""))
    before = findings(fixture)
    for found in before:
        # JSON has no comments, and those of documents are not for gym-lsp.
        text = fixture.files.get(found.path) if found.path.suffix in YAML else None
        for fix in () if text is None else suppression_fixes(parse(text), found):
            edited = apply_edits(fixture.files[found.path], [each.edit for each in fix.edits])
            after = findings(replace(fixture, files=fixture.files | {found.path: edited}))
            assert [each.rule for each in after].count(found.rule) < [each.rule for each in before].count(found.rule)
            assert {each.rule for each in after} <= {each.rule for each in before}
