"""Semantic tokens: the kinds of names in a file, which a color theme makes visible."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from lsprotocol import types as lsp

from gym_lsp.ide.tokens import Modifier, Token, TokenKind, tokens
from gym_lsp.server.failures import null_on_failure
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.state import State

_TYPES: dict[TokenKind, str] = {
    TokenKind.INSTANCE: lsp.SemanticTokenTypes.Variable.value,
    TokenKind.SERVER_TYPE: lsp.SemanticTokenTypes.Keyword.value,
    TokenKind.IMPLEMENTATION: lsp.SemanticTokenTypes.Class.value,
    TokenKind.DIRECTIVE: lsp.SemanticTokenTypes.Macro.value,
    TokenKind.KEY: lsp.SemanticTokenTypes.Property.value,
    TokenKind.RESOLVER: lsp.SemanticTokenTypes.Function.value,
    TokenKind.VARIABLE: lsp.SemanticTokenTypes.Parameter.value,
    TokenKind.PATH: lsp.SemanticTokenTypes.String.value,
}
_MODIFIERS: dict[Modifier, str] = {
    Modifier.DEFINITION: lsp.SemanticTokenModifiers.Definition.value,
    Modifier.UNRESOLVED: "unresolved",
}
LEGEND = lsp.SemanticTokensLegend(list(_TYPES.values()), list(_MODIFIERS.values()))
_KINDS = list(_TYPES)
_BITS = {modifier: 1 << index for index, modifier in enumerate(_MODIFIERS)}


def register(server: GymLanguageServer, state: State) -> None:
    """Register semantic tokens of whole files and of ranges."""

    @server.feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, LEGEND)
    @null_on_failure("semantic tokens")
    def full(params: lsp.SemanticTokensParams) -> lsp.SemanticTokens | None:
        return _tokens(state, params.text_document.uri, None)

    @server.feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, LEGEND)
    @null_on_failure("semantic tokens")
    def ranged(params: lsp.SemanticTokensRangeParams) -> lsp.SemanticTokens | None:
        return _tokens(state, params.text_document.uri, params.range)


def _tokens(state: State, uri: str, within: lsp.Range | None) -> lsp.SemanticTokens | None:
    found = state.document(uri)
    if found is None:
        return None
    span = None if within is None else state.span(found[1], within)
    return lsp.SemanticTokens(_encoded(state, found[1], tokens(*found, span)))


def _encoded(state: State, path: PurePath, found: Iterable[Token]) -> list[int]:
    """Return five numbers for each token. Lines and columns are relative to the token before, as LSP defines them."""
    converter = state.session.converter()
    data: list[int] = []
    line = column = 0
    for token in found:
        place = converter.range(path, token.span)
        start = place.start
        moved = start.line - line
        data += [
            moved,
            start.character if moved else start.character - column,
            place.end.character - start.character,
            _KINDS.index(token.kind),
            sum(_BITS[modifier] for modifier in token.modifiers),
        ]
        line, column = start.line, start.character
    return data
