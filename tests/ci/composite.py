"""Runs the steps of a composite GitHub Action as GitHub's runner does: those that are scripts, with bash.

Steps that use other actions are not run; what they were given is kept, and what they answer is said beforehand. Of the
expressions it knows what `action.yml` uses, and raises ValueError on everything else.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
_EXPRESSION = re.compile(r"\$\{\{\s*(?P<inner>.*?)\s*\}\}")
_COMPARISON = re.compile(r"(?P<left>[\w.-]+) (?P<sign>==|!=) '(?P<right>[^']*)'")


@dataclass
class Run:
    """What happened. `log` is what the scripts wrote, `used` what other actions were given, by their name."""

    log: str = ""
    exit_code: int = 0
    used: dict[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    outputs: dict[str, str] = field(default_factory=dict[str, str])


class CompositeAction:
    """An `action.yml`. `answers` are the outputs of the actions that it uses, by their name without the version."""

    def __init__(self, path: Path, answers: Mapping[str, Mapping[str, str]]) -> None:
        self.definition: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
        self._folder = path.parent
        self._answers = answers

    def run(self, workspace: Path, temporary: Path, inputs: Mapping[str, str], *, leave_out: str = "") -> Run:
        """Run the steps in a checked out repository, one of them left out by its name.

        Once one fails, only those run that say that they do.
        """
        done = Run()
        known = {f"inputs.{name}": str(each.get("default", "")) for name, each in self.definition["inputs"].items()}
        known |= {f"inputs.{name}": text for name, text in inputs.items()}
        known["runner.temp"] = str(temporary)
        for step in self.definition["runs"]["steps"]:
            if step.get("name") == leave_out or not _is_due(step.get("if", ""), known, failed=done.exit_code != 0):
                continue
            answers = self._use(step, known, done) if "uses" in step else self._script(step, known, done, workspace)
            if "id" in step:
                known |= {f"steps.{step['id']}.outputs.{name}": text for name, text in answers.items()}
        outputs: Mapping[str, Mapping[str, str]] = self.definition["outputs"]
        done.outputs = {name: _expand(each["value"], known) for name, each in outputs.items()}
        return done

    def _use(self, step: Mapping[str, Any], known: Mapping[str, str], done: Run) -> Mapping[str, str]:
        name = step["uses"].partition("@")[0]
        done.used[name] = {key: _expand(str(value), known) for key, value in step.get("with", {}).items()}
        return self._answers[name]

    def _script(
        self, step: Mapping[str, Any], known: Mapping[str, str], done: Run, workspace: Path
    ) -> Mapping[str, str]:
        assert step["shell"] == "bash"
        temporary = Path(known["runner.temp"])
        script, outputs = temporary / "step.sh", temporary / "outputs"
        script.write_text(step["run"], encoding="utf-8")
        outputs.write_text("", encoding="utf-8")
        environment = os.environ | {
            "GITHUB_ACTION_PATH": str(self._folder),
            "GITHUB_OUTPUT": str(outputs),
            "RUNNER_TEMP": str(temporary),
            **{name: _expand(str(value), known) for name, value in step.get("env", {}).items()},
        }
        ended = subprocess.run(
            [*SHELL, str(script)], cwd=workspace, env=environment, check=False, capture_output=True, text=True
        )
        done.log += ended.stdout + ended.stderr
        done.exit_code = done.exit_code or ended.returncode
        return dict(line.split("=", 1) for line in outputs.read_text("utf-8").splitlines())


def _is_due(condition: str, known: Mapping[str, str], *, failed: bool) -> bool:
    """Whether a step runs. One without a status function runs as long as nothing has failed."""
    [condition] = _EXPRESSION.findall(condition) or [condition]
    terms = [term.strip() for term in condition.split("&&") if term.strip()]
    if "!cancelled()" in terms:
        terms.remove("!cancelled()")
    elif failed:
        return False
    return all(_holds(term, known) for term in terms)


def _holds(term: str, known: Mapping[str, str]) -> bool:
    found = _COMPARISON.fullmatch(term)
    if found is None:
        raise ValueError(f"no such condition is known here: {term}")
    return (known.get(found["left"], "") == found["right"]) == (found["sign"] == "==")


def _expand(text: str, known: Mapping[str, str]) -> str:
    return _EXPRESSION.sub(lambda found: _value(found["inner"], known), text)


def _value(name: str, known: Mapping[str, str]) -> str:
    if name in known:
        return known[name]
    if re.fullmatch(r"steps\.[\w-]+\.outputs\.[\w-]+", name):
        return ""
    raise ValueError(f"no such expression is known here: {name}")
