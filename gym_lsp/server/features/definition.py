"""Definition, declaration, type definition and implementation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from lsprotocol import types as lsp

from gym_lsp.ide import definition
from gym_lsp.server.failures import null_on_failure
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.state import State
from gym_lsp.workspace.workspace import Workspace

_Ask = Callable[[Workspace, PurePath, int], definition.Goto | None]
_METHODS: dict[str, _Ask] = {
    lsp.TEXT_DOCUMENT_DEFINITION: definition.definition,
    lsp.TEXT_DOCUMENT_DECLARATION: definition.declaration,
    lsp.TEXT_DOCUMENT_TYPE_DEFINITION: definition.type_definition,
    lsp.TEXT_DOCUMENT_IMPLEMENTATION: definition.implementation,
}


def register(server: GymLanguageServer, state: State) -> None:
    """Register the four requests for the places to which a name leads."""
    for method, ask in _METHODS.items():
        server.feature(method)(_handler(state, method, ask))


def _handler(
    state: State, method: str, ask: _Ask
) -> Callable[[lsp.DefinitionParams], list[lsp.LocationLink] | list[lsp.Location] | None]:
    @null_on_failure(method)
    def handler(params: lsp.DefinitionParams) -> list[lsp.LocationLink] | list[lsp.Location] | None:
        at = state.at(params.text_document.uri, params.position, in_rows=True, in_commands=True)
        found = None if at is None else ask(*at)
        if at is None or found is None or not found[1]:
            return None
        converter = state.session.converter()
        if not state.client.supports_links(method):
            return [converter.location(place) for place in found[1]]
        origin = converter.range(at[1], found[0])
        return [converter.link(origin, place) for place in found[1]]

    return handler
