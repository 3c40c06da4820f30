"""Completion, with snippets and Markdown if the client supports them."""

from __future__ import annotations

from lsprotocol import types as lsp

from gym_lsp.server.failures import null_on_failure
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.state import State

_TRIGGERS = (" ", ":", ".", "/", "$", "{", "[", ",", "-", "*", '"', "'", "#")
"""The characters after which there can be candidates although no word has begun."""


def register(server: GymLanguageServer, state: State) -> None:
    """Register completion."""

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=list(_TRIGGERS)))
    @null_on_failure("completion")
    def completion(params: lsp.CompletionParams) -> lsp.CompletionList | None:
        from gym_lsp.ide.completion import most_likely
        from gym_lsp.server.completion_items import completion_item

        at = state.at(params.text_document.uri, params.position, in_rows=True, in_commands=True)
        if at is None:
            return None
        converter = state.session.converter()
        workspace, path, _ = at
        found, are_all = most_likely(*at)
        # Most candidates replace the same word.
        ranges = {each.edit.span: converter.range(path, each.edit.span) for each in found}
        items = [completion_item(state, converter, workspace, ranges[each.edit.span], each) for each in found]
        return lsp.CompletionList(is_incomplete=not are_all, items=items)
