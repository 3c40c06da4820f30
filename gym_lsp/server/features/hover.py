"""Hovers, as Markdown or as plain text."""

from __future__ import annotations

from lsprotocol import types as lsp

from gym_lsp.ide.hover import hover
from gym_lsp.ide.markdown import Link, render, unmarked
from gym_lsp.server.failures import null_on_failure
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.state import State
from gym_lsp.server.to_lsp import Converter


def register(server: GymLanguageServer, state: State) -> None:
    """Register hover."""

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    @null_on_failure("hover")
    def show_hover(params: lsp.HoverParams) -> lsp.Hover | None:
        at = state.at(params.text_document.uri, params.position)
        found = None if at is None else hover(*at)
        if at is None or found is None:
            return None
        converter = state.session.converter()
        if state.client.supports_markdown:
            content = render(found.content, lambda link: _link(converter, link))
            markup = lsp.MarkupContent(lsp.MarkupKind.Markdown, content)
        else:
            content = unmarked(found.content, lambda link: _label(converter, link))
            markup = lsp.MarkupContent(lsp.MarkupKind.PlainText, content)
        return lsp.Hover(markup, converter.range(at[1], found.span))


def _link(converter: Converter, link: Link) -> str:
    fragment = "" if link.offset is None else f"#L{converter.lines(link.path).line_of(link.offset) + 1}"
    return f"[{_label(converter, link)}]({converter.uri(link.path)}{fragment})"


def _label(converter: Converter, link: Link) -> str:
    """Return the text of a link with the line that it leads to."""
    if link.offset is None:
        return link.text
    return f"{link.text}:{converter.lines(link.path).line_of(link.offset) + 1}"
