"""The output of a check in every format, and where it goes."""

from __future__ import annotations

import json
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from gym_lsp.reporters.terminal import width_of
from tests.cli.conftest import BROKEN, CLEAN, TIDES, UNSET, Gym, write
from tests.reporters.test_formats import SARIF

FORMATS = ("full", "concise", "json", "sarif", "github", "gitlab", "junit")


@pytest.fixture
def report(gym: Gym, tree: Path) -> Callable[..., str]:
    """The standard output of a check of two files with three findings; nothing must be on standard error."""
    write(tree, TIDES, BROKEN)
    write(tree, "environments/more/config.yaml", UNSET)

    def run(*arguments: str) -> str:
        ran = gym("--check", *arguments)
        assert ran.code == 1
        assert ran.err == ""
        return ran.out

    return run


def test_full(report: Callable[..., str]) -> None:
    out = report("--quiet")
    assert "error[unknown-domain]: unknown domain `knowlege`; did you mean `knowledge`?\n" in out
    assert f" --> {TIDES}:5:15\n" in out
    assert "5 |       domain: knowlege\n  |               ^^^^^^^^\n" in out
    assert out.endswith("Found 2 errors, 1 warning in 2 files\n")
    assert max(map(width_of, out.splitlines())) <= 80
    assert "\x1b" not in out


def test_concise(report: Callable[..., str]) -> None:
    assert [line.split(" ")[:2] for line in report("--format", "concise").splitlines()] == [
        ["environments/more/config.yaml:5:16:", "warning[misspelt-missing-marker]"],
        [f"{TIDES}:5:15:", "error[unknown-domain]"],
        [f"{TIDES}:11:57:", "error[server-ref-not-found]"],
    ]


def test_json(report: Callable[..., str]) -> None:
    document = json.loads(report("--format", "json"))
    assert {**document, "diagnostics": None} == {
        "version": 1,
        "release": None,
        "diagnostics": None,
        "summary": {"files": 2, "errors": 2, "warnings": 1, "information": 0, "not_checked": 0},
    }
    found = next(each for each in document["diagnostics"] if each["rule"] == "unknown-domain")
    assert found == {
        "path": TIDES,
        "rule": "unknown-domain",
        "severity": "error",
        "message": "unknown domain `knowlege`; did you mean `knowledge`?",
        "gym_error": "AlmostServerError",
        "range": {"start": {"line": 5, "column": 15}, "end": {"line": 5, "column": 23}},
        "run": [TIDES],
        "related": [],
        "fixes": [{"title": "Change to `knowledge`", "applicability": "unsafe"}],
    }


def test_sarif(report: Callable[..., str]) -> None:
    document: Any = json.loads(report("--format", "sarif"))
    assert list(SARIF.iter_errors(document)) == []
    assert [result["ruleId"] for result in document["runs"][0]["results"]] == [
        "misspelt-missing-marker",
        "unknown-domain",
        "server-ref-not-found",
    ]


def test_sarif_of_a_clean_tree_has_results(gym: Gym) -> None:
    document: Any = json.loads(gym("--check", "--format", "sarif").out)
    assert list(SARIF.iter_errors(document)) == []
    assert document["runs"][0]["results"] == []


def test_github(report: Callable[..., str]) -> None:
    lines = report("--format", "github").splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error", "::error", "::warning"]
    assert f"file={TIDES},line=5,endLine=5,col=15" in lines[0]


def test_gitlab(report: Callable[..., str]) -> None:
    found = json.loads(report("--format", "gitlab"))
    assert [(each["check_name"], each["location"]["path"]) for each in found] == [
        ("misspelt-missing-marker", "environments/more/config.yaml"),
        ("unknown-domain", TIDES),
        ("server-ref-not-found", TIDES),
    ]
    assert len({each["fingerprint"] for each in found}) == 3


def test_junit(report: Callable[..., str]) -> None:
    suites = ElementTree.fromstring(report("--format", "junit"))
    assert suites.tag == "testsuites"
    assert len(list(suites.iter("testcase"))) == 3


