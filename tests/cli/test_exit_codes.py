"""The exit codes 0 clean, 1 findings, 2 usage or settings, 3 internal failure, and the messages of each."""

from __future__ import annotations

from pathlib import Path

import pytest

import gym_lsp.check
import gym_lsp.cli.arguments
from gym_lsp.check import Checker
from gym_lsp.cli import main
from gym_lsp.cli.arguments import ACCEPTED_BY
from gym_lsp.cli.options import Options
from tests.cli.conftest import BROKEN, CLEAN, TIDES, UNSET, Gym, write


def test_a_clean_tree_is_0(gym: Gym) -> None:
    ran = gym("--check")
    assert (ran.code, ran.out) == (0, "No problems in 1 file\n")


@pytest.mark.parametrize("arguments", [["."], ["environments"], [TIDES], ["--standalone", TIDES], ["--config", TIDES]])
def test_an_error_is_1_in_each_kind_of_check(gym: Gym, tree: Path, arguments: list[str]) -> None:
    write(tree, TIDES, BROKEN)
    ran = gym("--check", *arguments)
    assert ran.code == 1
    assert "error[unknown-domain]" in ran.out


@pytest.mark.parametrize(
    ("text", "arguments", "code"),
    [
        (BROKEN, ["--exit-zero"], 0),
        (BROKEN, ["--ignore", "unknown-domain,server-ref-not-found"], 0),
        (BROKEN, ["--ignore", "unknown-domain", "--ignore", "server-ref-not-found"], 0),
        (BROKEN, ["--ignore", "unknown-domain"], 1),
        (BROKEN, ["--select", "missing-license"], 0),
        (BROKEN, ["--select", "unknown-domain"], 1),
        (BROKEN, ["--quiet", "--format", "concise"], 1),
        (UNSET, [], 0),
        (UNSET, ["--fail-on", "error"], 0),
        (UNSET, ["--fail-on", "warning"], 1),
        (UNSET, ["--fail-on", "information"], 1),
        (UNSET, ["--fail-on", "warning", "--show", "error"], 1),
        (UNSET, ["--fail-on", "warning", "--exit-zero"], 0),
    ],
)
def test_what_fails_can_be_chosen(gym: Gym, tree: Path, text: str, arguments: list[str], code: int) -> None:
    write(tree, TIDES, text)
    assert gym("--check", *arguments).code == code


