"""No output of a command and no answer of the server contains a secret, or anything of an outside file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any, cast

import pytest

from gym_lsp.check import Checker
from gym_lsp.cli import main
from gym_lsp.reporters import FORMATS
from tests.hostile.asking import NOTIFICATIONS, everything, offered
from tests.hostile.planting import (
    CHECKOUT,
    INCLUDER,
    LINKED,
    MAIN,
    OUTSIDE,
    SECRETS,
    SETTINGS,
    Planted,
    with_links,
    with_secrets,
)
from tests.server.inprocess import Wire

TREES: Mapping[str, Callable[[Path], Planted]] = {
    "secrets": with_secrets,
    "links": with_links,
    "checkout": lambda folder: with_links(folder, CHECKOUT),
    "settings": lambda folder: with_links(folder, SETTINGS),
}
OF_RUNS = (["--config", MAIN], ["--config", INCLUDER])
OVERRIDDEN = [
    *("--config", MAIN, "++api_key=@T", "++math.resources_servers.math.tokens={main: @T}", "++plain=@K"),
    *("+headers.X-Other=@T", "++math.resources_servers.math.size=@K", "absent.token=@T"),
]
COMMANDS = (
    *(["--check", "--show", "hint", "--format", form] for form in FORMATS),
    *(["--check", "--show", "hint", "--format", form, *run] for form in FORMATS for run in (*OF_RUNS, OVERRIDDEN)),
    *(["--check", "--show", "hint", *more] for more in (["--standalone"], ["--statistics"], ["-"])),
    ["--check", "--show-files"],
    ["--check", "--write-baseline", "known.json"],
    ["--check", "--baseline", "known.json"],
    ["--check", "--fix", "--unsafe-fixes", "--show-fixes", "--output-file", "report.txt"],
    ["--check", "environments/math/manifest.yaml", "prompts/ask.yaml", "env.yaml", "environments/linked/config.yaml"],
    ["--check", "--config", MAIN, "++api_key=@T=[", "++token=[@T"],
    *(["--resolve", *run, *more] for run in (*OF_RUNS, OVERRIDDEN) for more in ([], ["--provenance"])),
    *(["--graph", *run, "--format", form] for run in (*OF_RUNS, OVERRIDDEN) for form in ("mermaid", "dot", "svg")),
    *(["--list", "environments", "--format", form] for form in ("full", "json")),
    *(["--list", kind] for kind in ("agents", "models", "resources-servers", "benchmarks")),
    *(["--resolve", *run, "--format", "json", "--provenance"] for run in (*OF_RUNS, OVERRIDDEN)),
    ["--check", "--statistics", "--format", "json"],
    *(["--check", "--show-settings", "--format", form] for form in ("full", "json")),
    ["--check", "--add-ignores", "--show", "hint"],
    [*OVERRIDDEN, "--exit-zero", "--show-fixes"],
    OVERRIDDEN,
    ["--list", "agents", *OVERRIDDEN],
    ["--json-schema"],
    ["--explain", "literal-secret"],
)
EDITS = frozenset({"edit", "fixes", "replacements", "arguments"})
"""Fields of answers with texts to insert, which contain what is in the user's own file."""
RENAMES = ("textDocument/rename", "textDocument/prepareRename", "workspace/willRenameFiles")
"""Requests whose answers are edits, or the text that an edit replaces."""


@pytest.fixture(params=TREES)
def planted(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Planted:
    found = TREES[request.param](tmp_path)
    monkeypatch.chdir(found.root)
    monkeypatch.setenv("GYM_LSP_DEBUG", "1")
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "NEMO_GYM_EXTRA_ROOTS"):
        monkeypatch.delenv(name, raising=False)
    return found


def without_edits(answer: Any) -> Any:
    """Return a JSON value without the texts that an edit inserts."""
    if isinstance(answer, list):
        return list(map(without_edits, cast("list[Any]", answer)))
    if isinstance(answer, dict):
        fields = cast("dict[str, Any]", answer)
        return {key: without_edits(value) for key, value in fields.items() if key not in EDITS}
    return answer


def test_no_command_shows_a_canary(
    planted: Planted, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    shown: dict[str, set[str]] = {}
    stdin = (planted.root / MAIN).read_text("utf-8")
    for command in COMMANDS:
        monkeypatch.setattr("sys.stdin", StringIO(stdin))
        arguments = [planted.plant(argument, "the command line") for argument in command]
        try:
            assert main(arguments) in (0, 1, 2)
        except SystemExit as end:
            assert end.code == 2
        output, errors = (stream.decode() for stream in capfdbinary.readouterr())
        if "sarif" in command:
            output = json.dumps(without_edits(json.loads(output or "null")))
        assert "Traceback" not in errors
        for written in ("known.json", "report.txt"):
            path = planted.root / written
            output += path.read_text("utf-8") if path.is_file() else ""
        for place in planted.shown_in(output + errors):
            shown.setdefault(place, set()).add(" ".join(command))
    assert shown == {}


@pytest.mark.parametrize("planted", ["secrets", "checkout", "settings"], indirect=True)
def test_no_answer_of_the_server_shows_a_canary(planted: Planted) -> None:
    shown: dict[str, set[str]] = {}
    names = [name for name in SECRETS if name.endswith(".yaml")] if (planted.root / "env.yaml").is_file() else []
    names = names if not planted.outside.exists() else list(LINKED)
    asked: set[str] = set()
    with Wire() as wire:
        for method, answer in everything(wire, planted.root, names, step=11):
            asked.add(method)
            if method not in RENAMES:
                for place in planted.shown_in(json.dumps(without_edits(answer))):
                    shown.setdefault(place, set()).add(method)
        assert wire.failures == []
    assert shown == {}
    assert offered() - asked <= {"initialize", "initialized", "shutdown", *NOTIFICATIONS}


def test_every_canary_is_one(tmp_path: Path) -> None:
    """What is planted is found in the files themselves, each canary at its place."""
    planted = with_secrets(tmp_path)
    text = "".join(path.read_text("utf-8") for path in planted.root.rglob("*") if path.is_file())
    assert planted.shown_in(text) == set(planted.canaries.values())
    assert len(planted.canaries) > 150
    assert sum(text.count("kanari") + text.count("@T") for text in OUTSIDE.values()) > 50


def test_an_internal_failure_shows_no_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    planted = with_secrets(tmp_path)
    monkeypatch.chdir(planted.root)
    canary = planted.plant("@K", "an exception")

    def fail(*_: object) -> None:
        raise KeyError(canary)

    monkeypatch.setattr(Checker, "check_workspace", fail)
    for debug in ("", "1"):
        monkeypatch.setenv("GYM_LSP_DEBUG", debug)
        assert main(["--check"]) == 3
        assert planted.shown_in(capfdbinary.readouterr().err.decode()) == set()
