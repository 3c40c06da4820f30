"""Hovers, as Markdown or as plain text."""

from __future__ import annotations

from lsprotocol import types as lsp

from gym_lsp.ide.hover import hover
from gym_lsp.server.failures import null_on_failure
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.state import State


def register(server: GymLanguageServer, state: State) -> None:
    """Register hover."""

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    @null_on_failure("hover")
    def show_hover(params: lsp.HoverParams) -> lsp.Hover | None:
        at = state.at(params.text_document.uri, params.position, in_rows=True, in_commands=True)
        if at is None:
            return None
        workspace, path, offset = at
        found = state.early(workspace, lambda workspace: hover(workspace, path, offset))
        if found is None:
            return None
        converter = state.session.converter()
        content = converter.markup(workspace, found.content, as_markdown=state.client.supports_markdown)
        return lsp.Hover(content, converter.range(path, found.span))