def test_statistics(report: Callable[..., str]) -> None:
    out = report("--statistics")
    assert all(rule in out for rule in ("unknown-domain", "server-ref-not-found", "misspelt-missing-marker"))
    assert TIDES not in out


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_holds_what_the_screen_would_show(report: Callable[..., str], tree: Path, name: str) -> None:
    shown = report("--quiet", "--format", name)
    assert report("--quiet", "--format", name, "--output-file", "report") == ""
    assert (tree / "report").read_text("utf-8") == shown


@pytest.mark.parametrize("name", FORMATS)
def test_standard_output_has_only_the_report(gym: Gym, tree: Path, name: str) -> None:
    """Notes go to stderr, so that programs can read the report."""
    write(tree, TIDES, CLEAN.replace("policy_model}", "elsewhere}"))
    write(tree, "environments/more/config.yaml", "elsewhere: {responses_api_models: {m: {entrypoint: app.py}}}\n")
    loud, quiet = gym("--check", "--format", name), gym("--check", "--format", name, "--quiet")
    assert (loud.out, quiet.err) == (quiet.out, "")
    assert (" hidden; show " in loud.err) == (name in ("full", "concise", "github"))


def test_paths_are_those_of_the_working_directory(
    report: Callable[..., str], tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tree / "environments/tides")
    assert report("--format", "concise").startswith("config.yaml:5:15: ")
    assert report("--format", "concise", str(tree)).splitlines()[0].startswith("../more/config.yaml:5:16: ")


def test_the_own_run_of_a_file_is_not_named(
    report: Callable[..., str], tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tree / "environments/tides")
    assert "in the run of" not in report("--quiet")


def test_an_override_without_its_plus(gym: Gym) -> None:
    asked = ["--check", "--config", TIDES, "--format", "concise", "++host=a"]
    assert gym(*asked, "+port=1").code == 0
    ran = gym(*asked, "port=1")
    assert ran.code == 1
    assert "error[rejected-override] Hydra rejects a new key without plus signs; write `++port=1`" in ran.out


def test_settings_that_name_missing_paths(gym: Gym, tree: Path) -> None:
    write(tree, "gym-lsp.toml", f'search-dirs = ["nowhere"]\nruns = {{a = ["{TIDES}", "nowhere.yaml"]}}\n')
    ran = gym("--check", "--format", "concise")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines() == [
        "gym-lsp: gym-lsp.toml: `search-dirs`: folder nowhere not found",
        "gym-lsp: gym-lsp.toml: `runs.a`: nowhere.yaml not found in any search root",
    ]
    assert gym("--check", "--format", "concise", "--quiet").err == ""


def test_fixable_findings_are_counted(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, BROKEN)
    fixable = "gym-lsp: 2 findings can be fixed with `--fix --unsafe-fixes`"
    assert gym("--check").err == f"{fixable}; preview the changes with `--diff --unsafe-fixes`\n"
    write(tree, "environments/more/config.yaml", UNSET)
    fixable = "gym-lsp: 1 finding can be fixed with `--fix`, 2 more with `--unsafe-fixes`"
    assert gym("--check").err == f"{fixable}; preview the changes with `--diff`\n"
    assert gym("--check", "--format", "concise").err == ""


# Colors


@pytest.mark.parametrize(
    ("environment", "arguments", "colored"),
    [
        ({}, [], True),
        ({"NO_COLOR": "1"}, [], False),
        ({"NO_COLOR": ""}, [], True),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, [], False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, [], True),
        ({"FORCE_COLOR": "1"}, ["--output-file", "/dev/stdout"], False),
        ({"FORCE_COLOR": "1"}, ["--output-file", "-"], True),
        ({"TERM": "dumb"}, [], False),
        ({}, ["--color", "never"], False),
        ({}, ["--output-file", "/dev/stdout"], False),
    ],
)
def test_colors_are_for_terminals(
    tree: Path, command: list[str], environment: dict[str, str], arguments: list[str], colored: bool
) -> None:
    write(tree, TIDES, BROKEN)
    ours, theirs = pty.openpty()
    # The output has to fit into the buffer of the terminal, which is read at the end.
    with open(ours, "rb", buffering=0) as screen:
        base = {"PATH": "", "TERM": "xterm"} | environment
        ask = [*command, "--check", "--select", "unknown-domain", "--quiet", *arguments]
        done = subprocess.run(ask, cwd=tree, stdout=theirs, env=base, check=False)
        shown = screen.read(65536)
    assert done.returncode == 1
    assert b"unknown-domain" in shown
    assert (b"\x1b[" in shown) == colored


