"""Selection ranges: a selection that grows from a value to the blocks around it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from lsprotocol import types as lsp

from gym_lsp.ide.selection import selection_ranges
from gym_lsp.server.failures import null_on_failure
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.state import State
from gym_lsp.server.to_lsp import Converter
from gym_lsp.text import Span


def register(server: GymLanguageServer, state: State) -> None:
    """Register selection ranges."""

    @server.feature(lsp.TEXT_DOCUMENT_SELECTION_RANGE)
    @null_on_failure("selection")
    def selections(params: lsp.SelectionRangeParams) -> list[lsp.SelectionRange]:
        converter = state.session.converter()
        found: list[lsp.SelectionRange] = []
        for position in params.positions:
            at = state.at(params.text_document.uri, position)
            chain = None if at is None else _chain(converter, at[1], selection_ranges(*at))
            # LSP requires a range for each position.
            found.append(chain or lsp.SelectionRange(lsp.Range(position, position)))
        return found


def _chain(converter: Converter, path: PurePath, spans: Sequence[Span]) -> lsp.SelectionRange | None:
    """Return the innermost range with the outer ones as its parents, or None if there are no spans."""
    chain: lsp.SelectionRange | None = None
    for span in sorted(spans, key=lambda span: span.start - span.end):
        chain = lsp.SelectionRange(converter.range(path, span), chain)
    return chain
