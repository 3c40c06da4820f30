"""Records which configs a real release selects by the names of components, as `data/selectors-<release>.json`.

    PYTHON -m tests.gym.record_selectors RELEASE_ROOT

RELEASE_ROOT is an unpacked wheel in a folder named after its release, PYTHON an interpreter in whose environment
its parser runs (tests/parity/requirements.txt). `selector_questions` has the names and the command lines.

The data hold names and paths only. Of an error they have its kind and the suggested name.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import logging
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.gym.selector_questions import COMMAND_LINES, EXTRA_ROOTS, CommandLine, names_of, plant
from tests.parity.oracle import load

DATA = Path(__file__).resolve().parent / "data"
_SUGGESTED = re.compile(r"Did you mean `([^`]*)`\?")
_KINDS = {"does not exist": "unknown", "is ambiguous": "ambiguous", "unrecognized arguments": "absent"}


def main(release_root: str) -> None:
    root = Path(release_root).resolve()
    sys.dont_write_bytecode = True  # The release is not ours to write to.
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder).resolve()
        os.environ.pop(EXTRA_ROOTS, None)
        os.chdir(scratch)
        load(root, scratch)
        cli: Any = importlib.import_module("nemo_gym.cli.main")
        assets: Mapping[str, tuple[str, str, str | None]] = cli._ASSETS
        names = {
            option: {name: _selected(cli, root / parent, option, name) for name in names_of(root / parent, subfolder)}
            for option, (parent, subfolder, _) in assets.items()
        }
        plant(scratch)
        lines = [json.dumps(_translated(cli, root, scratch, each)) for each in COMMAND_LINES]
        os.chdir(DATA)
    options = ",\n".join(f'"{option}": {json.dumps(answers, indent=0)}' for option, answers in names.items())
    text = '{"names": {\n' + options + '\n},\n"command_lines": [\n' + ",\n".join(lines) + "\n]}\n"
    (DATA / f"selectors-{root.name}.json").write_text(text, encoding="utf-8")


def _selected(cli: Any, folder: Path, option: str, name: str) -> str | dict[str, str]:
    """Return the selected config, below the folder of all components; or the suggested name, if there is one."""
    try:
        selected = Path(cli._asset_config_path(option, name))
    except ValueError as error:
        found = _SUGGESTED.search(str(error))
        return {"nearest": found[1]} if found else {}
    return selected.relative_to(folder).as_posix()


def _translated(cli: Any, root: Path, scratch: Path, line: CommandLine) -> tuple[str, list[str]]:
    """Return the kind of an error, or an empty text, and the overrides that the command gets."""
    seen: list[list[str]] = []

    def dispatch(target: str, overrides: list[str]) -> None:
        seen.append(overrides)

    cli.dispatch = dispatch
    sys.argv = ["gym", *line.command.split(), *line.arguments]
    if line.extra_roots:
        os.environ[EXTRA_ROOTS] = os.pathsep.join(line.extra_roots)
    errors = io.StringIO()
    try:
        with contextlib.redirect_stderr(errors):
            cli.main()
    except SystemExit:
        return next(kind for text, kind in _KINDS.items() if text in errors.getvalue()), []
    finally:
        os.environ.pop(EXTRA_ROOTS, None)
    [overrides] = seen
    return "", [each.replace(str(root), "GYM").replace(str(scratch), "HERE") for each in overrides]


if __name__ == "__main__":
    main(*sys.argv[1:])
