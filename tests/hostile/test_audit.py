"""An audit hook observes every command and every request of the server, in workspaces of strangers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.corpus import Corpus
from tests.hostile.planting import (
    CHECKOUT,
    INCLUDED,
    INCLUDER,
    MAIN,
    RECORDS,
    SETTINGS,
    Planted,
    plant_traps,
    with_links,
    with_secrets,
)

ROOT = Path(__file__).parents[2]
COSTLY = ("lsprotocol", "omegaconf", "pydantic", "pygls", "rich")
LSP = ("lsprotocol", "pygls")
_MUSEUM = ["--config", "environments/museum_guide/config.yaml"]


def watched(
    root: Path, *command: str, readable: Iterable[str | Path] = (), writable: str = "", unwanted: Iterable[str] = ()
) -> tuple[int, list[str]]:
    """Return the exit code of a command and what it must not do, both as `tests/hostile/watched.py` reports them.

    A server may keep answers in the user's cache.
    """
    if command[0] == "server":
        writable = str(Path(os.environ["XDG_CACHE_HOME"], "gym-lsp"))
        readable = (*readable, writable)
    allowed = (":".join(map(str, readable)), writable, ",".join(unwanted))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NEMO_GYM", "VIRTUAL"))}
    done = subprocess.run(
        [sys.executable, "-P", "-B", "-m", "tests.hostile.watched", *allowed, *command],
        cwd=root,
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert command[0] != "server" or int(done.stdout.split()[0]) > 100
    return done.returncode, [line for line in done.stderr.splitlines() if line.startswith("!")]


@pytest.mark.parametrize(
    ("arguments", "costly"),
    [
        (["--check", "--quiet", "environments", "responses_api_agents"], COSTLY),
        (["--check", "--quiet", "--standalone", "environments"], COSTLY),
        (["--check", "--quiet", *_MUSEUM], COSTLY),
        (["--check", "--quiet", "--fix"], COSTLY),
        (["--resolve", *_MUSEUM], LSP),
        (["--graph", *_MUSEUM], LSP),
        (["--list", "environments"], LSP),
        (["--list", "agents"], LSP),
    ],
    ids=" ".join,
)
def test_a_check_runs_nothing_writes_nothing_and_imports_nothing_costly(
    arguments: list[str], costly: tuple[str, ...], tmp_path: Path
) -> None:
    """The sample workspace, in which someone has planted modules."""
    for folder in ("environments", "responses_api_agents"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    plant_traps(tmp_path)
    assert watched(tmp_path, "gym-lsp", *arguments, unwanted=costly) == (0, [])


COMMANDS = (
    ["server", MAIN, INCLUDER],
    ["gym-lsp", "--check", "--format", "full"],
    ["gym-lsp", "--check", "--standalone"],
    ["gym-lsp", "--check", "--config", INCLUDER],
    ["gym-lsp", "--resolve", "--config", INCLUDER, "--provenance"],
    ["gym-lsp", "--graph", "--config", INCLUDER],
    ["gym-lsp", "--list", "resources-servers"],
    ["gym-lsp", "--json-schema"],
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_workspace_with_secrets_and_traps(command: list[str], tmp_path: Path) -> None:
    root = with_secrets(tmp_path).root
    plant_traps(root)
    assert watched(root, *command)[1] == []


def included(planted: Planted) -> list[Path]:
    """Return what may be read of the outside."""
    return [*(planted.outside / name for name in (*INCLUDED, *RECORDS)), Path("/proc/self/environ")]


@pytest.mark.parametrize("more", [CHECKOUT, SETTINGS], ids=["checkout", "settings"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_is_read_outside(command: list[str], more: dict[str, str], tmp_path: Path) -> None:
    planted = with_links(tmp_path, more)
    assert watched(planted.root, *command, readable=included(planted))[1] == []


@pytest.mark.parametrize("kind", ["secrets", "links", "checkout", "settings"])
def test_the_tools_only_read(kind: str, tmp_path: Path) -> None:
    """The tools of coding agents, in a process without the connection to a client."""
    if kind == "secrets":
        root, readable = with_secrets(tmp_path).root, list[Path]()
        plant_traps(root)
    else:
        planted = with_links(tmp_path, {"checkout": CHECKOUT, "settings": SETTINGS}.get(kind, {}))
        root, readable = planted.root, included(planted)
    assert watched(root, "tools", readable=readable, unwanted=(*LSP, "mcp")) == (0, [])


def test_nothing_is_written_outside(tmp_path: Path) -> None:
    planted = with_links(tmp_path)
    fixed = ["gym-lsp", "--check", "--fix", "--unsafe-fixes"]
    found = {"readable": included(planted), "writable": str(planted.root)}
    before = {path: path.read_bytes() for path in planted.outside.rglob("*") if path.is_file()}
    assert watched(planted.root, *fixed, **found)[1] == []  # pyright: ignore[reportArgumentType]
    report = [*fixed[:2], "--output-file", "env.yaml"]
    assert watched(planted.root, *report, **found)[1] == []  # pyright: ignore[reportArgumentType]
    assert {path: path.read_bytes() for path in planted.outside.rglob("*") if path.is_file()} == before


def test_only_the_cache_is_written(tmp_path: Path) -> None:
    planted = with_links(tmp_path)
    cache = tmp_path / "kept"
    cache.mkdir()
    command = ("gym-lsp", "--check", "--cache", str(cache))
    readable = (cache, *included(planted))
    for _ in range(2):
        assert watched(planted.root, *command, readable=readable, writable=str(cache))[1] == []
    assert [*cache.iterdir()] != []


@pytest.mark.parametrize(
    "command",
    [
        ["server", "environments/blackjack/config.yaml"],
        ["gym-lsp", "--check", "--quiet", "environments/blackjack", "benchmarks"],
        ["gym-lsp", "--resolve", "--config", "environments/blackjack/config.yaml"],
        ["gym-lsp", "--graph", "--config", "environments/blackjack/config.yaml"],
        ["gym-lsp", "--list", "environments"],
    ],
    ids=" ".join,
)
def test_a_release_is_only_read(command: list[str], corpus: Corpus) -> None:
    assert watched(corpus.release("0.7.0"), *command)[1] == []


def test_the_hook_notices(tmp_path: Path) -> None:
    """The hook reports what it is there for."""
    planted = with_links(tmp_path)
    _, found = watched(planted.root, "gym-lsp", "--check", "--output-file", "report.txt", unwanted=["gym_lsp.check"])
    assert f"! reads {planted.root / 'env.yaml'}" in found
    assert "! imports gym_lsp.check" in found
    assert any(line.startswith("! writes ") for line in found)
