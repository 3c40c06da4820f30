"""The request for a read-only document, and its refresh when an edit changes the document."""

from __future__ import annotations

from urllib.parse import urlsplit

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from gym_lsp.server.content import RESOLVED, SCHEME, document_text
from gym_lsp.server.failures import attempt
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.runs import RequestError
from gym_lsp.server.session import Session
from gym_lsp.server.state import State

_MOST = 32
"""How many resolved configurations are refreshed. A client does not report closed ones, so the oldest is dropped."""


def register(server: GymLanguageServer, state: State) -> None:
    """Register the request for a document, and refresh the resolved configurations that were sent."""
    sent: dict[str, str] = {}

    @server.feature(lsp.WORKSPACE_TEXT_DOCUMENT_CONTENT, lsp.TextDocumentContentRegistrationOptions(schemes=[SCHEME]))
    def text_document_content(params: lsp.TextDocumentContentParams) -> lsp.TextDocumentContentResult:
        try:
            text = document_text(state.session, params.uri)
        except RequestError as error:
            raise JsonRpcException(str(error), lsp.LSPErrorCodes.RequestFailed.value) from None
        if urlsplit(params.uri).path.startswith(RESOLVED):
            sent.pop(params.uri, None)
            sent[params.uri] = text
            if len(sent) > _MOST:
                del sent[next(iter(sent))]
        return lsp.TextDocumentContentResult(text)

    state.listeners.append(lambda: _refresh(server, state, sent))


def _refresh(server: GymLanguageServer, state: State, sent: dict[str, str]) -> None:
    """Request a refresh of the documents whose text has changed since it was sent."""
    for uri, text in list(sent.items()):
        now = attempt("the resolved document", lambda uri=uri: _text_or_reason(state.session, uri))
        if now != text:
            # A client that still shows the document requests it again, which adds it again.
            del sent[uri]
            server.workspace_text_document_content_refresh(lsp.TextDocumentContentRefreshParams(uri))


def _text_or_reason(session: Session, uri: str) -> str:
    try:
        return document_text(session, uri)
    except RequestError as error:
        return str(error)
