"""Folding ranges, unless another YAML server provides them."""

from __future__ import annotations

from lsprotocol import types as lsp

from gym_lsp.ide.folding import folding_ranges
from gym_lsp.server.failures import null_on_failure
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.state import State


def register(server: GymLanguageServer, state: State) -> None:
    """Register folding ranges."""

    @server.feature(lsp.TEXT_DOCUMENT_FOLDING_RANGE)
    @null_on_failure("folding")
    def folding(params: lsp.FoldingRangeParams) -> list[lsp.FoldingRange] | None:
        found = state.document(params.text_document.uri)
        if found is None or state.preferences.other_yaml_server:
            return None
        converter = state.session.converter()
        ranges = [(converter.range(found[1], fold.span), fold) for fold in folding_ranges(*found)]
        return [lsp.FoldingRange(each.start.line, each.end.line, kind=fold.kind.value) for each, fold in ranges]
