"""`--settings`, `--isolated`, `--exclude` and `--show-settings`."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from gym_lsp.rules import RULE_NAMES
from gym_lsp.workspace.settings import SETTINGS
from tests.cli.conftest import BROKEN, CLEAN, TIDES, UNSET, Gym, write

OTHER = "environments/other/config.yaml"
DRAFT = "environments/drafts/config.yaml"
LENIENT = 'ignore = ["unknown-domain", "server-ref-not-found"]\n'
STRICT = 'fail-on = "warning"\n'


@pytest.fixture
def broken(tree: Path) -> Path:
    """A workspace with two errors in one file and a warning in another, and settings that ignore the errors."""
    write(tree, TIDES, BROKEN)
    write(tree, OTHER, UNSET)
    write(tree, "gym-lsp.toml", LENIENT)
    write(tree, "ci/strict.toml", STRICT)
    write(tree, "ci/pyproject.toml", '[tool.gym-lsp]\nignore = ["misspelt", "unknown"]\n')
    return tree


CHOICES: list[tuple[list[str], int, set[str]]] = [
    ([], 0, {"misspelt-missing-marker"}),
    (["--isolated"], 1, {"misspelt-missing-marker", "unknown-domain", "server-ref-not-found"}),
    (["--settings", "gym-lsp.toml"], 0, {"misspelt-missing-marker"}),
    (["--settings", "ci/strict.toml"], 1, {"misspelt-missing-marker", "unknown-domain", "server-ref-not-found"}),
    (["--settings", "ci/strict.toml", OTHER], 1, {"misspelt-missing-marker"}),
    (["--settings", "ci/pyproject.toml"], 1, {"server-ref-not-found"}),
    (["--exclude", "other"], 0, set[str]()),
    (["--exclude", "environments/other/*.yaml"], 0, set[str]()),
    (["--exclude", "./environments/o*"], 0, set[str]()),
    (["--exclude", "nothing, other"], 0, set[str]()),
    (["--exclude", "nothing", "--exclude", "other"], 0, set[str]()),
    (["--exclude", "other", OTHER], 0, {"misspelt-missing-marker"}),
    (["--exclude", "tides", "--isolated"], 0, {"misspelt-missing-marker"}),
]


@pytest.mark.parametrize("cache", [[], ["--cache", "kept"]], ids=["", "cached"])
@pytest.mark.parametrize(("arguments", "code", "rules"), CHOICES, ids=[" ".join(each[0]) for each in CHOICES])
def test_which_settings_apply(
    gym: Gym, broken: Path, arguments: list[str], code: int, rules: set[str], cache: list[str]
) -> None:
    gym("--check", *cache)
    ran = gym("--check", "--format", "json", *arguments, *cache)
    assert ran.code == code
    assert {each["rule"] for each in json.loads(ran.out)["diagnostics"]} == rules


def test_the_option_excludes_as_the_setting_does(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, CLEAN.replace("name: tides}", "name: elsewhere}"))
    write(tree, DRAFT, BROKEN.replace("tides", "elsewhere"))
    all_files = gym("--check", "--show", "hint").out
    by_option = gym("--check", "--show", "hint", "--exclude", "drafts").out
    write(tree, "gym-lsp.toml", 'exclude = ["drafts"]\n')
    assert gym("--check", "--show", "hint").out == by_option != all_files


def test_a_list_leaves_out_what_is_excluded(gym: Gym, broken: Path) -> None:
    listed = gym("--check", "--show-files", "--exclude", "other").out
    assert f"{OTHER}: not checked: `--exclude` excludes it\n" in listed


@pytest.mark.parametrize("folder", ["environments", "environments/tides"])
def test_globs_start_at_the_working_directory(
    gym: Gym, broken: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.chdir(broken / folder)
    excluded = "other" if folder == "environments" else "../other"
    ran = gym("--check", "--format", "concise", "--exclude", f"{excluded}/*", str(broken / "environments"))
    assert (TIDES in ran.out, "other" in ran.out) == (False, folder != "environments")


WRONG = [
    (["--settings", "gym-lps.toml"], "--settings gym-lps.toml: file not found; did you mean `gym-lsp.toml`?"),
    (["--settings", "nowhere/x.toml"], "--settings nowhere/x.toml: file not found"),
    (["--settings", "ci"], "--settings ci: expected a file, found a folder"),
    (["--settings", "pyproject.toml"], "--settings pyproject.toml: no table `[tool.gym-lsp]` in it"),
    (["--settings", "ci/wrong.toml"], 'ci/wrong.toml:1:1: invalid value for `fail-on`; expected one of "error", '),
    (["--settings", "ci/wrong.toml"], "; did you mean `warning`?"),
    (["--settings", "gym-lsp.toml", "--isolated"], "`--settings` and `--isolated` cannot be used together"),
    (["--exclude", ""], "`--exclude` needs a glob"),
    (["--show-settings", "--fix"], "`--show-settings` and `--fix` cannot be used together"),
    (["--show-settings", "--format", "sarif"], "`--show-settings` cannot print `--format sarif`; expected one of"),
]


@pytest.mark.parametrize(("arguments", "expected"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_settings(gym: Gym, broken: Path, arguments: list[str], expected: str) -> None:
    write(broken, "pyproject.toml", "[project]\nname = 'x'\n")
    write(broken, "ci/wrong.toml", 'fail-on = "warn"\n')
    ran = gym("--check", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert expected in ran.err


@pytest.mark.parametrize("command", [["--list", "environments"], ["--resolve", TIDES], ["--json-schema"]])
def test_other_commands_take_settings(gym: Gym, broken: Path, command: list[str]) -> None:
    write(broken, "wrong.toml", "selct = []\n")
    assert gym(*command, "--isolated").code in (0, 1)
    ran = gym(*command, "--settings", "wrong.toml")
    assert (ran.code, ran.out) == (2, "")
    assert "unknown setting `selct`; did you mean `select`?" in ran.err


ALL = """\
[tool.other]
x = 1