def test_colors_on_request(report: Callable[..., str]) -> None:
    assert "\x1b[" in report("--quiet", "--color", "always")


# Baselines


def test_a_baseline_hides_recorded_findings(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, BROKEN)
    ran = gym("--check", "--write-baseline", "known.json")
    assert (ran.code, ran.out, ran.err) == (0, "", "gym-lsp: wrote 2 findings to known.json\n")
    assert gym("--check", "--baseline", "known.json").code == 0
    # The findings moved, and there is a new one.
    write(tree, TIDES, f"# a comment\n\n{BROKEN}".replace("policy_model}", "policy_modle}"))
    ran = gym("--check", "--format", "concise", "--baseline", "known.json")
    assert ran.code == 1
    assert [line.partition(" ")[0] for line in ran.out.splitlines()] == [f"{TIDES}:14:56:"]


def test_findings_that_are_gone_are_counted(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, BROKEN)
    gym("--check", "--write-baseline", "known.json")
    write(tree, TIDES, BROKEN.replace("knowlege", "knowledge"))
    ran = gym("--check", "--baseline", "known.json")
    assert ran.code == 0
    assert (
        ran.err
        == "gym-lsp: known.json records 1 finding that no longer exists; update it with `--write-baseline known.json`\n"
    )
    assert gym("--check", "--baseline", "known.json", "--quiet").err == ""


def test_unchecked_findings_do_not_count_as_gone(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, BROKEN)
    write(tree, "environments/more/config.yaml", UNSET)
    gym("--check", "--write-baseline", "known.json")
    asked = ["--check", "--baseline", "known.json"]
    assert gym(*asked, "environments/more").err == ""
    assert gym(*asked, "--select", "unknown-domain").err == ""
    (tree / TIDES).unlink()
    assert "known.json records 2 findings that no longer exist" in gym(*asked, "environments/more").err


@pytest.mark.parametrize("content", ["", "{}", "[", "null", '{"version": 9, "findings": []}'])
def test_an_invalid_baseline_is_2(gym: Gym, tree: Path, content: str) -> None:
    write(tree, "known.json", content)
    ran = gym("--check", "--baseline", "known.json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("gym-lsp: --baseline known.json: ")


def test_config_paths_into_a_nemo_gym_that_is_not_there(gym: Gym, tree: Path) -> None:
    model = "responses_api_models/vllm_model/configs/vllm_model.yaml"
    write(tree, "runs/train.yaml", f"config_paths: [{TIDES}, {model}]\n")
    ran = gym("--check")
    assert ran.code == 0
    assert "note: NeMo Gym was not found, so 1 config path into it" in ran.out
    assert "error[config-path-not-found]" in gym("--check", "--config", model).out


def test_files_that_are_not_checked(gym: Gym, tree: Path) -> None:
    write(tree, "gym-lsp.toml", 'exclude = ["environments/old"]\n')
    write(tree, "environments/old/config.yaml", UNSET)
    write(tree, "deploy.yaml", "replicas: 2\n")
    ran = gym("--check", "--quiet")
    assert ran.out.endswith("; 1 other YAML file not checked\n")
    named = gym("--check", "deploy.yaml")
    assert (named.code, named.out.splitlines()[-1]) == (0, "No files checked")
    assert "note: not checked: deploy.yaml; a NeMo Gym config contains" in named.out
    assert "not checked: deploy.yaml" in gym("--check", "deploy.yaml", TIDES, "--format", "concise").err
    assert gym("--check", "--show-files").out.splitlines() == [
        "deploy.yaml: not checked: not a NeMo Gym file",
        "environments/old/config.yaml: not checked: the settings exclude it",
        f"{TIDES}: config",
    ]
