"""The pages of the rules are correct: each example is reported exactly where it claims, and its fix is clean."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from gym_lsp.diagnostic import Applicability, Diagnostic
from gym_lsp.rules import ALL_RULES, RULES_BY_SUBJECT
from gym_lsp.rules.engine.rule import Rule
from gym_lsp.text import apply_edits
from tests.fixture import compare, findings, parse_fixture

_SECTION = re.compile(r"^## (Example|Use instead)\n+```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WITHOUT_EXAMPLE = frozenset(
    {"rejected-override", "unapplied-override", "unreadable-file", "unreadable-rows", "no-rows"}
)
"""Rules whose findings are not about a text."""


def sections(rule: Rule) -> dict[str, str]:
    return {match[1]: match[2] for match in _SECTION.finditer(rule.page)}


def of_rule(rule: Rule, found: list[Diagnostic]) -> list[Diagnostic]:
    return [diagnostic for diagnostic in found if diagnostic.rule == rule.name]


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_page_is_complete(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert rule.summary.endswith(".")
    assert "## Why" in rule.page
    assert rule.name in WITHOUT_EXAMPLE or "Example" in sections(rule)


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_example_fires_where_it_says(rule: Rule) -> None:
    example = sections(rule).get("Example")
    if example is None:
        assert rule.name in WITHOUT_EXAMPLE
        return
    fixture = parse_fixture(example)
    assert [expected.rule for expected in fixture.expected].count(rule.name) == 1
    difference = compare(fixture, findings(fixture))
    assert not difference, difference


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_what_to_use_instead_is_clean(rule: Rule) -> None:
    instead = sections(rule).get("Use instead")
    if instead is None:
        return
    fixture = parse_fixture(instead)
    difference = compare(fixture, findings(fixture, rows=rule in RULES_BY_SUBJECT["rows"]))
    assert not difference, difference


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_safe_fix_gives_what_to_use_instead(rule: Rule) -> None:
    pages = sections(rule)
    fixture = parse_fixture(pages.get("Example", ""))
    for diagnostic in of_rule(rule, findings(fixture)) if "Use instead" in pages else []:
        safe = [fix for fix in diagnostic.fixes if fix.applicability is Applicability.SAFE]
        for fix in safe[:1]:
            fixed = dict(fixture.files)
            for path in {edit.path for edit in fix.edits}:
                fixed[path] = apply_edits(fixed[path], [edit.edit for edit in fix.edits if edit.path == path])
            assert fixed == parse_fixture(pages["Use instead"]).files
            assert not of_rule(rule, findings(replace(fixture, files=fixed)))
