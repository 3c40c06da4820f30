"""The folder `agents/`: the skill, the hook, and the plugin for Claude Code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
from yaml import safe_load

from gym_lsp import __version__
from gym_lsp.rules import RULE_NAMES
from tests.cli.conftest import BROKEN, CLEAN, ROOT, TIDES, write
from tests.mcp.conftest import Call

AGENTS = ROOT / "agents"
SKILL = AGENTS / "gym-config" / "SKILL.md"
HOOK = AGENTS / "hooks" / "check_after_edit.py"
PAGE = ROOT / "docs" / "agents.md"


def test_the_skill_has_the_fields_of_the_format() -> None:
    text = SKILL.read_text("utf-8")
    _, header, body = text.split("---\n", 2)
    fields = safe_load(header)
    assert fields.keys() == {"name", "description", "license", "compatibility"}
    assert fields["name"] == SKILL.parent.name
    assert 0 < len(fields["description"]) <= 1024
    assert len(fields["compatibility"]) <= 500
    assert len(body.splitlines()) < 500


def test_the_config_of_the_skill_is_clean(ask: Call, tree: Path) -> None:
    [config] = re.findall(r"^```yaml\n(.*?)^```$", SKILL.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    write(tree, "environments/words/config.yaml", config)
    answer = ask("check", paths=["environments/words"], severity="hint")
    found = cast("list[dict[str, str]]", answer.data["findings"])
    # NeMo Gym and the dataset are not there.
    assert {each["rule"] for each in found if each["severity"] in ("error", "warning")} <= {"config-path-not-found"}


def test_the_rules_that_the_skill_names_exist() -> None:
    for rule in re.findall(r"ignore\[([\w-]+)\]", SKILL.read_text("utf-8")):
        assert rule in {*RULE_NAMES, "rule"}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Environment variables with a `gym-lsp` on the PATH, which is this one."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "gym-lsp"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m gym_lsp "$@"\n', "utf-8")
    program.chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def hook(tree: Path, environment: dict[str, str], *arguments: str, event: str = "") -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, str(HOOK), *arguments],
        cwd=tree,
        env=environment,
        input=event,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_hook_reports_errors(tree: Path, environment: dict[str, str]) -> None:
    write(tree, TIDES, BROKEN)
    event = json.dumps({"tool_name": "Edit", "tool_input": {"file_path": str(tree / TIDES)}})
    for code, out, err in (hook(tree, environment, event=event), hook(tree, environment, TIDES)):
        assert (code, out) == (2, "")
        assert err.startswith(f"{TIDES}:5:15: error[unknown-domain] ")
        assert len(err.splitlines()) == 3


def test_the_hook_is_silent_otherwise(tree: Path, environment: dict[str, str]) -> None:
    write(tree, "notes.yaml", "a: 1\n")
    write(tree, TIDES, CLEAN)
    for path in (TIDES, "notes.yaml", "README.md", "absent.yaml", "--fix.yaml"):
        assert hook(tree, environment, path) == (0, "", "")
    for event in ("", "[]", "{", '{"tool_input": 1}', '{"tool_input": {"file_path": ["x.yaml"]}}'):
        assert hook(tree, environment, event=event) == (0, "", "")
    assert hook(tree, {"PATH": ""}, TIDES) == (0, "", "")


def test_the_plugin() -> None:
    plugin = json.loads((AGENTS / ".claude-plugin" / "plugin.json").read_text("utf-8"))
    assert plugin["version"] == __version__
    assert [(AGENTS / skill / "SKILL.md").is_file() for skill in plugin["skills"]] == [True]
    servers = json.loads((AGENTS / ".mcp.json").read_text("utf-8"))["mcpServers"]
    assert servers == {"gym-lsp": {"command": "gym-lsp", "args": ["--mcp"]}}
    hooks = json.loads((AGENTS / "hooks" / "hooks.json").read_text("utf-8"))["hooks"]["PostToolUse"]
    [command] = [each["command"] for entry in hooks for each in entry["hooks"]]
    assert (AGENTS / re.findall(r"\$\{CLAUDE_PLUGIN_ROOT\}/([\w./]+)", command)[0]).is_file()


def test_the_page_shows_what_the_tool_returns(ask: Call, tree: Path) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    config = re.findall(r"^```yaml\n(tides:.*?)^```$", readme, re.DOTALL | re.MULTILINE)[0]
    write(tree, TIDES, config)
    assert f"```text\n{ask('check', paths=[TIDES]).text}\n```" in PAGE.read_text("utf-8")
