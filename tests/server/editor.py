"""The actions of an editor: it opens, edits and closes files of a temporary workspace."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator
from pathlib import Path
from typing import Any, cast

from tests.server.client import LIMIT, Client, Message, running

CLIENTS = Path(__file__).parent / "data" / "clients"
PUSH: Message = {
    "textDocument": {
        "publishDiagnostics": {
            "relatedInformation": True,
            "codeDescriptionSupport": True,
            "tagSupport": {"valueSet": [1, 2]},
        }
    },
    "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}},
}
"""A client that receives published diagnostics and watches files."""
PULL: Message = {
    "textDocument": PUSH["textDocument"] | {"diagnostic": {"relatedDocumentSupport": True}},
    "workspace": PUSH["workspace"] | {"diagnostics": {"refreshSupport": True}},
}
"""A client that pulls diagnostics and watches files."""


def recorded(name: str) -> Message:
    """Return the parameters with which a real client initialized a server."""
    params: Message = json.loads((CLIENTS / f"{name}.json").read_text())
    params.pop("_negotiatedPositionEncoding")
    return params


class Editor:
    """A client in a workspace on disk."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.folder = client.folder
        self.capabilities: Message = {}
        self._version = 0

    # Lifecycle

    def start(self, capabilities: Message, *folders: Path, **more: object) -> None:
        """Initialize. By default, the client gets the information about all files, as that of `inprocess.py` does."""
        options = {"information": "all"} | dict(cast("Message", more.pop("initializationOptions", {})))
        roots = folders or (self.folder,)
        named = [{"uri": each.as_uri(), "name": each.name} for each in roots]
        params = {"processId": None, "capabilities": capabilities, "workspaceFolders": named}
        self.start_as(params | {"initializationOptions": options} | more)

    def start_as(self, params: Message) -> None:
        self.capabilities = self.client.request("initialize", params)["capabilities"]
        self.client.notify("initialized", {})

    # Files

    def path(self, name: str) -> Path:
        return self.folder / name

    def uri(self, name: str) -> str:
        return self.path(name).as_uri()

    def write(self, name: str, text: str) -> None:
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())

    def open(self, name: str, text: str | None = None) -> None:
        content = self.path(name).read_bytes().decode() if text is None else text
        self._version += 1
        document = {"uri": self.uri(name), "languageId": "yaml", "version": self._version, "text": content}
        self.client.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, name: str, *changes: object) -> None:
        """Replace the whole text, or apply changes in the form of LSP."""
        self._version += 1
        events = [{"text": change} if isinstance(change, str) else change for change in changes]
        document = {"uri": self.uri(name), "version": self._version}
        self.client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": events})

    def close(self, name: str) -> None:
        self.client.notify("textDocument/didClose", {"textDocument": {"uri": self.uri(name)}})

    def report_changes(self, **kinds: str) -> None:
        """Report watched changes: `created`, `changed` or `deleted`, each with the name of a file."""
        numbers = {"created": 1, "changed": 2, "deleted": 3}
        changes = [{"uri": self.uri(name), "type": numbers[kind]} for kind, name in kinds.items()]
        self.client.notify("workspace/didChangeWatchedFiles", {"changes": changes})

    # Answers

    def published(self, name: str, codes: set[str], limit: float = LIMIT, since: int = 0) -> list[Message]:
        """Wait until the published diagnostics of a file have exactly these codes."""
        uri = self.uri(name)

        def wanted(message: Message) -> bool:
            params: Any = message.get("params")
            if message.get("method") != "textDocument/publishDiagnostics" or params["uri"] != uri:
                return False
            return {each["code"] for each in params["diagnostics"]} == codes

        return self.client.wait_for(wanted, limit, since)["params"]["diagnostics"]

    def received(self) -> int:
        """Return the number of messages received so far, to wait only for later ones."""
        return len(self.client.messages)

    def pulled(self, name: str, previous: str | None = None) -> Message:
        params: Message = {"textDocument": {"uri": self.uri(name)}}
        if previous is not None:
            params["previousResultId"] = previous
        return self.client.request("textDocument/diagnostic", params)


@contextlib.contextmanager
def editing(folder: Path, files: dict[str, str], environment: dict[str, str] | None = None) -> Generator[Editor]:
    """Run an editor whose workspace has these files. The server is not initialized yet."""
    with running(folder, environment) as client:
        editor = Editor(client)
        for name, text in files.items():
            editor.write(name, text)
        yield editor
