"""Conversion of completion candidates to LSP types, in the forms that the client supports."""

from __future__ import annotations

from lsprotocol import types as lsp

from gym_lsp.ide.completion.candidate import Candidate, CandidateKind
from gym_lsp.server.state import State
from gym_lsp.server.to_lsp import Converter
from gym_lsp.workspace.workspace import Workspace

_KINDS = {
    CandidateKind.KEY: lsp.CompletionItemKind.Property,
    CandidateKind.VALUE: lsp.CompletionItemKind.EnumMember,
    CandidateKind.INSTANCE: lsp.CompletionItemKind.Reference,
    CandidateKind.IMPLEMENTATION: lsp.CompletionItemKind.Class,
    CandidateKind.SANDBOX: lsp.CompletionItemKind.Module,
    CandidateKind.FILE: lsp.CompletionItemKind.File,
    CandidateKind.FOLDER: lsp.CompletionItemKind.Folder,
    CandidateKind.VARIABLE: lsp.CompletionItemKind.Variable,
    CandidateKind.RESOLVER: lsp.CompletionItemKind.Function,
    CandidateKind.ANCHOR: lsp.CompletionItemKind.Constant,
    CandidateKind.SKELETON: lsp.CompletionItemKind.Snippet,
    CandidateKind.RULE: lsp.CompletionItemKind.Value,
}
_SUGGEST_AGAIN = lsp.Command("Suggest", "editor.action.triggerSuggest")


def completion_item(
    state: State, converter: Converter, workspace: Workspace, range_: lsp.Range, candidate: Candidate
) -> lsp.CompletionItem:
    as_snippet = candidate.snippet is not None and state.client.supports_snippets
    text = candidate.snippet if as_snippet and candidate.snippet is not None else candidate.edit.text
    client = state.client
    additional = converter.text_edits(candidate.additional_edits)
    documentation = converter.markup(
        workspace, candidate.documentation, as_markdown=client.supports_markdown_in_completions
    )
    return lsp.CompletionItem(
        label=candidate.label,
        kind=_KINDS[candidate.kind],
        detail=candidate.detail or None,
        documentation=documentation if documentation.value else None,
        sort_text=candidate.sort_key,
        filter_text=candidate.filter_text or None,
        insert_text_format=lsp.InsertTextFormat.Snippet if as_snippet else lsp.InsertTextFormat.PlainText,
        insert_text_mode=lsp.InsertTextMode.AsIs if client.supports_text_as_is else None,
        text_edit=lsp.TextEdit(range_, text),
        additional_text_edits=[edit for edits in additional.values() for edit in edits] or None,
        tags=[lsp.CompletionItemTag.Deprecated] if candidate.deprecated and client.supports_completion_tags else None,
        deprecated=True if candidate.deprecated and client.supports_deprecated_completions else None,
        command=_SUGGEST_AGAIN if candidate.continues and state.preferences.suggests_again else None,
    )
