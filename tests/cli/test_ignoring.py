"""`--add-ignores`: after it, a check reports nothing, and the configuration is the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gym_lsp.rules import ALL_RULES
from gym_lsp.rules.engine.rule import Rule
from gym_lsp.syntax import parse, plain
from gym_lsp.workspace.place import YAML
from tests.cli.conftest import BROKEN, CLEAN, TIDES, UNSET, Gym, write
from tests.corpus import WHEELS, Corpus
from tests.fixture import parse_fixture
from tests.rules.test_pages import sections

UNKNOWN = "  # gym-lsp: ignore[unknown-domain]"
TWO = "a: {resources_servers: {a: {entrypoint: /app.py, domain: maths}}}"
LEFT = frozenset({"unused-suppression", "invalid-suppression", "invalid-yaml"})
"""The rules whose findings no comment can suppress."""
CASES = {
    "one comment for each line": (
        BROKEN,
        BROKEN.replace("knowlege", f"knowlege{UNKNOWN}").replace(
            "name: tide}", "name: tide}  # gym-lsp: ignore[server-ref-not-found]"
        ),
        2,
    ),
    "one comment for two findings": (
        f"{TWO}\n",
        f"{TWO}  # gym-lsp: ignore[unknown-domain, absolute-entrypoint]\n",
        2,
    ),
    "after another comment": (
        BROKEN.replace("knowlege", "knowlege # ours").replace("name: tide}", "name: tides}"),
        BROKEN.replace("knowlege", f"knowlege # ours{UNKNOWN}").replace("name: tide}", "name: tides}"),
        1,
    ),
    "above a text of several lines": (
        CLEAN.replace("domain: knowledge", "domain:\n        know\n        lege"),
        CLEAN.replace(
            "domain: knowledge",
            "domain:\n        # gym-lsp: ignore[unknown-domain]\n        know\n        lege",
        ),
        1,
    ),
    "without a line break at the end": (
        "a: {resources_servers: {a: {entrypoint: app.py, domain: maths}}}",
        f"a: {{resources_servers: {{a: {{entrypoint: app.py, domain: maths}}}}}}{UNKNOWN}",
        1,
    ),
    "with the line breaks of the file": (
        BROKEN.replace("name: tide}", "name: tides}").replace("\n", "\r\n"),
        BROKEN.replace("name: tide}", "name: tides}").replace("knowlege", f"knowlege{UNKNOWN}").replace("\n", "\r\n"),
        1,
    ),
}


@pytest.mark.parametrize(("before", "after", "count"), CASES.values(), ids=CASES.keys())
def test_comments_are_added(gym: Gym, tree: Path, before: str, after: str, count: int) -> None:
    write(tree, TIDES, before)
    ran = gym("--check", "--add-ignores")
    assert (tree / TIDES).read_bytes().decode() == after
    findings = "1 finding" if count == 1 else f"{count} findings"
    assert (ran.code, ran.out) == (0, "No problems in 1 file\n")
    assert ran.err == f"gym-lsp: added comments for {findings} in 1 file, 0 left\n"
    assert gym("--check", "--fail-on", "warning").code == 0
    again = gym("--check", "--add-ignores")
    assert (again.code, again.err) == (0, "gym-lsp: added comments for 0 findings, 0 left\n")
    assert (tree / TIDES).read_bytes().decode() == after


def test_the_reason_is_in_each_comment(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, UNSET)
    gym("--check", "--add-ignores", "--reason", "known since\nthe import")
    expected = "api_key: ??  # gym-lsp: ignore[misspelt-missing-marker] known since the import\n"
    assert expected in (tree / TIDES).read_text("utf-8")


def test_only_what_is_shown_gets_a_comment(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, BROKEN.replace("domain", "api_key: ??\n      domain"))
    ran = gym("--add-ignores", "--show", "error", "--ignore", "unknown-domain")
    assert ran.err.endswith("gym-lsp: added comments for 1 finding in 1 file, 0 left\n")
    text = (tree / TIDES).read_text("utf-8")
    assert "ignore[server-ref-not-found]" in text
    assert text.count("gym-lsp:") == 1


def test_what_no_comment_can_suppress_is_left(gym: Gym, tree: Path) -> None:
    text = "a: [1\nb: 2\n"
    write(tree, TIDES, text)
    ran = gym("--check", "--add-ignores")
    assert ran.code == 1
    assert "error[" in ran.out
    assert ran.err == "gym-lsp: added comments for 0 findings, 1 left\n"
    assert (tree / TIDES).read_text("utf-8") == text


def test_a_run_gets_comments_in_its_files_only(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, BROKEN.replace("name: tide}", "name: tides}"))
    ran = gym("--add-ignores", "--config", TIDES, "++tides_agent.responses_api_agents.simple_agent.model_server.name=x")
    assert ran.code == 1
    assert ran.err.endswith("added comments for 1 finding in 1 file, 1 left\n")


def test_the_resolved_run_is_the_same(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, BROKEN)
    before = gym("--resolve", TIDES).out
    gym("--add-ignores")
    ran = gym("--resolve", TIDES)
    assert "gym-lsp" in (tree / TIDES).read_text("utf-8")
    assert ran.out == before


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_nothing_is_left_of_the_example_of_a_rule(gym: Gym, tree: Path, rule: Rule) -> None:
    (tree / TIDES).unlink()
    fixture = parse_fixture(sections(rule).get("Example", ""))
    for path, text in fixture.files.items():
        write(tree, "/".join(path.parts[2:]), text)
    before = {path: path.read_bytes().decode() for path in tree.rglob("*.y*ml")}
    gym("--add-ignores", "--show", "hint")
    for path, text in before.items():
        after = path.read_bytes().decode()
        assert plain(parse(after).root) == plain(parse(text).root)
    left = gym("--check", "--show", "hint", "--format", "json").out
    rules = {each["rule"] for each in json.loads(left)["diagnostics"]}
    assert rules == ({rule.name} if rule.name in LEFT else set())


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize("release", WHEELS)
def test_nothing_is_left_in_a_release(
    gym: Gym, tmp_path: Path, corpus: Corpus, release: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, copy = corpus.release(release), tmp_path / release
    shutil.copytree(source, copy)
    monkeypatch.chdir(copy)
    ran = gym("--add-ignores", "--show", "hint")
    assert ran.err.endswith(" 0 left\n")
    changed = 0
    for path in (path for path in copy.rglob("*") if path.suffix in YAML and path.is_file()):
        before, after = (source / path.relative_to(copy)).read_bytes(), path.read_bytes()
        if before != after:
            changed += 1
            assert plain(parse(before.decode()).root) == plain(parse(after.decode()).root)
    assert changed > 100
    left = gym("--check", "--show", "hint", "--fail-on", "information")
    assert (left.code, left.out.partition(" in ")[0]) == (0, "No problems")
