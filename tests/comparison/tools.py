"""The tools, each as a function from a copy of the workspace and a run to the lines of its reports."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from tests.comparison.mistakes import ROOT
from tests.editors import yaml_language_server
from tests.editors.yaml_language_server import YamlEditor

MODEL = (
    "--model-type",
    "vllm_model",
    "--model",
    "m",
    "--model-url",
    "http://localhost:8000/v1",
    "--model-api-key",
    "k",
)
"""A model for each run, so that it is complete. Both command lines have these options."""
SCHEMA = "nemo-gym.schema.json"
_LINE = re.compile(r"\bline (?P<first>\d+), column\b|\.ya?ml:(?P<second>\d+)\b")
"""A line of a config, and not one in a traceback of Python."""
_NOT_A_REPORT = re.compile(r"^\[\d[^\]]*\]|^Found global config dict yaml:\n(?:.+\n)*", re.MULTILINE)
"""Times, and the whole configuration, which `gym` prints before some errors."""


class Report(Struct, frozen=True):
    """What a tool reports of a file: whether anything, and the lines that it names, counted from 1."""

    reported: bool
    lines: frozenset[int] = frozenset()
    fixed: frozenset[int] = frozenset()
    """The lines for which the tool offers a fix."""


def gym_lsp(folder: Path, configs: Sequence[str], path: str, gym_root: Path) -> Report:
    """Ask `gym-lsp --check` about a run, with the rules of a release. Information counts as nothing."""
    roots = [argument for config in configs for argument in ("--config", config)]
    command = (sys.executable, "-m", "gym_lsp", "--check", *roots, *MODEL, "--gym-root", str(gym_root))
    done = _run((*command, "--format", "json"), folder, {"PYTHONPATH": str(ROOT)})
    found = [each for each in json.loads(done.stdout)["diagnostics"] if each["severity"] in ("error", "warning")]
    here = [each for each in found if each["path"] == path]
    return Report(
        bool(found),
        frozenset(each["range"]["start"]["line"] for each in here),
        frozenset(each["range"]["start"]["line"] for each in here if each["fixes"]),
    )


def gym(program: Path, folder: Path, configs: Sequence[str], usual: str | None) -> tuple[Report, str]:
    """Ask `gym env validate` about a run. Also return its output, which is the usual one if the run has no mistake.

    It has reported something if it fails, or if its output differs from the usual one.
    """
    roots = [argument for config in configs for argument in ("--config", config)]
    done = _run((str(program), "env", "validate", *roots, *MODEL), folder, {"COLUMNS": "1000"})
    output = _NOT_A_REPORT.sub("", done.stdout + done.stderr)
    lines = frozenset(int(found["first"] or found["second"]) for found in _LINE.finditer(output))
    return Report(done.returncode != 0 or usual not in (None, output), lines), output


def write_schema(folder: Path, gym_root: Path) -> None:
    """Write the JSON Schema of configs into the workspace."""
    command = (sys.executable, "-m", "gym_lsp", "--json-schema", "--gym-root", str(gym_root), "--output-file", SCHEMA)
    _run(command, folder, {"PYTHONPATH": str(ROOT)}).check_returncode()


@contextmanager
def yaml_editor(folder: Path, *, schema: bool) -> Generator[YamlEditor]:
    """An editor with yaml-language-server, with or without our schema for all files of the environments."""
    schemas = {f"./{SCHEMA}": ["environments/**/*.yaml"]} if schema else {}
    settings = {"schemas": schemas, "schemaStore": {"enable": False}, "validate": True}
    yaml_language_server.install()
    with yaml_language_server.running(folder, settings) as editor:
        yield editor


def yaml(editor: YamlEditor, path: str, text: str) -> Report:
    """Ask yaml-language-server about a file with this text. Each question needs a path of its own."""
    found = editor.open(path, text)
    fixed = [each for each in found if editor.has_fix(path, each)]
    return Report(
        bool(found),
        frozenset(each["range"]["start"]["line"] + 1 for each in found),
        frozenset(each["range"]["start"]["line"] + 1 for each in fixed),
    )


def _run(command: Sequence[str], folder: Path, more: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {name: os.environ[name] for name in ("HOME", "PATH", "TMPDIR") if name in os.environ}
    return subprocess.run(
        command, cwd=folder, env=environment | more, capture_output=True, encoding="utf-8", check=False
    )
