"""Each example of docs/features.md shows what the server returns."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.server.editor import Editor, editing
from tests.server.features import PAGE, Example, examples, shared_files, shown, started

TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = tuple(examples(TEXT))


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Generator[Editor]:
    """An editor in the workspace of the page."""
    with editing(tmp_path_factory.mktemp("workspace"), shared_files(TEXT)) as editor:
        started(editor)
        yield editor


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.method}:{example.position['line']}")
def test_an_example_shows_what_the_server_returns(editor: Editor, example: Example) -> None:
    assert shown(editor, example) == example.shown, "run `python -m tests.server.features` to update the page"


def test_every_feature_has_an_example(editor: Editor) -> None:
    offered = {name for name, value in editor.capabilities.items() if name.endswith("Provider") and value}
    asked = {example.method for example in EXAMPLES}
    methods = {f"textDocument/{name.removesuffix('Provider')}" for name in offered}
    unnamed = {
        "textDocument/callHierarchy": "textDocument/prepareCallHierarchy",
        "textDocument/typeHierarchy": "textDocument/prepareTypeHierarchy",
        "textDocument/semanticTokens": "textDocument/semanticTokens/full",
        "textDocument/workspaceSymbol": "workspace/symbol",
        "textDocument/executeCommand": "workspace/executeCommand",
    }
    missing = {unnamed.get(method, method) for method in methods} - asked
    assert not missing, f"no example in docs/features.md: {', '.join(sorted(missing))}"
    assert Path(PAGE).name == "features.md"
