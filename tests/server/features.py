"""The examples of docs/features.md, run on the server: the page shows what the server returns.

An example is a comment with the request, a config with the cursor in it, and what the editor displays:

    <!-- textDocument/hover -->
    ```yaml
    # environments/tides/config.yaml
    ... ▮ ...
    ```
    ```text
    ...
    ```

A file without a comment before it belongs to the workspace that all examples share. The config of an example is the
text of an open document; the file on disk does not change.

    python -m tests.server.features     update the page
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.server import showing
from tests.server.client import Message
from tests.server.editor import Editor, editing, recorded

PAGE = Path(__file__).parents[2] / "docs" / "features.md"
CURSOR = "▮"
_EXAMPLE = re.compile(
    r"^(?:<!-- (?P<asked>.+?) -->\n\n)?```(?:bash|json|markdown|python|toml|yaml)\n"
    r"(?P<config># (?P<path>\S+)\n.*?)^```\n"
    r"(?:\n```text\n(?P<shown>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Example:
    """One example: the LSP method and its other arguments, the file, its text, and what the page shows."""

    method: str
    arguments: tuple[str, ...]
    path: str
    text: str
    position: Message
    shown: str
    place: tuple[int, int]
    """The offsets of `shown` in the page."""


def shared_files(page: str) -> dict[str, str]:
    """Return the files that all examples share."""
    return {found["path"]: _content(found) for found in _EXAMPLE.finditer(page) if found["asked"] is None}


def _content(found: re.Match[str]) -> str:
    """Return the text of a file. Its first line names the file, and JSON has no comments."""
    text = found["config"]
    return text.partition("\n")[2] if found["path"].endswith(".jsonl") else text


def examples(page: str) -> Iterator[Example]:
    """Yield the examples of a page in their order."""
    for found in _EXAMPLE.finditer(page):
        if found["asked"] is None:
            continue
        if found["shown"] is None:
            raise ValueError(
                f"the example of {found['asked']} needs a `text` block after its config, which may be empty"
            )
        method, *arguments = found["asked"].split()
        if method not in _SHOWN:
            raise ValueError(f"add {method} to _SHOWN of {Path(__file__).name}")
        content = _content(found)
        before, _, _ = content.partition(CURSOR)
        position = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        text = content.replace(CURSOR, "")
        yield Example(method, tuple(arguments), found["path"], text, position, found["shown"], found.span("shown"))


def started(editor: Editor) -> None:
    """Initialize the server as VS Code does."""
    params = recorded("vscode-1.139.1")
    params |= {"processId": None, "rootUri": editor.folder.as_uri(), "rootPath": None}
    params["workspaceFolders"] = [{"uri": editor.folder.as_uri(), "name": "workspace"}]
    editor.start_as(params)


def shown(editor: Editor, example: Example) -> str:
    """Return what an editor displays for an example."""
    editor.open(example.path, example.text)
    try:
        return _SHOWN[example.method](editor, example) + "\n"
    finally:
        editor.close(example.path)


def _asked(editor: Editor, example: Example, **more: Any) -> Any:
    document = {"textDocument": {"uri": editor.uri(example.path)}, "position": example.position}
    return editor.client.request(example.method, document | more)


def _whole(example: Example) -> Message:
    return {"start": {"line": 0, "character": 0}, "end": {"line": example.text.count("\n"), "character": 0}}


def _diagnostics(editor: Editor, example: Example) -> str:
    return showing.diagnostics(_asked(editor, example)["items"])


def _hover(editor: Editor, example: Example) -> str:
    return showing.hover(_asked(editor, example), editor.folder)


def _completion(editor: Editor, example: Example) -> str:
    limit = int(example.arguments[0]) if example.arguments else None
    return showing.completion(_asked(editor, example)["items"], limit)


def _places(editor: Editor, example: Example) -> str:
    answer = _asked(editor, example, context={"includeDeclaration": True})
    return showing.places(answer, editor.folder, {example.path: example.text})


def _highlights(editor: Editor, example: Example) -> str:
    found = [{"uri": editor.uri(example.path)} | each for each in _asked(editor, example)]
    return showing.places(found, editor.folder, {example.path: example.text})


def _rename(editor: Editor, example: Example) -> str:
    edit = _asked(editor, example, newName=example.arguments[0])
    return showing.edit(edit, editor.folder, {example.path: example.text})


def _moved(editor: Editor, example: Example) -> str:
    files = [{"oldUri": editor.uri(example.arguments[0]), "newUri": editor.uri(example.arguments[1])}]
    edit = editor.client.request(example.method, {"files": files})
    return showing.edit(edit, editor.folder, {example.path: example.text})


def _actions(editor: Editor, example: Example) -> str:
    at = {"start": example.position, "end": example.position}
    answer = _asked(editor, example, range=at, context={"diagnostics": []})
    return "\n".join(each["title"] for each in answer)


def _symbols(editor: Editor, example: Example) -> str:
    return showing.symbols(_asked(editor, example))


def _workspace_symbols(editor: Editor, example: Example) -> str:
    answer = editor.client.request(example.method, {"query": example.arguments[0]})
    return showing.workspace_symbols(answer, editor.folder)


def _links(editor: Editor, example: Example) -> str:
    return showing.links(_asked(editor, example), editor.folder, example.text)


def _hints(editor: Editor, example: Example) -> str:
    return showing.hints(_asked(editor, example, range=_whole(example)), example.text)


def _lenses(editor: Editor, example: Example) -> str:
    found = [editor.client.request("codeLens/resolve", lens) for lens in _asked(editor, example)]
    return showing.lenses(found, example.text)


def _signature(editor: Editor, example: Example) -> str:
    return showing.signature(_asked(editor, example))


def _tokens(editor: Editor, example: Example) -> str:
    legend = editor.capabilities["semanticTokensProvider"]["legend"]
    return showing.tokens(_asked(editor, example)["data"], legend, example.text)


def _folding(editor: Editor, example: Example) -> str:
    return showing.folding(_asked(editor, example), example.text)


def _selection(editor: Editor, example: Example) -> str:
    answer = _asked(editor, example, positions=[example.position])
    return showing.selection(answer[0], example.text)


def _calls(editor: Editor, example: Example) -> str:
    asked = {"calls": "callHierarchy/outgoingCalls", "called by": "callHierarchy/incomingCalls"}
    return _hierarchy(editor, example, asked)


def _types(editor: Editor, example: Example) -> str:
    asked = {"inherits from": "typeHierarchy/supertypes", "inherited by": "typeHierarchy/subtypes"}
    return _hierarchy(editor, example, asked)


def _hierarchy(editor: Editor, example: Example, asked: dict[str, str]) -> str:
    items = _asked(editor, example)
    if not items:
        return "nothing"
    item = items[0]
    found = {words: editor.client.request(method, {"item": item}) for words, method in asked.items()}
    return showing.hierarchy(item, found)


def _command(editor: Editor, example: Example) -> str:
    name, *options = example.arguments
    argument = {"uri": editor.uri(example.path)} | dict(option.split("=") for option in options)
    answer = editor.client.request(example.method, {"command": name, "arguments": [argument]})
    return answer["text"].rstrip("\n")


_SHOWN = {
    "textDocument/diagnostic": _diagnostics,
    "textDocument/hover": _hover,
    "textDocument/completion": _completion,
    "textDocument/definition": _places,
    "textDocument/declaration": _places,
    "textDocument/typeDefinition": _places,
    "textDocument/implementation": _places,
    "textDocument/references": _places,
    "textDocument/documentHighlight": _highlights,
    "textDocument/rename": _rename,
    "workspace/willRenameFiles": _moved,
    "textDocument/codeAction": _actions,
    "textDocument/documentSymbol": _symbols,
    "workspace/symbol": _workspace_symbols,
    "textDocument/documentLink": _links,
    "textDocument/inlayHint": _hints,
    "textDocument/codeLens": _lenses,
    "textDocument/signatureHelp": _signature,
    "textDocument/semanticTokens/full": _tokens,
    "textDocument/foldingRange": _folding,
    "textDocument/selectionRange": _selection,
    "textDocument/prepareCallHierarchy": _calls,
    "textDocument/prepareTypeHierarchy": _types,
    "workspace/executeCommand": _command,
}
"""The function for the answer to each request."""


def main() -> int:
    """Update the page with the current answers of the server."""
    page = PAGE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, editing(Path(folder).resolve(), shared_files(page)) as editor:
        started(editor)
        for example in reversed(list(examples(page))):
            start, end = example.place
            page = page[:start] + shown(editor, example) + page[end:]
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
