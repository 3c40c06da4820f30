"""The start of the server: what is imported and converted for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path, PurePath
from typing import Any

import attrs
import cattrs.gen
import pytest
from lsprotocol import types as lsp
from pygls.protocol import default_converter

from gym_lsp.server.converter import is_sent_once, new_converter
from gym_lsp.server.to_lsp import uri_of
from tests.server.editor import PUSH, recorded
from tests.server.inprocess import Wire

SERVER = "environments/counting/config.yaml"
BAD = "counting: {resources_servers: {counting: {entrypoint: app.py, domain: maths}}}\n"
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
    path = tmp_path / SERVER
    path.parent.mkdir(parents=True)
    path.write_text(BAD)
    return PurePath(tmp_path)


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
