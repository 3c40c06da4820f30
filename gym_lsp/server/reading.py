"""Hover and completion: asked of `ide`, told to the client in the forms that it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from gym_lsp.ide.completion import TRIGGERS, complete
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind
from gym_lsp.ide.hover import hover
from gym_lsp.ide.markdown import Link, render, unmarked
from gym_lsp.server.state import State, answered
from gym_lsp.server.to_lsp import Converter

if TYPE_CHECKING:
    from pathlib import PurePath

    from gym_lsp.server.app import GymLanguageServer

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


def register_reading(server: GymLanguageServer, state: State) -> None:
    """Register hover and completion."""

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def show_hover(params: lsp.HoverParams) -> lsp.Hover | None:
        def ask() -> lsp.Hover | None:
            at = state.at(params.text_document.uri, params.position)
            found = None if at is None else hover(*at)
            if at is None or found is None:
                return None
            converter = state.session.converter()
            if state.client.takes_markdown:
                content = render(found.content, lambda link: _linked(converter, link))
                shown = lsp.MarkupContent(lsp.MarkupKind.Markdown, content)
            else:
                shown = lsp.MarkupContent(lsp.MarkupKind.PlainText, unmarked(found.content))
            return lsp.Hover(shown, converter.range(at[1], found.span))

        return answered("hover", ask)

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=list(TRIGGERS)))
    def completion(params: lsp.CompletionParams) -> lsp.CompletionList | None:
        def ask() -> lsp.CompletionList | None:
            at = state.at(params.text_document.uri, params.position)
            if at is None:
                return None
            converter = state.session.converter()
            items = [_item(state, converter, at[1], each) for each in complete(*at)]
            return lsp.CompletionList(is_incomplete=False, items=items)

        return answered("completion", ask)


def _linked(converter: Converter, link: Link) -> str:
    line = converter.lines(link.path).line_of(link.offset) + 1
    return f"[{link.text}:{line}]({converter.uri(link.path)}#L{line})"


def _item(state: State, converter: Converter, path: PurePath, candidate: Candidate) -> lsp.CompletionItem:
    as_snippet = candidate.snippet is not None and state.client.takes_snippets
    text = candidate.snippet if as_snippet and candidate.snippet is not None else candidate.edit.text
    client = state.client
    additional = converter.text_edits(candidate.additional_edits)
    markup = lsp.MarkupKind.Markdown if client.takes_markdown_in_completions else lsp.MarkupKind.PlainText
    documentation = lsp.MarkupContent(markup, candidate.documentation)
    return lsp.CompletionItem(
        label=candidate.label,
        kind=_KINDS[candidate.kind],
        detail=candidate.detail or None,
        documentation=documentation if candidate.documentation else None,
        sort_text=candidate.sort_key,
        filter_text=candidate.filter_text or None,
        insert_text_format=lsp.InsertTextFormat.Snippet if as_snippet else lsp.InsertTextFormat.PlainText,
        insert_text_mode=lsp.InsertTextMode.AsIs if client.takes_text_as_is else None,
        text_edit=lsp.TextEdit(converter.range(path, candidate.edit.span), text),
        additional_text_edits=[edit for edits in additional.values() for edit in edits] or None,
        tags=[lsp.CompletionItemTag.Deprecated] if candidate.deprecated and client.takes_completion_tags else None,
        deprecated=True if candidate.deprecated and client.takes_deprecated_completions else None,
        command=_SUGGEST_AGAIN if candidate.goes_on and state.preferences.suggests_again else None,
    )
