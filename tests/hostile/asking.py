"""Every request that the server offers, on files of a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import Any, cast
from urllib.parse import quote

from gym_lsp.server.app import create_server
from gym_lsp.server.to_lsp import uri_of
from gym_lsp.text import Encoding, LineIndex
from tests.server.comparing import AT_A_PLACE, OF_A_FILE
from tests.server.inprocess import Message, Wire

CAPABILITIES: Message = {
    "general": {"positionEncodings": ["utf-32"]},
    "textDocument": {
        "hover": {"contentFormat": ["markdown"]},
        "completion": {"completionItem": {"documentationFormat": ["markdown"], "snippetSupport": True}},
        "signatureHelp": {"signatureInformation": {"documentationFormat": ["markdown"]}},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "publishDiagnostics": {"relatedInformation": True, "dataSupport": True, "codeDescriptionSupport": True},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}},
        "inlayHint": {},
    },
    "workspace": {"textDocumentContent": {"dynamicRegistration": True}, "workspaceEdit": {"documentChanges": True}},
    "window": {"showDocument": {"support": True}, "workDoneProgress": True},
}
OF_NOTHING = ("initialize", "initialized", "shutdown", "codeLens/resolve", "workspace/willRenameFiles")
"""Methods that `answers` sends apart from a file, or with the answer to another one."""
NOTIFICATIONS = (
    "textDocument/didChange", "textDocument/didClose", "textDocument/didOpen", "textDocument/didSave",
    "workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles", "workspace/didChangeWorkspaceFolders",
)  # fmt: skip
INVALID = -32602
"""The error code of a request with wrong parameters, which has no answer about the workspace."""
_CALLS = ("callHierarchy/incomingCalls", "callHierarchy/outgoingCalls")
_TYPES = ("typeHierarchy/subtypes", "typeHierarchy/supertypes")
Answer = tuple[str, Any]
"""The method of a request, and the whole response."""


def answers(wire: Wire, path: Path, offsets: Iterable[int]) -> Iterator[Answer]:
    """Yield what the server answers for a file of the workspace: for the whole file, and at each of some offsets."""
    text = path.read_text("utf-8")
    lines = LineIndex(text)
    uri = uri_of(PurePath(path))
    document = {"textDocument": {"uri": uri}}
    wire.open(PurePath(path), text)

    def at(offset: int) -> Message:
        place = lines.position(offset, Encoding.UTF32)
        return {"line": place.line, "character": place.column}

    def asked(method: str, **params: Any) -> Answer:
        reply = wire.reply(method, params)
        assert reply.get("error", {}).get("code") != INVALID, (method, params)
        return method, reply

    whole = {"start": at(0), "end": at(len(text))}
    for method in (*OF_A_FILE, "textDocument/diagnostic"):
        yield asked(method, **document)
    for method in ("textDocument/inlayHint", "textDocument/semanticTokens/range"):
        yield asked(method, **document, range=whole)
    yield asked("textDocument/codeAction", **document, range=whole, context={"diagnostics": []})
    for lens in wire.request("textDocument/codeLens", document) or ():
        yield asked("codeLens/resolve", **lens)
    folder = uri_of(PurePath(path.parent))
    yield asked("workspace/willRenameFiles", files=[{"oldUri": uri, "newUri": f"{folder}/moved.yaml"}])
    for offset in offsets:
        here = document | {"position": at(offset)}
        for method in AT_A_PLACE:
            more = {"context": {"includeDeclaration": True}} if method.endswith("references") else {}
            method, reply = asked(method, **here, **more)
            yield method, reply
            for item in (reply.get("result") or ())[:2] if "Hierarchy" in method else ():
                for further in _CALLS if "Call" in method else _TYPES:
                    yield asked(further, item=item)
        yield asked("textDocument/selectionRange", **document, positions=[at(offset)])
        yield asked("textDocument/rename", **here, newName="renamed")
    yield from _commands(wire, uri)
    wire.close(PurePath(path))


def _commands(wire: Wire, uri: str) -> Iterator[Answer]:
    def command(name: str, *arguments: Any) -> Answer:
        return name, wire.reply("workspace/executeCommand", {"command": name, "arguments": list(arguments)})

    run = {"uri": uri}
    yield command("gymLsp.resolved", run | {"provenance": True})
    yield command("gymLsp.resolved", run | {"overrides": ["a.b=1", "+c=2"]})
    for form in ("json", "mermaid", "dot", "svg"):
        yield command("gymLsp.wiring", run | {"format": form, "layers": ["servers", "files"]})
    yield command("gymLsp.checkRun", run)
    yield command("gymLsp.showResolved", run)
    yield command("gymLsp.showReferences", uri, {"line": 0, "character": 0}, [])
    for query in ("", "&provenance=1"):
        document = f"gym-lsp:/resolved/config.yaml?uri={quote(uri, safe='')}{query}"
        yield "workspace/textDocumentContent", wire.reply("workspace/textDocumentContent", {"uri": document})


def answers_without_file(wire: Wire) -> Iterator[Answer]:
    """Yield what the server answers about the workspace as a whole."""
    for query in ("", "k", "math"):
        yield "workspace/symbol", wire.reply("workspace/symbol", {"query": query})
    yield "workspace/diagnostic", wire.reply("workspace/diagnostic", {"previousResultIds": []})
    for name in ("gymLsp.components", "gymLsp.status"):
        yield name, wire.reply("workspace/executeCommand", {"command": name, "arguments": []})
    for kind in ("environment", "benchmark", "agent", "resources-server", "sandbox", "recipe"):
        for name in ("gymLsp.newQuestions", "gymLsp.new"):
            wanted = {"kind": kind, "name": "wanted", "environment": "math"}
            yield name, wire.reply("workspace/executeCommand", {"command": name, "arguments": [wanted]})


def everything(wire: Wire, root: Path, names: Iterable[str], step: int) -> Iterator[Answer]:
    """Yield all answers about a workspace and some of its files, at every `step`th offset, and all that is sent."""
    wire.start(CAPABILITIES, PurePath(root), trace="verbose")
    wire.wait_until_idle()
    yield from answers_without_file(wire)
    for name in names:
        length = len((root / name).read_text("utf-8"))
        yield from answers(wire, root / name, range(0, length + 1, step))
    wire.notify("workspace/didChangeConfiguration", {"settings": {"gymLsp": {}}})
    wire.report_changes(*((PurePath(root / name), 2) for name in names))
    wire.wait_until_idle()
    yield from ((message["method"], message["params"]) for message in wire.messages)
    yield "failures", wire.failures


def offered() -> set[str]:
    """Return the methods and commands of the server."""
    manager = create_server().protocol.fm
    return set(cast("dict[str, Any]", manager.features)) | set(cast("dict[str, Any]", manager.commands))  # pyright: ignore[reportUnknownMemberType]
