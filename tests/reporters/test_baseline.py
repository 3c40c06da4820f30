from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gym_lsp.reporters import baseline
from gym_lsp.reporters.baseline import BaselineError, Comparison, Key, Stale
from gym_lsp.text import Span
from tests.reporters.sample import REPORT, ROOT
from tests.reporters.strategies import diagnostics

FINDINGS = REPORT.diagnostics
LICENSE = next(found for found in FINDINGS if found.rule == "missing-license")
OPEN = next(found for found in FINDINGS if found.rule == "open-reference")


def test_a_baseline_is_json_with_one_finding_to_a_line() -> None:
    text = baseline.write(baseline.take([LICENSE, OPEN, LICENSE], ROOT))
    assert text.splitlines() == [
        "{",
        '  "version": 1,',
        '  "findings": [',
        (
            r'    {"path": "benchmarks/\u65e5\u672c 100%/config#1.yaml", "rule": "open-reference",'
            r' "key_path": ["\u6570\u5b66", "description"], "count": 1},'
        ),
        (
            '    {"path": "environments/math/config.yaml", "rule": "missing-license",'
            ' "key_path": ["math_agent", "responses_api_agents", "simple_agent", "datasets", 0], "count": 2}'
        ),
        "  ]",
        "}",
    ]


def test_an_empty_baseline() -> None:
    text = baseline.write(baseline.take([], ROOT))
    assert text == '{\n  "version": 1,\n  "findings": []\n}\n'
    assert baseline.read(text, ROOT).counts == {}


@given(st.lists(diagnostics, max_size=5), st.integers(1, 3))
def test_a_written_baseline_reads_back(found: list[Any], times: int) -> None:
    taken = baseline.take(found * times, ROOT)
    text = baseline.write(taken)
    json.loads(text)
    assert baseline.read(text, ROOT) == taken


@given(st.lists(diagnostics, max_size=5))
def test_a_baseline_matches_its_own_findings(found: list[Any]) -> None:
    outcome = baseline.apply(found, baseline.take(found, ROOT))
    assert outcome == Comparison((), tuple(found), ())


def test_findings_may_move_but_not_multiply() -> None:
    known = baseline.take([LICENSE, OPEN], ROOT)
    moved = replace(LICENSE, span=Span(0, 1), message="said in other words")
    again = replace(LICENSE, span=Span(5, 6))
    other = replace(LICENSE, key_path=("math_agent", "responses_api_agents", "simple_agent", "datasets", 1))
    compared = baseline.apply([moved, again, other], known)
    assert compared.matched == (moved,)
    assert compared.new == (again, other)
    assert compared.stale == (Stale(Key("benchmarks/日本 100%/config#1.yaml", "open-reference", OPEN.key_path), 1),)


def test_a_key_is_not_an_index() -> None:
    first, second = replace(LICENSE, key_path=("a", 1)), replace(LICENSE, key_path=("a", "1"))
    assert baseline.apply([second], baseline.take([first], ROOT)).new == (second,)


def test_paths_are_relative_to_the_root() -> None:
    root = PurePosixPath("/project/environments")
    assert [key.path for key in baseline.take([LICENSE], root).counts] == ["math/config.yaml"]


FINDING = '{"path": "a.yaml", "rule": "r", "key_path": ["a", 0], "count": 1}'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1: invalid JSON: Expecting value"),
        ('{"version": 1,\n<<<<<<< HEAD', "line 2, column 1: invalid JSON: "),
        ("9" * 5_000, "the file: invalid JSON: "),
        ("[]", "the file: expected an object, found []"),
        ("{}", "version: expected 1, found nothing"),
        ('{"version": 2, "findings": []}', "version: expected 1, found 2"),
        ('{"version": true, "findings": []}', "version: expected 1, found true"),
        ('{"version": 1}', "findings: expected a list, found nothing"),
        ('{"version": 1, "findings": {"a": 1}}', 'findings: expected a list, found {"a": 1}'),
        ('{"version": 1, "findings": [3]}', "findings[0]: expected an object, found 3"),
        (FINDING.replace('"a.yaml"', "7"), "findings[0].path: expected a string, found 7"),
        (FINDING.replace('"rule": "r", ', ""), "findings[0].rule: expected a string, found nothing"),
        (FINDING.replace('["a", 0]', '"a"'), 'findings[0].key_path: expected a list, found "a"'),
        (FINDING.replace("0]", "null]"), "findings[0].key_path[1]: expected a key or an index, found nothing"),
        (FINDING.replace("0]", "true]"), "findings[0].key_path[1]: expected a key or an index, found true"),
        (FINDING.replace("1}", "0}"), "findings[0].count: expected a whole number above 0, found 0"),
        (FINDING.replace("1}", "true}"), "findings[0].count: expected a whole number above 0, found true"),
        (FINDING.replace("1}", "1.5}"), "findings[0].count: expected a whole number above 0, found 1.5"),
        (f"{FINDING}, {FINDING}", "findings[1]: duplicate of an earlier finding"),
    ],
)
def test_a_malformed_baseline_is_reported_at_its_place(text: str, message: str) -> None:
    document = text if not text.startswith('{"path"') else f'{{"version": 1, "findings": [{text}]}}'
    with pytest.raises(BaselineError) as caught:
        baseline.read(document, ROOT)
    assert str(caught.value).startswith(message)
    assert str(caught.value) == f"{caught.value.place}: {caught.value.reason}"


def test_deeply_nested_brackets_are_an_error() -> None:
    with pytest.raises(BaselineError):
        baseline.read("[" * 100_000, ROOT)


@given(st.text())
def test_reading_raises_nothing_else(text: str) -> None:
    with pytest.raises(BaselineError):
        baseline.read(text, ROOT)