USAGE = [
    (["--bogus"], "unknown option `--bogus`\n"),
    (["--chek"], "unknown option `--chek`; did you mean `--check`?"),
    (["environments"], "missing command; to check environments, run `gym-lsp --check environments`"),
    (["check", "environments"], "unknown command `check`; did you mean `--check`?"),
    (["check", "--fix", "."], "unknown command `check`; did you mean `--check`?"),
    (["--config", TIDES], f"`--check`, `--resolve` or `--graph`; did you mean `gym-lsp --check --config {TIDES}`?"),
    (["--config", TIDES, "--model-api-key", "never-shown"], "; did you mean `gym-lsp --check ...`?"),
    (["--config", TIDES, "--provenance"], f"; did you mean `gym-lsp --resolve --config {TIDES} --provenance`?"),
    (["--config", TIDES, "++a.api_key=never-shown"], "; did you mean `gym-lsp --check ...`?"),
    (["--explain", "x", "++a.api_key=never-shown"], "++a.api_key=... can only be used with `--check`"),
    (["--gym-root", "."], "`--list`, `--resolve`, `--graph`, `--json-schema`, `--new` or `--mcp`"),
    (
        ["--explain", "unknown-domain", TIDES],
        f"{TIDES} can only be used with `--check`, `--resolve`, `--graph` or `--mcp`",
    ),
    (["--list", "agents", "--baseline", "known.json"], "`--baseline` can only be used with `--check`"),
    (["--json-schema", "--format", "json"], "`--format` can only be used with `--check`, `--list`, `--resolve`, "),
    (["--check", "--stdio"], "`--stdio` and `--check` cannot be used together"),
    (["--check", "--resolve"], "`--check` and `--resolve` cannot be used together"),
    (["--check", "nowhere"], "nowhere: file or folder not found"),
    (["--check", "a=1"], "overrides need `--config`"),
    (["--check", "--config", TIDES, "a"], "write KEY=VALUE"),
    (["--check", "--config", TIDES, "--standalone"], "`--config` and `--standalone` cannot be used together"),
    (["--check", "-"], "name it with `--stdin-filename FILE`"),
    (["--check", "-", "environments"], "cannot be combined with other paths"),
    (["--check", "--stdin-filename", "x.yaml"], "`--stdin-filename` can only be used with `-`"),
    (["--check", "--provenance"], "`--provenance` can only be used with `--resolve`"),
    (["--check", "--format", "xml"], "full"),
    (["--check", "--format", "dot"], "`--check` cannot print `--format dot`; expected one of `full`, `concise`, "),
    (
        ["--check", "--statistics", "--format", "sarif"],
        "`--statistics` cannot print `--format sarif`; expected one of ",
    ),
    (
        ["--resolve", TIDES, "--format", "sarif"],
        "`--resolve` cannot print `--format sarif`; expected one of `full`, `j",
    ),
    (["--explain", "--format", "sarif"], "`--explain` cannot print `--format sarif`; expected one of `full`, `json`"),
    (["--check", "--diff", "--format", "json"], "`--diff` cannot print `--format json`; expected `full`"),
    (["--check", "--diff", "--statistics"], "`--diff` and `--statistics` cannot be used together"),
    (["--check", "--show-files", "--format", "json"], "`--show-files` cannot print `--format json`; expected `full`"),
    (["--check", "--show-files", "--config", TIDES], "`--show-files` and `--config` cannot be used together"),
    (["--check", "-", "--stdin-filename", "environments"], "environments: expected a file, found a folder"),
    (["--check", "--select", ""], "`--select` needs the name of a rule"),
    (["--check", "--show", "inf"], "; did you mean `information`?"),
    (["--check", "--fail-on", "hint"], "warning"),
    (["--check", "--select", "unknwon-domain"], "did you mean `unknown-domain`?"),
    (["--check", "--ignore", "zzz"], "unknown rule `zzz`; `gym-lsp --explain` lists the rules"),
    (["--check", "--gym-root", "nowhere"], "--gym-root nowhere: folder not found"),
    (["--check", "--gym-root", "environments"], "does not contain NeMo Gym"),
    (["--check", "--search-dir", "nowhere"], "--search-dir nowhere: folder not found"),
    (["--check", "--baseline", "known.json"], "file not found; create it with `--write-baseline known.json`"),
    (["--check", "--baseline", TIDES], "--baseline"),
    (["--check", "--output-file", "nowhere/report"], "cannot write nowhere/report: No such file or directory"),
    (["--check", "--write-baseline", "nowhere/report"], "cannot write nowhere/report: No such file or directory"),
    (["--check", "--unsafe-fixes"], "`--unsafe-fixes` can only be used with `--fix` or `--diff`"),
    (
        ["--check", "--diff", "--write-baseline", "known.json"],
        "`--diff` and `--write-baseline` cannot be used",
    ),
    (["--fix", "--stdio"], "`--fix` can only be used with `--check`"),
    (["--list"], "missing value; expected one of `environments`, `agents`, "),
    (["--list", "nonsense"], "benchmarks"),
    (["--list", "environment"], "; did you mean `environments`?"),
    (["--list", "resources_servers"], "; did you mean `resources-servers`?"),
    (["--check", "--format", "JSON"], "; did you mean `json`?"),
    (["--check", "--format", "svgg"], "; did you mean `svg`?"),
    (["--check", "--show", "info"], "; did you mean `information`?"),
    (["--check", "--fail-on", "warn"], "; did you mean `warning`?"),
    (["--check", "--color", "allways"], "; did you mean `always`?"),
    (["--list", "agents", "--format", "jsonl"], "; did you mean `json`?"),
    (
        ["--list", "agents", "--format", "sarif"],
        "`--list` cannot print `--format sarif`; expected one of `full`, `json`",
    ),
    (["--resolve"], "`--resolve` needs a config or a recipe, or a name such as `--environment NAME`"),
    (["--graph", "a=1"], "`--graph` needs a config or a recipe, or a name such as `--environment NAME`"),
    (["--resolve", "environments"], "environments: expected a config, found a folder"),
    (["--resolve", "environments/tides"], f"found a folder; did you mean `{TIDES}`?"),
    (["--resolve", "enviroments/tides/config.yaml"], f"not found in any search root; did you mean `{TIDES}`?"),
    (["--resolve", "environments/tides/config.yml"], f"not found in any search root; did you mean `{TIDES}`?"),
    (["--resolve", "tides"], "for the environment of this name, use `--environment tides`"),
    (["--check", "--config", TIDES, TIDES], f"expected an override `KEY=VALUE`; `--config {TIDES}` adds a root config"),
    (["--explain", "unknwon-domain"], "did you mean `unknown-domain`?"),
    (["--explain", "zzz"], "unknown rule `zzz`; `gym-lsp --explain` lists the rules"),
    (["--resolve", "--config", "nowhere.yaml"], "--config nowhere.yaml: not found in any search root"),
    (["--tcp", "here"], "invalid address `here`; expected HOST:PORT"),
    (["--tcp", "127.0.0.1:65536"], "expected HOST:PORT"),
]


