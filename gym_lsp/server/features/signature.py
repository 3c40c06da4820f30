"""Signature help: the parameters of the interpolation resolver that is being typed."""

from __future__ import annotations

from lsprotocol import types as lsp

from gym_lsp.server.failures import null_on_failure
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.state import State

_TRIGGERS = (":", ",")


def register(server: GymLanguageServer, state: State) -> None:
    """Register signature help."""

    @server.feature(lsp.TEXT_DOCUMENT_SIGNATURE_HELP, lsp.SignatureHelpOptions(trigger_characters=list(_TRIGGERS)))
    @null_on_failure("signature help")
    def signature_help(params: lsp.SignatureHelpParams) -> lsp.SignatureHelp | None:
        from gym_lsp.ide.signature import signature

        at = state.at(params.text_document.uri, params.position)
        found = None if at is None else signature(*at)
        if found is None:
            return None
        parameters = [
            lsp.ParameterInformation(found.label[each.span.start : each.span.end], each.meaning)
            for each in found.parameters
        ]
        information = lsp.SignatureInformation(found.label, found.meaning, parameters)
        return lsp.SignatureHelp([information], active_signature=0, active_parameter=max(0, found.active))
