"""References in all files, and their highlights in one file."""

from __future__ import annotations

from lsprotocol import types as lsp

from gym_lsp.ide import references
from gym_lsp.server.failures import attempt, null_on_failure
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.parts import Parts, in_parts
from gym_lsp.server.state import State


def register(server: GymLanguageServer, state: State) -> None:
    """Register references and document highlights."""

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    @null_on_failure("references")
    def find_references(params: lsp.ReferenceParams) -> list[lsp.Location] | Parts | None:
        attempt("rows on disk", state.session.refresh_rows)
        at = state.at(params.text_document.uri, params.position, in_rows=True)
        if at is None:
            return None
        found = references.each_reference(*at, include_declaration=params.context.include_declaration)
        converter = state.session.frozen().converter()
        locations = (lsp.Location(converter.uri(each.path), converter.range(each.path, each.span)) for each in found)
        return in_parts(params.partial_result_token, locations)

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    @null_on_failure("highlights")
    def highlight(params: lsp.DocumentHighlightParams) -> list[lsp.DocumentHighlight] | None:
        at = state.at(params.text_document.uri, params.position)
        if at is None:
            return None
        converter = state.session.converter()
        return [
            lsp.DocumentHighlight(
                converter.range(each.path, each.span),
                lsp.DocumentHighlightKind.Write if each.is_definition else lsp.DocumentHighlightKind.Read,
            )
            for each in references.highlights(*at)
        ]
