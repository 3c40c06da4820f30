"""A server takes over what the last one has kept, and shows the same findings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import gym_lsp.server.scheduler
import gym_lsp.workspace.workspace
from gym_lsp.compose.source import ConfigFile, config_file
from gym_lsp.syntax import Document
from tests.server.editor import PUSH
from tests.server.inprocess import Message, Wire

MATH = """\
math:
  resources_servers:
    math:
      entrypoint: app.py
      domain: wrong
math_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: math}
"""
FILES = {
    "environments/math/config.yaml": MATH,
    "environments/code/config.yaml": MATH.replace("math", "code"),
    "environments/both/config.yaml": "config_paths: [environments/math/config.yaml, environments/code/config.yaml]\n",
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(gym_lsp.server.scheduler, "PAUSE", 0.0)
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "NEMO_GYM_EXTRA_ROOTS"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "root"
    for name, text in FILES.items():
        write(root, name, text)
    return root


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The folders of the configs that were parsed."""
    names: list[str] = []

    def noting(path: Path, text: str, earlier: Document | None = None) -> ConfigFile:
        names.append(path.parent.name)
        return config_file(path, text, earlier=earlier)

    monkeypatch.setattr(gym_lsp.workspace.workspace, "config_file", noting)
    yield names


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def start(wire: Wire, root: Path, options: Message | None = None) -> None:
    folder = {"uri": root.as_uri(), "name": root.name}
    params = {"processId": None, "rootUri": root.as_uri(), "capabilities": PUSH, "workspaceFolders": [folder]}
    wire.request("initialize", {**params, "initializationOptions": options or {}})
    wire.notify("initialized", {})


def kept(root: Path) -> list[Path]:
    folder = root.parent / "cache" / "gym-lsp"
    return [*folder.glob("*.gym-lsp-cache")]


def served(root: Path, options: Message | None = None, work: Callable[[Wire], object] = lambda wire: None) -> Message:
    """Start a server, let it publish everything and keep its answers; return what it has published."""
    with Wire() as wire:
        start(wire, root, options)
        work(wire)
        wire.wait_until_idle()
        wire.run_for(0.3)
        assert wire.failures == []
        return dict(wire.published)


def test_the_next_server_publishes_the_same_without_work(
    tree: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file is parsed afterwards, for questions about all of them."""

    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    first = served(tree)
    assert len(first) == 2
    assert len(kept(tree)) == 1
    parsed.clear()
    monkeypatch.setattr(gym_lsp.server.scheduler, "index_files", never)
    with Wire() as wire:
        start(wire, tree)
        wire.run_until(lambda: wire.published == first)
    assert parsed == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("environments/math/config.yaml", MATH.replace("wrong", "math")),
        ("environments/math/config.yaml", "a: [\n"),
        ("environments/both/config.yaml", ""),
        ("environments/more/config.yaml", MATH.replace("math", "more")),
        ("gym-lsp.toml", 'ignore = ["unknown-domain"]\n'),
    ],
)
def test_what_has_changed_in_between_is_checked_again(tree: Path, name: str, text: str) -> None:
    served(tree)
    write(tree, name, text)
    expected = served(tree, {"cache": False})
    assert served(tree) == expected
    assert served(tree) == expected


@pytest.mark.parametrize("name", FILES)
def test_an_open_document_counts_as_it_is_in_the_editor(tree: Path, name: str) -> None:
    text = FILES[name].replace("environments/code", "environments/absent").replace("wrong", "knowledge")

    def edit(wire: Wire) -> None:
        document = {"uri": (tree / name).as_uri(), "languageId": "yaml", "version": 1, "text": text}
        wire.notify("textDocument/didOpen", {"textDocument": document})

    saved = served(tree)
    edited = served(tree, {"cache": False}, edit)
    assert edited != saved
    assert served(tree, work=edit) == edited
    assert served(tree) == saved
    assert served(tree, work=edit) == edited


@pytest.mark.parametrize("place", ["inside", "switched off", "absent"])
def test_nothing_is_kept(tree: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tree / "cache") if place == "inside" else str(tree.parent / "cache"))
    if place == "absent":
        monkeypatch.setenv("XDG_CACHE_HOME", "")
        monkeypatch.delenv("HOME")
    served(tree, {"cache": place != "switched off"})
    assert kept(tree) == []
    assert not (tree / "cache").exists()


def test_a_document_that_is_not_on_the_disk_is_not_kept(tree: Path) -> None:
    document = {"uri": (tree / "environments/new.yaml").as_uri(), "languageId": "yaml", "version": 1, "text": MATH}
    served(tree, work=lambda wire: wire.notify("textDocument/didOpen", {"textDocument": document}))
    assert kept(tree) == []


CHANGES: dict[str, tuple[str, str | None, int]] = {
    "edited": ("environments/math/config.yaml", MATH.replace("wrong", "math"), 2),
    "deleted": ("environments/math/config.yaml", None, 3),
    "created": ("environments/absent/config.yaml", MATH.replace("math", "absent"), 1),
    "broken": ("environments/both/config.yaml", "a: [\n", 2),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_after_the_start_reaches_what_was_restored(tree: Path, change: str) -> None:
    name, text, kind = CHANGES[change]
    includer = FILES["environments/both/config.yaml"].replace("environments/code", "environments/absent")
    write(tree, "environments/both/config.yaml", includer)
    served(tree)
    with Wire() as wire:
        start(wire, tree)
        wire.wait_until_idle()
        if text is None:
            (tree / name).unlink()
        else:
            write(tree, name, text)
        changed = {"uri": (tree / name).as_uri(), "type": kind}
        wire.notify("workspace/didChangeWatchedFiles", {"changes": [changed]})
        wire.wait_until_idle()
        assert wire.published == served(tree, {"cache": False})
