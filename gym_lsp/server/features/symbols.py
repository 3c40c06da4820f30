"""The outline of a file, and the search for symbols in all folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import PurePath

from lsprotocol import types as lsp

from gym_lsp.ide.symbols import Symbol, SymbolKind, document_symbols
from gym_lsp.ide.workspace_symbols import MOST, WorkspaceSymbol, workspace_symbols
from gym_lsp.server.failures import null_on_failure
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.parts import Parts, in_parts
from gym_lsp.server.session import Session
from gym_lsp.server.state import State
from gym_lsp.server.to_lsp import Converter

_KINDS = {
    SymbolKind.INSTANCE: lsp.SymbolKind.Object,
    SymbolKind.SERVER: lsp.SymbolKind.Class,
    SymbolKind.REF: lsp.SymbolKind.Interface,
    SymbolKind.DATASET: lsp.SymbolKind.Array,
    SymbolKind.SANDBOX: lsp.SymbolKind.Package,
    SymbolKind.PROVIDER: lsp.SymbolKind.Module,
    SymbolKind.INCLUDES: lsp.SymbolKind.Namespace,
    SymbolKind.FILE: lsp.SymbolKind.File,
    SymbolKind.VALUE: lsp.SymbolKind.Property,
    SymbolKind.ENVIRONMENT: lsp.SymbolKind.Module,
    SymbolKind.BENCHMARK: lsp.SymbolKind.Module,
    SymbolKind.AGENT: lsp.SymbolKind.Class,
}


def register(server: GymLanguageServer, state: State) -> None:
    """Register document symbols and workspace symbols."""

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    @null_on_failure("outline")
    def outline(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol] | list[lsp.SymbolInformation] | None:
        found = state.document(params.text_document.uri)
        if found is None or state.preferences.other_yaml_server:
            return None
        converter = state.session.converter()
        symbols = document_symbols(*found)
        if not state.client.supports_nested_symbols:
            return list(_flat(converter, found[1], symbols, None))
        return [_symbol(converter, found[1], each) for each in symbols]

    @server.feature(lsp.WORKSPACE_SYMBOL)
    @null_on_failure("workspace symbols")
    def find_symbols(params: lsp.WorkspaceSymbolParams) -> list[lsp.WorkspaceSymbol] | Parts:
        token = params.partial_result_token
        # A client that accepts parts can cancel the request when it has enough.
        found = _found(state.session.frozen(), params.query, None if token is not None else MOST)
        return in_parts(token, found)


def _found(session: Session, text: str, most: int | None) -> Iterator[lsp.WorkspaceSymbol]:
    """Yield the symbols of all folders, at most so many of each folder."""
    converter = session.converter()
    # Folders can share an install root or contain each other, so a symbol can be found twice.
    seen: set[WorkspaceSymbol] = set()
    for folder in session.folders.values():
        for each in islice(workspace_symbols(folder.workspace, text), most):
            if each not in seen:
                seen.add(each)
                yield lsp.WorkspaceSymbol(
                    location=converter.location(each.place),
                    name=each.name,
                    kind=_KINDS[each.kind],
                    container_name=each.container or None,
                )


def _flat(
    converter: Converter, path: PurePath, symbols: Iterable[Symbol], container: str | None
) -> Iterator[lsp.SymbolInformation]:
    """Yield the outline as a list for clients without trees. Each symbol contains the name of its parent."""
    for symbol in symbols:
        place = lsp.Location(converter.uri(path), converter.range(path, symbol.span))
        yield lsp.SymbolInformation(place, symbol.name, _KINDS[symbol.kind], container_name=container)
        yield from _flat(converter, path, symbol.children, symbol.name)


def _symbol(converter: Converter, path: PurePath, symbol: Symbol) -> lsp.DocumentSymbol:
    return lsp.DocumentSymbol(
        name=symbol.name,
        kind=_KINDS[symbol.kind],
        range=converter.range(path, symbol.span),
        selection_range=converter.range(path, symbol.selection),
        detail=symbol.detail or None,
        children=[_symbol(converter, path, each) for each in symbol.children],
    )
