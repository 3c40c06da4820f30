"""Random trees on the disk: names of any bytes, links that lead anywhere, files that are none."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path, PurePath
from random import Random
from typing import NamedTuple

from gym_lsp.check import Checker
from gym_lsp.files import Disk, Unreadable
from gym_lsp.ide.components import components
from gym_lsp.ide.json_schema import config_schema
from gym_lsp.ide.workspace_symbols import workspace_symbols
from gym_lsp.workspace.polling import Poller
from gym_lsp.workspace.workspace import Workspace
from tests.fuzz.harness import Harness
from tests.fuzz.texts import any_text, config

CANARY = "kanarioutside"
OUTSIDE = f"{CANARY}: {{resources_servers: {{{CANARY}: {{entrypoint: app.py, domain: {CANARY}, x: ${{{CANARY}}}}}}}}}\n"
_NAMES = (
    "a.yaml", "config.yaml", "manifest.yaml", "env.yaml", "gym-lsp.toml", "pyproject.toml", "app.py", "a.jsonl", ".git",
    "requirements.txt", "global_config.py", "config_types.py", "x\ny.yaml", "\udcff.yaml", "\x1b[0m.yaml", " .yaml",
    "-.yaml", "\u202e.yaml", "a" * 250 + ".yaml", "'.yaml", ".gitignore", "\\.yaml", "#.yaml", "..yaml", "?.yaml",
)  # fmt: skip
_FOLDERS = (
    "", "environments/math", "environments/b", "resources_servers/math", "responses_api_agents/simple_agent",
    "nemo_gym",
    ".venv/lib/python3.12/site-packages", "prompts", "sub/environments/x", "benchmarks/y", "a b", ".git",
)  # fmt: skip
_TARGETS = (
    "@out", "@out/a.yaml", "@out/app.py", "/proc/self/environ", "/dev/zero", "/", ".", "..", "../..", "a.yaml",
    "config.yaml",
    "@root", "@root/environments", "@root/nowhere", "x/../../@out",
)  # fmt: skip


class Case(NamedTuple):
    """What is made, in order: a path, and its text, its target after `->`, or `pipe`."""

    made: list[tuple[str, str]]


def _make(random: Random) -> Case:
    made: list[tuple[str, str]] = []
    for _ in range(random.randrange(2, 14)):
        path = f"{random.choice(_FOLDERS)}/{random.choice(_NAMES)}"
        kind = random.random()
        if kind < 0.35:
            made.append((path if random.random() < 0.7 else path.rpartition("/")[0], f"->{random.choice(_TARGETS)}"))
        elif kind < 0.4:
            made.append((path, "pipe"))
        else:
            made.append((path, config(random) if random.random() < 0.6 else any_text(random)))
    return Case(made)


def _attempt(case: Case) -> None:
    folder = Path(tempfile.mkdtemp(prefix="gym-lsp-fuzz-"))
    try:
        root, out = folder / "root", folder / "out"
        out.mkdir()
        root.mkdir()
        for name in ("a.yaml", "app.py", "config.yaml", "manifest.yaml"):
            (out / name).write_text(OUTSIDE if name.endswith("yaml") else f"{CANARY} = '{CANARY}'\n")
        for name, content in case.made:
            _create(root / name.lstrip("/"), content, root, out)
        _check(PurePath(root), PurePath(out))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _create(path: Path, content: str, root: Path, out: Path) -> None:
    if not os.path.realpath(path).startswith(str(root)):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if content == "pipe":
            os.mkfifo(path)
        elif content.startswith("->"):
            os.symlink(content[2:].replace("@out", str(out)).replace("@root", str(root)), path)
        else:
            with open(path, "xb") as file:
                file.write(content.encode("utf-8", "surrogatepass"))
    except (OSError, ValueError):
        # Something is there already.
        return


def _check(root: PurePath, out: PurePath) -> None:
    disk = Disk()
    workspace = Workspace(disk, root)
    members = workspace.members
    checked = Checker(workspace).check_workspace(members)
    assert CANARY not in f"{[(each.message, each.related) for each in checked.diagnostics]}"
    assert CANARY not in f"{[*components(workspace)]}{[*workspace_symbols(workspace, '')]}{config_schema(workspace)}"
    for path in members:
        real = disk.resolve(path)
        text = workspace.text(path)
        assert text is None or real.is_relative_to(root), path
    Poller(disk, [root], (), workspace.fence).changes()
    with suppress(Unreadable):
        workspace.files.read(out / "a.yaml")
        raise AssertionError("the outside was read")


HARNESS = Harness[Case](
    "files", _make, _attempt, size=lambda case: 1_000 + sum(len(text) for _, text in case.made), bound=50_000
)
