"""What an editor draws into the text: semantic tokens, inlay hints, and the signature of the resolver being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from gym_lsp.ide.inlay import HintKind, hints
from gym_lsp.ide.signature import TRIGGERS, signature
from gym_lsp.ide.tokens import Modifier, Token, TokenKind, tokens
from gym_lsp.server.state import State, answered
from gym_lsp.server.sync import position_of
from gym_lsp.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import PurePath

    from gym_lsp.server.app import GymLanguageServer

_TOKENS: dict[TokenKind, str] = {
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
_SWITCHES = {
    HintKind.VALUE: "resolvedValues",
    HintKind.INHERITED: "inherited",
    HintKind.REF_TYPE: "refTypes",
    HintKind.DEFAULT: "defaults",
}
"""The settings that switch the kinds of inlay hints."""
LEGEND = lsp.SemanticTokensLegend(list(_TOKENS.values()), list(_MODIFIERS.values()))
_KINDS = list(_TOKENS)
_BITS = {modifier: 1 << index for index, modifier in enumerate(_MODIFIERS)}


def register_decorations(server: GymLanguageServer, state: State) -> None:
    """Register semantic tokens, inlay hints and signature help."""
    _tokens(server, state)
    _hints(server, state)
    _signature(server, state)


def _tokens(server: GymLanguageServer, state: State) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, LEGEND)
    def full(params: lsp.SemanticTokensParams) -> lsp.SemanticTokens | None:
        return answered("semantic tokens", lambda: _drawn(state, params.text_document.uri, None))

    @server.feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, LEGEND)
    def ranged(params: lsp.SemanticTokensRangeParams) -> lsp.SemanticTokens | None:
        return answered("semantic tokens", lambda: _drawn(state, params.text_document.uri, params.range))


def _drawn(state: State, uri: str, within: lsp.Range | None) -> lsp.SemanticTokens | None:
    found = state.document(uri)
    if found is None:
        return None
    span = None if within is None else _span(state, found[1], within)
    return lsp.SemanticTokens(_encoded(state, found[1], tokens(*found, span)))


def _encoded(state: State, path: PurePath, drawn: Iterable[Token]) -> list[int]:
    """Five numbers a token, as the specification has it: the lines and columns count from the token before."""
    converter = state.session.converter()
    data: list[int] = []
    line = column = 0
    for token in drawn:
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


def _span(state: State, path: PurePath, within: lsp.Range) -> Span:
    index = state.session.converter().lines(path)
    encoding = state.session.encoding
    return Span(
        index.offset(position_of(within.start), encoding),
        index.offset(position_of(within.end), encoding),
    )


def _hints(server: GymLanguageServer, state: State) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)
    def inlay(params: lsp.InlayHintParams) -> list[lsp.InlayHint] | None:
        def ask() -> list[lsp.InlayHint] | None:
            found = state.document(params.text_document.uri)
            if found is None:
                return None
            path = found[1]
            converter = state.session.converter()
            wanted = state.preferences.inlay_hints
            kinds = [kind for kind in HintKind if _SWITCHES[kind] in wanted]
            return [
                lsp.InlayHint(
                    converter.range(path, Span(hint.offset, hint.offset)).start,
                    hint.text,
                    kind=lsp.InlayHintKind.Type if hint.kind is HintKind.REF_TYPE else None,
                    tooltip=hint.tooltip or None,
                    padding_left=True,
                )
                for hint in hints(*found, _span(state, path, params.range), kinds)
            ]

        return answered("inlay hints", ask)


def _signature(server: GymLanguageServer, state: State) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_SIGNATURE_HELP, lsp.SignatureHelpOptions(trigger_characters=list(TRIGGERS)))
    def help_with(params: lsp.SignatureHelpParams) -> lsp.SignatureHelp | None:
        def ask() -> lsp.SignatureHelp | None:
            at = state.at(params.text_document.uri, params.position)
            found = None if at is None else signature(*at)
            if found is None:
                return None
            parameters = [
                lsp.ParameterInformation(found.label[each.span.start : each.span.end], each.meaning)
                for each in found.parameters
            ]
            shown = lsp.SignatureInformation(found.label, found.meaning, parameters)
            return lsp.SignatureHelp([shown], active_signature=0, active_parameter=max(0, found.active))

        return answered("signature help", ask)
