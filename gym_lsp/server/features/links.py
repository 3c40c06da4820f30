"""Document links: the files to which paths in a file lead."""

from __future__ import annotations

from lsprotocol import types as lsp

from gym_lsp.ide.links import document_links
from gym_lsp.server.failures import null_on_failure
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.state import State
from gym_lsp.server.to_lsp import uri_of


def register(server: GymLanguageServer, state: State) -> None:
    """Register document links."""

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_LINK)
    @null_on_failure("links")
    def links(params: lsp.DocumentLinkParams) -> list[lsp.DocumentLink] | None:
        found = state.document(params.text_document.uri, in_commands=True)
        if found is None:
            return None
        converter = state.session.converter()
        return [
            lsp.DocumentLink(converter.range(found[1], each.span), target=uri_of(each.target))
            for each in document_links(*found)
        ]
