"""An environment that is typed character by character, in a workspace with a real NeMo Gym."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePath

import pytest
from lsprotocol import types as lsp

from gym_lsp.check import Checker
from gym_lsp.files import Disk
from gym_lsp.gym.roots import find_install_root
from gym_lsp.server.diagnostics import to_lsp_diagnostics
from gym_lsp.server.to_lsp import Converter, Forms, uri_of
from gym_lsp.text import Encoding
from gym_lsp.workspace.workspace import Workspace
from tests.corpus import Corpus
from tests.server.comparing import assert_same, position, replacement
from tests.server.editor import PUSH
from tests.server.inprocess import Message, Wire

NAME = "environments/word_count/config.yaml"
TYPED = """\
# Counts words, 😀 Unicode and all.
config_paths:
  - responses_api_models/vllm_model/configs/vllm_model.yaml
word_count:
  resources_servers:
    word_count:
      entrypoint: app.py
      domain: instruction_following
      verified: false
word_count_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server:
        type: resources_servers
        name: word_count
      model_server:
        type: responses_api_models
        name: policy_model
      datasets:
        - name: example
          type: example
          jsonl_fpath: data/example.jsonl
          num_repeats: 2
"""
FRESH_EVERY = 150
FORMS = Forms(related=True, code_descriptions=True, tags=frozenset(lsp.DiagnosticTag))
"""The forms that PUSH supports."""


@pytest.fixture
def workspace(corpus: Corpus, tmp_path: Path) -> Workspace:
    """A workspace in which the file is still empty."""
    (tmp_path / NAME).parent.mkdir(parents=True)
    (tmp_path / NAME).write_text("")
    root = PurePath(tmp_path)
    install = find_install_root(Disk(), explicit=corpus.release("0.7.0"), workspace=root, environ={})
    found = Workspace(Disk(), root, install=install)
    # The checks below share these values, which do not depend on the text.
    assert found.profile.release and found.members and found.library
    return found


def test_no_request_fails_and_all_diagnostics_are_up_to_date(workspace: Workspace) -> None:
    assert workspace.install is not None
    options = {"gymRoot": str(workspace.install.path)}
    path = workspace.root / NAME
    flashed: set[str] = set()
    published: list[Message] = []
    with Wire() as wire:
        wire.start(PUSH, workspace.root, initializationOptions=options)
        wire.open(path, "")
        wire.wait_until_idle()
        for number, (text, change) in enumerate(typed(), start=2):
            wire.change(path, number, change)
            published = wire.published.get(uri_of(path), [])
            assert published == wire.unstructured(checked(workspace, path, text)), text
            flashed.update(each["code"] for each in published)
            ask_about(wire, path, text)
            if number % FRESH_EVERY == 0:
                compare_with_fresh(wire, workspace, path, text, options)
        assert wire.failures == []
    # Each of these was published at some time. At the end only the files that do not exist are missing.
    assert {"invalid-yaml", "unknown-domain", "server-ref-not-found"} <= flashed
    assert {each["code"] for each in published} == {"dataset-file-not-found", "implementation-not-found"}


def typed() -> Iterator[tuple[str, Message]]:
    """Yield each text and the change that leads to it."""
    text = ""
    for character in TYPED:
        change = replacement(text, len(text), len(text), character, Encoding.UTF16)
        text += character
        yield text, change


def checked(workspace: Workspace, path: PurePath, text: str) -> list[lsp.Diagnostic]:
    """Return the diagnostics of a check that has not seen any earlier text of the file."""
    found = Checker(workspace.with_texts({path: text})).check_one(path)
    texts = {path: text}
    converter = Converter(
        Encoding.UTF16, lambda other: texts.get(other) or workspace.text(other) or "", lambda _: None, FORMS
    )
    return to_lsp_diagnostics(found, converter)


def ask_about(wire: Wire, path: PurePath, text: str) -> None:
    """Send the requests of an editor after a keystroke. `request` fails if a response is an error."""
    document = {"uri": uri_of(path)}
    place = {"textDocument": document, "position": position(text, len(text), Encoding.UTF16)}
    wire.request("textDocument/completion", place)
    wire.request("textDocument/signatureHelp", place)
    wire.request("textDocument/documentSymbol", {"textDocument": document})
    if text.endswith((" ", "\n")):
        word = {"textDocument": document, "position": position(text, len(text.rstrip()) - 1, Encoding.UTF16)}
        for method in ("hover", "definition", "documentHighlight"):
            wire.request(f"textDocument/{method}", word)
        wire.request("textDocument/semanticTokens/full", {"textDocument": document})


def compare_with_fresh(wire: Wire, workspace: Workspace, path: PurePath, text: str, options: Message) -> None:
    with Wire() as fresh:
        fresh.start(PUSH, workspace.root, initializationOptions=options)
        fresh.open(path, text)
        wire.wait_until_idle()
        fresh.wait_until_idle()
        assert_same(wire, fresh, [])
