"""The call hierarchy, which follows server refs, and the type hierarchy, which follows inheritance."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePath
from typing import Any, TypeVar, cast

from lsprotocol import types as lsp

from gym_lsp.ide import hierarchy
from gym_lsp.server.failures import null_on_failure
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.state import State
from gym_lsp.server.to_lsp import path_of
from gym_lsp.text import Span
from gym_lsp.workspace.workspace import Workspace

_Item = TypeVar("_Item", lsp.CallHierarchyItem, lsp.TypeHierarchyItem)
_Relate = Callable[[Workspace, hierarchy.Item], tuple[hierarchy.Relation, ...]]


def register(server: GymLanguageServer, state: State) -> None:
    """Register the call hierarchy and the type hierarchy."""
    _register_calls(server, state)
    _register_types(server, state)


def _register_calls(server: GymLanguageServer, state: State) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY)
    @null_on_failure("call hierarchy")
    def prepare_calls(params: lsp.CallHierarchyPrepareParams) -> list[lsp.CallHierarchyItem] | None:
        at = state.at(params.text_document.uri, params.position)
        items = () if at is None else hierarchy.call_items(*at)
        return [_item(lsp.CallHierarchyItem, state, each) for each in items] or None

    @server.feature(lsp.CALL_HIERARCHY_OUTGOING_CALLS)
    @null_on_failure("call hierarchy")
    def outgoing(params: lsp.CallHierarchyOutgoingCallsParams) -> list[lsp.CallHierarchyOutgoingCall]:
        source, related = _related(state, params.item.uri, params.item.data, hierarchy.outgoing_calls)
        return [
            lsp.CallHierarchyOutgoingCall(
                _item(lsp.CallHierarchyItem, state, each.item), _ranges(state, source, each.spans)
            )
            for each in related
        ]

    @server.feature(lsp.CALL_HIERARCHY_INCOMING_CALLS)
    @null_on_failure("call hierarchy")
    def incoming(params: lsp.CallHierarchyIncomingCallsParams) -> list[lsp.CallHierarchyIncomingCall]:
        _, related = _related(state, params.item.uri, params.item.data, hierarchy.incoming_calls)
        return [
            lsp.CallHierarchyIncomingCall(
                _item(lsp.CallHierarchyItem, state, each.item), _ranges(state, each.item.path, each.spans)
            )
            for each in related
        ]


def _register_types(server: GymLanguageServer, state: State) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_TYPE_HIERARCHY)
    @null_on_failure("type hierarchy")
    def prepare_types(params: lsp.TypeHierarchyPrepareParams) -> list[lsp.TypeHierarchyItem] | None:
        at = state.at(params.text_document.uri, params.position)
        items = () if at is None else hierarchy.type_items(*at)
        return [_item(lsp.TypeHierarchyItem, state, each) for each in items] or None

    @server.feature(lsp.TYPE_HIERARCHY_SUPERTYPES)
    @null_on_failure("type hierarchy")
    def supertypes(params: lsp.TypeHierarchySupertypesParams) -> list[lsp.TypeHierarchyItem]:
        return _related_types(state, params.item, hierarchy.supertypes)

    @server.feature(lsp.TYPE_HIERARCHY_SUBTYPES)
    @null_on_failure("type hierarchy")
    def subtypes(params: lsp.TypeHierarchySubtypesParams) -> list[lsp.TypeHierarchyItem]:
        return _related_types(state, params.item, hierarchy.subtypes)


def _related(state: State, uri: str, data: Any, relate: _Relate) -> tuple[PurePath, tuple[hierarchy.Relation, ...]]:
    """Return the path and the relations of an item that was sent before. It is found again by its key path."""
    path = path_of(uri) or PurePath()
    folder = state.session.folder_of(path)
    steps = cast("list[Any]", data) if isinstance(data, list) else []
    item = None if folder is None else hierarchy.item_at(folder.workspace, path, tuple(steps))
    if folder is None or item is None:
        return path, ()
    return path, relate(folder.workspace, item)


def _related_types(state: State, item: lsp.TypeHierarchyItem, relate: _Relate) -> list[lsp.TypeHierarchyItem]:
    return [_item(lsp.TypeHierarchyItem, state, each.item) for each in _related(state, item.uri, item.data, relate)[1]]


def _item(form: type[_Item], state: State, item: hierarchy.Item) -> _Item:
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
