"""Inlay hints: values and types that an editor displays inside the text."""

from __future__ import annotations

from lsprotocol import types as lsp

from gym_lsp.ide.inlay import HintKind, hints
from gym_lsp.server.failures import null_on_failure
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.state import State
from gym_lsp.text import Span

_SWITCHES = {
    HintKind.VALUE: "resolvedValues",
    HintKind.INHERITED: "inherited",
    HintKind.REF_TYPE: "refTypes",
    HintKind.DEFAULT: "defaults",
}
"""The setting that enables each kind of hint."""


def register(server: GymLanguageServer, state: State) -> None:
    """Register inlay hints."""

    @server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)
    @null_on_failure("inlay hints")
    def inlay(params: lsp.InlayHintParams) -> list[lsp.InlayHint] | None:
        found = state.document(params.text_document.uri)
        if found is None:
            return None
        path = found[1]
        converter = state.session.converter()
        kinds = [kind for kind in HintKind if _SWITCHES[kind] in state.preferences.inlay_hints]
        return [
            lsp.InlayHint(
                converter.range(path, Span(hint.offset, hint.offset)).start,
                hint.text,
                kind=lsp.InlayHintKind.Type if hint.kind is HintKind.REF_TYPE else None,
                tooltip=hint.tooltip or None,
                padding_left=True,
            )
            for hint in hints(*found, state.span(path, params.range), kinds)
        ]
