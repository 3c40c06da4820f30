"""The ecosystem report shows what came and went, and each version is the one that it is for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.ci.conftest import BROKEN, CONFIG, REPOSITORY, write
from tests.tools import ecosystem
from tests.tools.ecosystem import Finding, Measured, Subject, report, verdicts

TREE = Subject("A tree", Path("/tree"), None)
OLD = Finding("error", "unknown-domain", "a.yaml:1:1", "unknown domain `a|b`")
NEW = Finding("warning", "unknown-domain", "a.yaml:1:1", "unknown domain `a|b`")


def measured(*findings: Finding, verdict: str = "ok", seconds: float = 1.0, failure: str = "") -> Measured:
    return Measured(Counter(findings), {} if verdict == "ok" else {"a.yaml": verdict}, seconds, 40.0, failure)


def test_nothing_differs() -> None:
    text = report("main", [(TREE, measured(OLD), measured(OLD))])
    assert "| A tree | 1 | 0 | 0 | 0 | 0 | 1.00 (1.00 → 1.00 s) | 1.00 (40 → 40 MB) |" in text
    assert text.endswith("No finding and no verdict differs.")


def test_what_came_and_went_is_listed() -> None:
    old, new = measured(OLD, verdict="AlmostServerError"), measured(NEW, NEW, seconds=1.2)
    text = report("main", [(TREE, old, new)])
    assert "| A tree | 2 | 2 | 1 | 0 | 1 | **1.20 (1.00 → 1.20 s)** |" in text
    assert "<summary>A tree: 2 findings came</summary>" in text
    assert "- warning unknown-domain: 2\n" in text
    assert r"- `a.yaml:1:1` error unknown-domain: unknown domain `a\|b`" in text
    assert "- `a.yaml`: AlmostServerError → ok" in text


def test_another_message_at_the_same_place_is_counted_alone() -> None:
    text = report("main", [(TREE, measured(OLD, OLD), measured(OLD._replace(message="better"), NEW))])
    assert "| A tree | 2 | 1 | 1 | 1 | 0 | " in text
    assert "better" not in text


def test_long_lists_are_cut() -> None:
    many = [OLD._replace(place=f"a.yaml:{line}:1") for line in range(1, 101)]
    text = report("main", [(TREE, measured(), measured(*many))])
    assert text.count("error unknown-domain: unknown") == ecosystem.LISTED
    assert "- and 60 more" in text


def test_a_failure_is_shown() -> None:
    text = report("main", [(TREE, measured(), measured(failure="exit code 3: oh | no"))])
    assert r"| A tree | checked → exit code 3: oh \| no |" in text


def test_verdicts_are_those_of_runs() -> None:
    error = {"path": "a.yaml", "rule": "r", "severity": "error", "gym_error": None, "run": ["a.yaml", "b.yaml"]}
    checked = {"diagnostics": [error, error | {"gym_error": "E"}, error | {"severity": "warning", "run": ["c.yaml"]}]}
    assert verdicts(checked) == {"a.yaml + b.yaml": "E, r"}


def test_an_unknown_revision(capsys: pytest.CaptureFixture[str]) -> None:
    assert ecosystem.main(["no-such-revision"]) == 2
    assert "no-such-revision" in capsys.readouterr().err


@pytest.mark.slow
def test_two_versions_on_a_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The version before has one rule less."""

    def extract(revision: str, folder: Path) -> None:
        (folder / "gym_lsp").mkdir(parents=True)
        for name in ("__init__.py", "__main__.py"):
            write(folder, f"gym_lsp/{name}", "")
        program = f"import json, os; os.chdir({str(REPOSITORY)!r})\n"
        program += "print(json.dumps({'diagnostics': []}))\n"
        write(folder, "gym_lsp/__main__.py", program)

    tree = tmp_path / "tree"
    write(tree, CONFIG, BROKEN)
    write(tree, "resources_servers/tide_tables/app.py", "")
    write(tree, "json.py", "raise SystemExit('a module of the tree was imported')\n")
    monkeypatch.setattr(ecosystem, "extract", extract)
    monkeypatch.setattr(ecosystem, "find_corpus", lambda: None)
    monkeypatch.setattr(ecosystem, "find_recipes", lambda: None)
    assert (
        ecosystem.main(["before", "--tree", str(tree), "--rounds", "1", "--output", str(tmp_path / "report.md")]) == 0
    )
    text = (tmp_path / "report.md").read_text("utf-8")
    assert text == capsys.readouterr().out
    assert f"- `{CONFIG}:5:15` error unknown-domain: " in text
    assert "AlmostServerError" in text


@pytest.mark.slow
def test_what_only_the_new_version_cannot_check_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def measure(subject: Subject, version: Path) -> Measured:
        return measured(failure="exit code 3: broken" if version == REPOSITORY else "")

    def extract(revision: str, folder: Path) -> None:
        folder.mkdir()

    def run(subject: Subject, version: Path, *options: str) -> tuple[object, float, float]:
        return {"diagnostics": ()}, 1.0, 1.0

    for name, replacement in (("measure", measure), ("extract", extract), ("run", run)):
        monkeypatch.setattr(ecosystem, name, replacement)
    monkeypatch.setattr(ecosystem, "find_corpus", lambda: None)
    monkeypatch.setattr(ecosystem, "find_recipes", lambda: None)
    assert ecosystem.main(["main", "--tree", str(tmp_path)]) == 1
