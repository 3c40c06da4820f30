"""Definitions, references, renames, symbols, links and hierarchies: asked of `ide`, told to the client."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types as lsp

from gym_lsp.ide import definition, hierarchy, references, rename
from gym_lsp.ide.folding import folding_ranges
from gym_lsp.ide.links import document_links
from gym_lsp.ide.moving import will_rename_files
from gym_lsp.ide.selection import selection_ranges
from gym_lsp.ide.symbols import Symbol, SymbolKind, document_symbols
from gym_lsp.ide.workspace_symbols import workspace_symbols
from gym_lsp.server.state import State, answered
from gym_lsp.server.to_lsp import Converter, path_of, uri_of
from gym_lsp.text import Span
from gym_lsp.workspace.workspace import Workspace

if TYPE_CHECKING:
    from gym_lsp.server.app import GymLanguageServer

HierarchyItem = TypeVar("HierarchyItem", lsp.CallHierarchyItem, lsp.TypeHierarchyItem)

_GOTO: dict[str, Callable[[Workspace, PurePath, int], definition.Goto | None]] = {
    lsp.TEXT_DOCUMENT_DEFINITION: definition.definition,
    lsp.TEXT_DOCUMENT_DECLARATION: definition.declaration,
    lsp.TEXT_DOCUMENT_TYPE_DEFINITION: definition.type_definition,
    lsp.TEXT_DOCUMENT_IMPLEMENTATION: definition.implementation,
}
_SYMBOLS = {
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


def register_navigation(server: GymLanguageServer, state: State) -> None:
    """Register every feature that leads from one place to others."""
    _goto(server, state)
    _references(server, state)
    _rename(server, state)
    _symbols(server, state)
    _shapes(server, state)
    _calls(server, state)
    _types(server, state)


def _goto(server: GymLanguageServer, state: State) -> None:
    for method, ask in _GOTO.items():
        server.feature(method)(_goto_handler(state, method, ask))


def _goto_handler(
    state: State, method: str, ask: Callable[[Workspace, PurePath, int], definition.Goto | None]
) -> Callable[[lsp.DefinitionParams], list[lsp.LocationLink] | list[lsp.Location] | None]:
    def handler(params: lsp.DefinitionParams) -> list[lsp.LocationLink] | list[lsp.Location] | None:
        return answered(method, lambda: _links(state, params, ask, linked=state.client.takes_links(method)))

    return handler


def _links(
    state: State,
    params: lsp.DefinitionParams,
    ask: Callable[[Workspace, PurePath, int], definition.Goto | None],
    *,
    linked: bool,
) -> list[lsp.LocationLink] | list[lsp.Location] | None:
    at = state.at(params.text_document.uri, params.position)
    found = None if at is None else ask(*at)
    if at is None or found is None or not found[1]:
        return None
    converter = state.session.converter()
    if not linked:
        return [converter.location(place) for place in found[1]]
    origin = converter.range(at[1], found[0])
    return [converter.link(origin, place) for place in found[1]]


def _references(server: GymLanguageServer, state: State) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def find_references(params: lsp.ReferenceParams) -> list[lsp.Location] | None:
        def ask() -> list[lsp.Location] | None:
            at = state.at(params.text_document.uri, params.position)
            if at is None:
                return None
            found = references.references(*at, include_declaration=params.context.include_declaration)
            converter = state.session.converter()
            return [lsp.Location(converter.uri(each.path), converter.range(each.path, each.span)) for each in found]

        return answered("references", ask)

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def highlight(params: lsp.DocumentHighlightParams) -> list[lsp.DocumentHighlight] | None:
        def ask() -> list[lsp.DocumentHighlight] | None:
            at = state.at(params.text_document.uri, params.position)
            if at is None:
                return None
            converter = state.session.converter()
            return [
                lsp.DocumentHighlight(
                    converter.range(each.path, each.span),
                    lsp.DocumentHighlightKind.Write if each.is_definition else lsp.DocumentHighlightKind.Read,
                )
                for each in references.highlights(*at)
            ]

        return answered("highlights", ask)


def _rename(server: GymLanguageServer, state: State) -> None:
    from pygls.exceptions import JsonRpcException

    def refused(refusal: rename.Refusal) -> JsonRpcException:
        return JsonRpcException(refusal.reason, lsp.LSPErrorCodes.RequestFailed.value)

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare_rename(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
        at = state.at(params.text_document.uri, params.position)
        found = None if at is None else answered("rename", lambda: rename.prepare_rename(*at))
        if isinstance(found, rename.Refusal):
            raise refused(found)
        if at is None or found is None:
            return None
        return lsp.PrepareRenamePlaceholder(state.session.converter().range(at[1], found.span), found.name)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    def rename_symbol(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        at = state.at(params.text_document.uri, params.position)
        found = None if at is None else answered("rename", lambda: rename.rename(*at, params.new_name))
        if isinstance(found, rename.Refusal):
            raise refused(found)
        return None if found is None else state.session.converter().workspace_edit(found)

    filters = [lsp.FileOperationFilter(lsp.FileOperationPattern("**/*"), scheme="file")]

    @server.feature(lsp.WORKSPACE_WILL_RENAME_FILES, lsp.FileOperationRegistrationOptions(filters))
    def will_rename(params: lsp.RenameFilesParams) -> lsp.WorkspaceEdit | None:
        def ask() -> lsp.WorkspaceEdit:
            moves = {
                old: new
                for each in params.files
                if (old := path_of(each.old_uri)) is not None and (new := path_of(each.new_uri)) is not None
            }
            edits = [edit for view in state.session.views.values() for edit in will_rename_files(view.workspace, moves)]
            return state.session.converter().workspace_edit(dict.fromkeys(edits))

        return answered("renamed files", ask)


def _symbols(server: GymLanguageServer, state: State) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def outline(
        params: lsp.DocumentSymbolParams,
    ) -> list[lsp.DocumentSymbol] | list[lsp.SymbolInformation] | None:
        def ask() -> list[lsp.DocumentSymbol] | list[lsp.SymbolInformation] | None:
            found = state.document(params.text_document.uri)
            if found is None or state.preferences.other_yaml_server:
                return None
            converter = state.session.converter()
            symbols = document_symbols(*found)
            if not state.client.takes_nested_symbols:
                return list(_flat(converter, found[1], symbols, None))
            return [_symbol(converter, found[1], each) for each in symbols]

        return answered("outline", ask)

    @server.feature(lsp.WORKSPACE_SYMBOL)
    def find_symbols(params: lsp.WorkspaceSymbolParams) -> list[lsp.WorkspaceSymbol] | None:
        def ask() -> list[lsp.WorkspaceSymbol]:
            converter = state.session.converter()
            # Folders may share an install root, or lie in one another.
            views = state.session.views.values()
            found = dict.fromkeys(each for view in views for each in workspace_symbols(view.workspace, params.query))
            return [
                lsp.WorkspaceSymbol(
                    location=converter.location(each.place),
                    name=each.name,
                    kind=_SYMBOLS[each.kind],
                    container_name=each.container or None,
                )
                for each in found
            ]

        return answered("workspace symbols", ask)


def _flat(
    converter: Converter, path: PurePath, symbols: Iterable[Symbol], container: str | None
) -> Iterator[lsp.SymbolInformation]:
    """The outline for clients that know no trees: each symbol names the one that holds it."""
    for symbol in symbols:
        place = lsp.Location(converter.uri(path), converter.range(path, symbol.span))
        yield lsp.SymbolInformation(place, symbol.name, _SYMBOLS[symbol.kind], container_name=container)
        yield from _flat(converter, path, symbol.children, symbol.name)


def _symbol(converter: Converter, path: PurePath, symbol: Symbol) -> lsp.DocumentSymbol:
    return lsp.DocumentSymbol(
        name=symbol.name,
        kind=_SYMBOLS[symbol.kind],
        range=converter.range(path, symbol.span),
        selection_range=converter.range(path, symbol.selection),
        detail=symbol.detail or None,
        children=[_symbol(converter, path, each) for each in symbol.children],
    )


def _shapes(server: GymLanguageServer, state: State) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_LINK)
    def links(params: lsp.DocumentLinkParams) -> list[lsp.DocumentLink] | None:
        def ask() -> list[lsp.DocumentLink] | None:
            found = state.document(params.text_document.uri)
            if found is None:
                return None
            converter = state.session.converter()
            return [
                lsp.DocumentLink(converter.range(found[1], each.span), target=uri_of(each.target))
                for each in document_links(*found)
            ]

        return answered("links", ask)

    @server.feature(lsp.TEXT_DOCUMENT_FOLDING_RANGE)
    def folds(params: lsp.FoldingRangeParams) -> list[lsp.FoldingRange] | None:
        def ask() -> list[lsp.FoldingRange] | None:
            found = state.document(params.text_document.uri)
            if found is None or state.preferences.other_yaml_server:
                return None
            converter = state.session.converter()
            ranges = [(converter.range(found[1], fold.span), fold) for fold in folding_ranges(*found)]
            return [lsp.FoldingRange(each.start.line, each.end.line, kind=fold.kind.value) for each, fold in ranges]

        return answered("folding", ask)

    @server.feature(lsp.TEXT_DOCUMENT_SELECTION_RANGE)
    def selections(params: lsp.SelectionRangeParams) -> list[lsp.SelectionRange] | None:
        def ask() -> list[lsp.SelectionRange]:
            converter = state.session.converter()
            found: list[lsp.SelectionRange] = []
            for position in params.positions:
                at = state.at(params.text_document.uri, position)
                spans = () if at is None else selection_ranges(*at)
                path = None if at is None else at[1]
                found.append(_nested(converter, path, spans) or lsp.SelectionRange(lsp.Range(position, position)))
            return found

        return answered("selection", ask)


def _nested(converter: Converter, path: PurePath | None, spans: Sequence[Span]) -> lsp.SelectionRange | None:
    """The spans as a chain, the outermost as the last parent."""
    chain: lsp.SelectionRange | None = None
    for span in sorted(spans, key=lambda span: span.start - span.end):
        assert path is not None
        chain = lsp.SelectionRange(converter.range(path, span), chain)
    return chain


def _calls(server: GymLanguageServer, state: State) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY)
    def prepare_calls(params: lsp.CallHierarchyPrepareParams) -> list[lsp.CallHierarchyItem] | None:
        def ask() -> list[lsp.CallHierarchyItem] | None:
            at = state.at(params.text_document.uri, params.position)
            items = () if at is None else hierarchy.call_items(*at)
            return [_item(lsp.CallHierarchyItem, state, each) for each in items] or None

        return answered("call hierarchy", ask)

    @server.feature(lsp.CALL_HIERARCHY_OUTGOING_CALLS)
    def outgoing(params: lsp.CallHierarchyOutgoingCallsParams) -> list[lsp.CallHierarchyOutgoingCall] | None:
        def ask() -> list[lsp.CallHierarchyOutgoingCall]:
            source, related = _related(state, params.item.uri, params.item.data, hierarchy.outgoing_calls)
            return [
                lsp.CallHierarchyOutgoingCall(
                    _item(lsp.CallHierarchyItem, state, each.item), _ranges(state, source, each.spans)
                )
                for each in related
            ]

        return answered("call hierarchy", ask)

    @server.feature(lsp.CALL_HIERARCHY_INCOMING_CALLS)
    def incoming(params: lsp.CallHierarchyIncomingCallsParams) -> list[lsp.CallHierarchyIncomingCall] | None:
        def ask() -> list[lsp.CallHierarchyIncomingCall]:
            _, related = _related(state, params.item.uri, params.item.data, hierarchy.incoming_calls)
            return [
                lsp.CallHierarchyIncomingCall(
                    _item(lsp.CallHierarchyItem, state, each.item), _ranges(state, each.item.path, each.spans)
                )
                for each in related
            ]

        return answered("call hierarchy", ask)


def _types(server: GymLanguageServer, state: State) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_TYPE_HIERARCHY)
    def prepare_types(params: lsp.TypeHierarchyPrepareParams) -> list[lsp.TypeHierarchyItem] | None:
        def ask() -> list[lsp.TypeHierarchyItem] | None:
            at = state.at(params.text_document.uri, params.position)
            items = () if at is None else hierarchy.type_items(*at)
            return [_item(lsp.TypeHierarchyItem, state, each) for each in items] or None

        return answered("type hierarchy", ask)

    @server.feature(lsp.TYPE_HIERARCHY_SUPERTYPES)
    def supertypes(params: lsp.TypeHierarchySupertypesParams) -> list[lsp.TypeHierarchyItem] | None:
        return answered("type hierarchy", lambda: _related_types(state, params.item, hierarchy.supertypes))

    @server.feature(lsp.TYPE_HIERARCHY_SUBTYPES)
    def subtypes(params: lsp.TypeHierarchySubtypesParams) -> list[lsp.TypeHierarchyItem] | None:
        return answered("type hierarchy", lambda: _related_types(state, params.item, hierarchy.subtypes))


_Relate = Callable[[Workspace, hierarchy.Item], tuple[hierarchy.Relation, ...]]


def _related(state: State, uri: str, data: Any, relate: _Relate) -> tuple[PurePath, tuple[hierarchy.Relation, ...]]:
    """The relations of an item that was handed out before, looked up again by its key path."""
    path = path_of(uri) or PurePath()
    view = state.session.view_of(path)
    item = None if view is None else hierarchy.item_at(view.workspace, path, tuple(data or ()))
    if view is None or item is None:
        return path, ()
    return path, relate(view.workspace, item)


def _related_types(state: State, item: lsp.TypeHierarchyItem, relate: _Relate) -> list[lsp.TypeHierarchyItem]:
    return [_item(lsp.TypeHierarchyItem, state, each.item) for each in _related(state, item.uri, item.data, relate)[1]]


def _item(form: type[HierarchyItem], state: State, item: hierarchy.Item) -> HierarchyItem:
    converter = state.session.converter()
    return form(
        name=item.name,
        kind=lsp.SymbolKind.Object,
        uri=converter.uri(item.path),
        range=converter.range(item.path, item.span),
        selection_range=converter.range(item.path, item.selection),
        detail=item.detail or None,
        data=list(item.steps),
    )


def _ranges(state: State, path: PurePath, spans: Iterable[Span]) -> list[lsp.Range]:
    converter = state.session.converter()
    return [converter.range(path, span) for span in spans]