@pytest.mark.parametrize(("arguments", "expected"), USAGE, ids=[" ".join(arguments) for arguments, _ in USAGE])
def test_a_wrong_argument_is_2_with_a_message(gym: Gym, arguments: list[str], expected: str) -> None:
    ran = gym(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("gym-lsp: ")
    assert expected in ran.err
    assert len(ran.err.splitlines()) <= 2


def test_help_fits_80_columns(gym: Gym, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert [line for line in gym("--help").out.splitlines() if len(line) > 80] == []


def test_each_option_has_the_commands_that_accept_it() -> None:
    options = set(Options.__struct_fields__)
    assert options - ACCEPTED_BY.keys() == {"command", "color", "quiet"}
    assert ACCEPTED_BY.keys() <= options


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("selct = []\n", "gym-lsp.toml:1:1: unknown setting `selct`; did you mean `select`?"),
        ('select = ["unknwon-domain"]\n', "gym-lsp.toml:1:11: "),
        ('\nseverity = {unknown-domain = "fatal"}\n', "gym-lsp.toml:2:13: invalid value for `severity.unknown-domain`"),
        ("select = [\n", "gym-lsp.toml:2:1: "),
        ("select = 1\nselct = 1\n", "\ngym-lsp: gym-lsp.toml:2:1: unknown setting"),
        ('gym-root = "nowhere"\n', "gym-lsp.toml: `gym-root`: "),
        (
            "[tool.gym-lsp]\nselect = []\n",
            "unexpected table `[tool.gym-lsp]`; in gym-lsp.toml, ",
        ),
    ],
)
def test_a_wrong_setting_is_2(gym: Gym, tree: Path, settings: str, expected: str) -> None:
    write(tree, "gym-lsp.toml", settings)
    ran = gym("--check")
    assert (ran.code, ran.out) == (2, "")
    assert expected in ran.err


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["--explain"], ["--explain", "unknown-domain"]])
def test_printing_information_is_0(gym: Gym, arguments: list[str]) -> None:
    ran = gym(*arguments)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out


def failing(*arguments: object, **named: object) -> None:
    raise RuntimeError("the sky fell")


@pytest.mark.parametrize(
    "arguments",
    [["--check"], ["--check", "--exit-zero"], ["--check", "--fix"], ["--check", "--diff"], ["--check", "--standalone"]],
)
def test_an_internal_failure_is_3_whatever_was_asked(
    gym: Gym, tree: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    write(tree, TIDES, BROKEN)
    monkeypatch.setattr(gym_lsp.check, "findings_of_run", failing)
    ran = gym(*arguments)
    assert (ran.code, ran.out) == (3, "")
    assert "internal failure: RuntimeError: the sky fell" in ran.err
    assert "Traceback" not in ran.err
    monkeypatch.setenv("GYM_LSP_DEBUG", "1")
    assert "Traceback" in gym(*arguments).err


def test_a_failure_before_the_arguments_are_read_is_3(gym: Gym, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gym_lsp.cli.arguments, "parse_arguments", failing)
    assert gym("--check").code == 3


def test_ctrl_c_is_130(gym: Gym, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Checker, "check_workspace", interrupted)
    ran = gym("--check")
    assert (ran.code, ran.out, ran.err) == (130, "", "")


def test_arguments_come_from_the_process_by_default(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree, TIDES, CLEAN)
    monkeypatch.setattr("sys.argv", ["gym-lsp", "--check", "nowhere"])
    assert main() == 2
