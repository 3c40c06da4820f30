"""The start of the server: what is imported for it, and what the first answers do not wait for."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

import attrs
import cattrs.gen
import pytest
from lsprotocol import types as lsp
from pygls.protocol import default_converter

from gym_lsp.server import scheduler
from gym_lsp.server.converter import is_sent_once, new_converter
from gym_lsp.server.features import watching
from gym_lsp.server.session import Session
from gym_lsp.server.to_lsp import uri_of
from tests.server.client import Message
from tests.server.editor import PULL, PUSH, recorded
from tests.server.inprocess import Wire

SERVER = "environments/counting/config.yaml"
BAD = "counting: {resources_servers: {counting: {entrypoint: app.py, domain: maths}}}\n"
AGENT = "environments/agent/config.yaml"
REFERS = """\
agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: tallying}
"""
OVERRIDES = f"""\
config_paths: [{SERVER}]
counting: {{resources_servers: {{counting: {{domain: coding}}}}}}
"""
FILES = {SERVER: BAD, AGENT: REFERS, "environments/upper/config.yaml": OVERRIDES}
IN_OTHER_RUNS = "in the run of"
LATER = (
    "argparse",
    "gym_lsp.ide.completion",
    "gym_lsp.ide.components",
    "gym_lsp.ide.signature",
    "gym_lsp.ide.wiring",
    "gym_lsp.reporters.graph",
)


@pytest.fixture
def folder(tmp_path: Path) -> PurePath:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return PurePath(tmp_path)


@pytest.fixture
def blocked(monkeypatch: pytest.MonkeyPatch) -> Iterator[asyncio.Event]:
    """The names of files are not indexed until this event is set."""
    index, may_index = scheduler.index_names, asyncio.Event()

    async def wait(session: Session) -> None:
        await may_index.wait()
        await index(session)

    monkeypatch.setattr(scheduler, "index_names", wait)
    yield may_index


def codes(found: list[Message]) -> list[str]:
    return [each["code"] for each in found]


def hovered(wire: Wire, path: PurePath) -> str:
    """Return the hover of the domain of the server."""
    position = {"line": 0, "character": BAD.index("domain")}
    found = wire.request("textDocument/hover", {"textDocument": {"uri": uri_of(path)}, "position": position})
    return found["contents"]["value"]


def test_first_diagnostics_do_not_wait_for_the_index(folder: PurePath, blocked: asyncio.Event) -> None:
    own, late = folder / SERVER, folder / AGENT
    with Wire() as wire:
        wire.start(PUSH, folder)
        wire.open(late, REFERS)
        wire.open(own, BAD)
        wire.run_until(lambda: uri_of(own) in wire.published)
        assert codes(wire.published[uri_of(own)]) == ["unknown-domain"]
        # What another file could define is not reported before all files were read.
        assert set(wire.published) == {uri_of(own)}
        sent = len(wire.messages)
        blocked.set()
        wire.wait_until_idle()
        assert codes(wire.published[uri_of(late)]) == ["server-ref-not-found"]
        published = [message["params"]["uri"] for message in wire.messages[sent:] if "diagnostics" in message["params"]]
        assert uri_of(own) not in published
        assert wire.failures == []


def test_first_pulled_diagnostics_do_not_wait_for_the_index(folder: PurePath, blocked: asyncio.Event) -> None:
    def pulled(path: PurePath) -> list[str]:
        return codes(wire.request("textDocument/diagnostic", {"textDocument": {"uri": uri_of(path)}})["items"])

    with Wire() as wire:
        wire.start(PULL, folder)
        wire.open(folder / SERVER, BAD)
        wire.open(folder / AGENT, REFERS)
        assert pulled(folder / SERVER) == ["unknown-domain"]
        blocked.set()
        assert pulled(folder / AGENT) == ["server-ref-not-found"]
        assert pulled(folder / SERVER) == ["unknown-domain"]


def test_first_hovers_are_about_the_own_run(folder: PurePath, blocked: asyncio.Event) -> None:
    with Wire() as wire:
        wire.start(PUSH, folder)
        wire.open(folder / SERVER, BAD)
        early = hovered(wire, folder / SERVER)
        blocked.set()
        wire.wait_until_idle()
        late = hovered(wire, folder / SERVER)
        assert IN_OTHER_RUNS not in early
        assert IN_OTHER_RUNS in late
        assert late.startswith(early)


def test_the_disk_is_watched_after_the_index(
    folder: PurePath, blocked: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    was_polled: list[bool] = []
    new_poller = watching.new_poller

    async def polling(*arguments: Any) -> Any:
        was_polled.append(blocked.is_set())
        return await new_poller(*arguments)

    monkeypatch.setattr(watching, "new_poller", polling)
    with Wire() as wire:
        wire.start({}, folder)
        wire.run_for(0.05)
        blocked.set()
        wire.run_until(lambda: bool(was_polled))
    assert was_polled == [True]


def test_what_the_start_does_not_need_is_imported_later() -> None:
    """Only the modules of the package and the arguments matter: other packages may import what they like."""
    program = "import sys, gym_lsp.cli, gym_lsp.server.app; gym_lsp.server.app.create_server(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert sorted(set(LATER).intersection(done.stdout.split())) == []


# The converter


@pytest.mark.parametrize("client", ["neovim-0.12.4", "vscode-1.139.1"])
def test_capabilities_are_sent_as_pygls_sends_them(client: str, folder: PurePath) -> None:
    here = {"uri": uri_of(folder), "name": "here"}
    with Wire() as wire:
        params = recorded(client) | {"rootPath": None, "rootUri": None, "workspaceFolders": [here]}
        sent = wire.request("initialize", params)["capabilities"]
        wire.notify("initialized", {})
        assert sent == default_converter().unstructure(wire.server.protocol.server_capabilities)


def test_empty_fields_are_sent_as_pygls_sends_them() -> None:
    ours, theirs = new_converter(), default_converter()
    classes = [cls for cls in lsp.ALL_TYPES_MAP.values() if isinstance(cls, type) and is_sent_once(cls)]
    empty = [cls() for cls in classes if all(field.default is not attrs.NOTHING for field in attrs.fields(cls))]
    assert lsp.ServerCapabilities() in empty
    assert [ours.unstructure(each) for each in empty] == [theirs.unstructure(each) for each in empty]


def test_no_code_is_generated_for_what_is_sent_once(folder: PurePath, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[type] = []
    make: Any = cattrs.gen.make_dict_unstructure_fn

    def counting(cls: type, *arguments: Any, **more: Any) -> Any:
        made.append(cls)
        return make(cls, *arguments, **more)

    monkeypatch.setattr(cattrs.gen, "make_dict_unstructure_fn", counting)
    with Wire() as wire:
        wire.start(PUSH, folder)
    assert made
    assert [cls.__name__ for cls in made if is_sent_once(cls)] == []