[tool.gym-lsp]
select = ["all"]
ignore = [
  "missing",
]
exclude = ["drafts/**"]
include = ["sweeps/*.yaml"]
search-dirs = ["shared"]
open-names = ["judge_*"]
fail-on = "warning"
runs = { "with space" = ["environments/tides/config.yaml"] }

[tool.gym-lsp.severity]
unset-variable = "off"
unknown-domain = "warning"

[tool.gym-lsp.embeddings.trainer]
files = ["jobs/*.yaml"]
path = "rollout.gym"
replaced = ["policy_base_url"]
"""


def test_settings_are_shown_with_their_sources(gym: Gym, tree: Path) -> None:
    (tree / "shared").mkdir()
    write(tree, "pyproject.toml", ALL)
    ran = gym("--show-settings", "--ignore", "unknown-domain", "--exclude", "old", "--search-dir", "environments")
    assert (ran.code, ran.err) == (0, "")
    shown = tomllib.loads(ran.out)
    written = tomllib.loads(ALL)["tool"]["gym-lsp"]
    assert shown["embeddings"]["trainer"].pop("env-yaml") == "env.yaml"
    by_default = {setting.name: setting.default for setting in SETTINGS if setting.default is not None}
    assert shown == by_default | written | {
        "ignore": ["missing", "unknown-domain"],
        "exclude": ["drafts/**", "old"],
        "search-dirs": ["environments", "shared"],
    }
    lines = {line.partition(" =")[0]: line.rpartition("# ")[2] for line in ran.out.splitlines() if " = " in line}
    assert lines["select"] == "pyproject.toml:5"
    assert lines["ignore"] == "pyproject.toml:6 and command line"
    assert lines["severity"] == "pyproject.toml:16"
    off = sorted(
        name for name in RULE_NAMES if name.startswith("missing-") or name in ("unset-variable", "unknown-domain")
    )
    assert f"# rules: {len(RULE_NAMES) - len(off)} of {len(RULE_NAMES)}, without {', '.join(off)}\n" in ran.out


def test_without_settings_all_are_defaults(gym: Gym, tree: Path) -> None:
    document = json.loads(gym("--show-settings", "--format", "json").out)
    (root,) = document["roots"]
    assert (document["version"], root["root"], root["file"], root["gym_root"], root["release"]) == (
        1,
        ".",
        None,
        None,
        None,
    )
    assert list(root["settings"]) == [setting.name for setting in SETTINGS]
    for setting in SETTINGS:
        assert root["settings"][setting.name] == {"value": setting.default, "sources": ["default"]}


def test_options_replace_or_add(gym: Gym, tree: Path) -> None:
    write(tree, "gym-lsp.toml", 'select = ["missing"]\nignore = ["unknown"]\nfail-on = "warning"\n')
    ran = gym("--show-settings", "--select", "duplicate-key", "--fail-on", "error", "--format", "json")
    settings = json.loads(ran.out)["roots"][0]["settings"]
    assert settings["select"] == {"value": ["duplicate-key"], "sources": ["command line"]}
    assert settings["ignore"] == {"value": ["unknown"], "sources": ["gym-lsp.toml:2"]}
    assert settings["fail-on"] == {"value": "error", "sources": ["command line"]}


def test_each_root_has_its_settings(gym: Gym, tree: Path) -> None:
    write(tree, "a/gym-lsp.toml", LENIENT)
    write(tree, "b/gym-lsp.toml", STRICT)
    for name in ("a", "b"):
        write(tree, f"{name}/{TIDES}", CLEAN)
    ran = gym("--show-settings", "a", "b")
    assert [line for line in ran.out.splitlines() if line.startswith("# root")] == ["# root: a", "# root: b"]
    assert 'ignore = ["unknown-domain", "server-ref-not-found"]  # a/gym-lsp.toml:1\n' in ran.out
    assert 'fail-on = "warning"  # b/gym-lsp.toml:1\n' in ran.out
