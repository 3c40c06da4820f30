"""Properties of each format for any report."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from msgspec.structs import replace

from gym_lsp.cli.checking import rule_infos
from gym_lsp.diagnostic import Severity
from gym_lsp.reporters import FORMATS, Report, statistics
from gym_lsp.reporters.fingerprint import fingerprints
from gym_lsp.reporters.terminal import width_of
from gym_lsp.rules.engine import rule
from gym_lsp.text import Span
from tests.reporters.sample import CLEAN, REPORT
from tests.reporters.strategies import reports

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
SARIF: Any = Draft4Validator(SCHEMA)


def rendered(format_name: str, report: Report, *, color: bool = False, width: int = 80) -> str:
    return FORMATS[format_name](report, color=color, width=width)


def test_the_documented_formats_are_there() -> None:
    assert list(FORMATS) == ["full", "concise", "json", "sarif", "github", "gitlab", "junit"]


@given(report=reports, color=st.booleans(), width=st.integers(0, 300))
def test_every_report_can_be_rendered(report: Report, color: bool, width: int) -> None:
    for format_name in FORMATS:
        text = rendered(format_name, report, color=color, width=width)
        text.encode("utf-8")
        assert text == "" or (text.endswith("\n") and not text.endswith("\n\n"))


@given(reports)
def test_json_keeps_its_contract(report: Report) -> None:
    document = json.loads(rendered("json", report))
    assert list(document) == ["version", "release", "diagnostics", "summary"]
    assert document["version"] == 1
    assert document["summary"]["files"] == report.files_checked
    assert document["summary"]["not_checked"] == report.files_not_checked
    counted = report.files_checked + report.files_not_checked + len(report.diagnostics)
    assert sum(document["summary"].values()) == counted
    for found, diagnostic in zip(document["diagnostics"], report.diagnostics, strict=True):
        assert list(found) == [
            *("path", "rule", "severity", "message", "gym_error", "range", "run", "related", "fixes"),
        ]
        assert found["severity"] in {"error", "warning", "information", "hint"}
        assert found["message"] == diagnostic.message
        start, end = found["range"]["start"], found["range"]["end"]
        assert (1, 1) <= (start["line"], start["column"]) <= (end["line"], end["column"])
        assert "\\" not in found["path"] or "\\" in diagnostic.path.as_posix()


@pytest.mark.parametrize("report", [REPORT, CLEAN], ids=["findings", "clean"])
def test_sarif_is_valid(report: Report) -> None:
    SARIF.validate(json.loads(rendered("sarif", report)))


@given(reports)
def test_sarif_is_always_valid(report: Report) -> None:
    log = json.loads(rendered("sarif", report))
    SARIF.validate(log)
    (run,) = log["runs"]
    for result, diagnostic in zip(run["results"], report.diagnostics, strict=True):
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == diagnostic.rule
        steps = [flow["locations"] for flow in result.get("codeFlows", [{"threadFlows": []}])[0]["threadFlows"]]
        assert [len(locations) for locations in steps] == ([len(diagnostic.related) + 1] if diagnostic.related else [])


def test_sarif_has_each_fix_once() -> None:
    found = next(diagnostic for diagnostic in REPORT.diagnostics if diagnostic.rule == "unknown-server-ref")
    twice = replace(REPORT, diagnostics=(replace(found, fixes=found.fixes * 2),))
    log = json.loads(rendered("sarif", twice))
    SARIF.validate(log)
    assert len(log["runs"][0]["results"][0]["fixes"]) == 1


@pytest.mark.parametrize(
    ("documentation", "address"),
    [(None, None), ("https://example.org/docs", "https://example.org/docs/rules/config-path-not-found.md")],
)
def test_sarif_has_the_page_of_a_rule_and_its_public_address_if_there_is_one(
    documentation: str | None, address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule, "DOCUMENTATION", documentation)
    report = replace(REPORT, rules=rule_infos({"config-path-not-found"}))
    log = json.loads(rendered("sarif", report))
    SARIF.validate(log)
    (found,) = [each for each in log["runs"][0]["tool"]["driver"]["rules"] if each["id"] == "config-path-not-found"]
    assert found.get("helpUri") == address
    assert found["help"]["markdown"] == report.rules["config-path-not-found"].documentation


def test_sarif_validation_can_fail() -> None:
    log = json.loads(rendered("sarif", REPORT))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not SARIF.is_valid(log)


@given(reports)
def test_sarif_uris_are_uris(report: Report) -> None:
    uris = re.findall(r'"uri": "([^"]*)"', rendered("sarif", report))
    for uri in uris:
        assert re.fullmatch(r"(file:)?([A-Za-z0-9._~:/-]|%[0-9A-F]{2})*", uri)
        assert uri.startswith("file:/") or not re.match(r"[^/]*:", uri)
        unquote_to_bytes(uri)


@given(reports)
def test_gitlab_fingerprints_are_unique(report: Report) -> None:
    issues = json.loads(rendered("gitlab", report))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == len(report.diagnostics)
    for issue in issues:
        assert 1 <= issue["location"]["lines"]["begin"] <= issue["location"]["lines"]["end"]


@given(reports)
def test_junit_is_xml_that_adds_up(report: Report) -> None:
    root = ElementTree.fromstring(rendered("junit", report))
    cases = root.findall("testsuite/testcase")
    failures = root.findall("testsuite/testcase/failure")
    expected = [found for found in report.diagnostics if found.severity <= Severity.WARNING]
    assert root.get("tests") == str(len(cases)) == str(max(1, len(report.diagnostics)))
    assert root.get("failures") == str(len(failures)) == str(len(expected))
    for failure, diagnostic in zip(failures, expected, strict=True):
        allowed = re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", diagnostic.message)
        assert failure.get("message") == allowed


def read_command(line: str) -> tuple[str, dict[str, str], str]:
    """Parse a workflow command like the runner of GitHub."""
    match = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
    assert match is not None
    pairs = dict(pair.split("=", 1) for pair in match[2].split(","))
    properties = {name: _unescape(value.replace("%3A", ":").replace("%2C", ",")) for name, value in pairs.items()}
    return match[1], properties, _unescape(match[3])


def _unescape(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


@given(reports)
def test_github_gets_one_command_for_each_finding(report: Report) -> None:
    lines = rendered("github", report).split("\n")[:-1]
    assert len(lines) == len(report.diagnostics) + len(report.notes)
    commands = [read_command(line) for line in lines]
    order = ["error", "warning", "notice"]
    assert [command for command, _, _ in commands] == sorted((name for name, _, _ in commands), key=order.index)
    for _, properties, _ in commands[: len(report.diagnostics)]:
        assert int(properties["line"]) <= int(properties["endLine"])


def test_github_commands_carry_the_whole_place_and_message() -> None:
    lines = rendered("github", REPORT).split("\n")
    found = [read_command(line) for line in lines if "open-reference" in line]
    assert found == [
        (
            "notice",
            {
                "title": "gym-lsp (open-reference)",
                "file": "benchmarks/日本 100%/config#1.yaml",
                "line": "4",
                "endLine": "4",
                "col": "27",
                "endColumn": "40",
            },
            (
                "benchmarks/日本 100%/config#1.yaml:4:27: `${judge.name}` must come from outside: "
                "[the docs](https://example.org), env.yaml or the command line [open-reference]"
            ),
        )
    ]


@given(reports)
def test_concise_has_one_line_for_each_finding(report: Report) -> None:
    lines = rendered("concise", report).split("\n")[:-1]
    assert len(lines) == len(report.diagnostics)
    for line, diagnostic in zip(lines, report.diagnostics, strict=True):
        assert f": {diagnostic.severity.label}[{diagnostic.rule}]" in line
        assert line.isprintable() or not line.isascii()


@given(reports)
def test_color_changes_nothing_else(report: Report) -> None:
    for format_name in ("full", "concise"):
        plain = rendered(format_name, report)
        assert "\x1b" not in plain
        assert re.sub("\x1b\\[[0-9;]*m", "", rendered(format_name, report, color=True)) == plain


@pytest.mark.parametrize("format_name", ["json", "sarif", "github", "gitlab", "junit"])
def test_formats_for_machines_ignore_color_and_width(format_name: str) -> None:
    assert rendered(format_name, REPORT, color=True, width=40) == rendered(format_name, REPORT)


def test_full_fits_the_terminal() -> None:
    lines = rendered("full", REPORT, width=80).split("\n")
    assert [line for line in lines if width_of(line) > 80] == []


@given(reports)
def test_statistics_count_every_finding(report: Report) -> None:
    rows = statistics.count_rules(report.diagnostics)
    assert sum(row.count for row in rows) == len(report.diagnostics)
    assert all(row.safely <= row.fixable <= row.count for row in rows)
    assert statistics.render(report, color=False, width=80).count("\n") == len(rows) + (2 if rows else 1)


def test_fingerprints_do_not_depend_on_lines() -> None:
    moved = [replace(diagnostic, span=Span(0, 1)) for diagnostic in REPORT.diagnostics]
    before = fingerprints(REPORT.diagnostics, REPORT.working_directory)
    assert fingerprints(moved, REPORT.working_directory) == before
    assert len(set(before)) == len(before)


def test_fingerprints_of_equal_findings_differ() -> None:
    found = REPORT.diagnostics[0]
    first, second = fingerprints([found, found], REPORT.working_directory)
    assert first != second
    assert fingerprints([found], REPORT.working_directory) == [first]
