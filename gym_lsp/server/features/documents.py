"""Notifications about documents that are opened, edited, closed and saved."""

from __future__ import annotations

from pathlib import PurePath

from lsprotocol import types as lsp

from gym_lsp.commands.parts import DOCUMENTS
from gym_lsp.server.features.watching import reindex
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.state import State
from gym_lsp.server.sync import Buffer, changed
from gym_lsp.server.to_lsp import path_of
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.workspace import YAML


def register(server: GymLanguageServer, state: State) -> None:
    """Register the synchronization of documents."""

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: lsp.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        path = path_of(document.uri)
        if path is not None:
            text = document.text.removeprefix("\ufeff")
            _apply(server, state, path, Buffer(document.uri, document.version, text), may_need_root=True)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: lsp.DidChangeTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        buffer = None if path is None else state.session.buffers.get(path)
        if path is not None and buffer is not None:
            after = changed(buffer, params.text_document.version, params.content_changes, state.session.encoding)
            # An edit can add the first command of a document.
            _apply(server, state, path, after, may_need_root=path.suffix in DOCUMENTS)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: lsp.DidCloseTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        if path is not None and state.session.set_buffer(path, None):
            state.schedule_recheck()

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: lsp.DidSaveTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        if path is not None and path.suffix not in DOCUMENTS:
            # Another file than a config can be new on disk, and watchers need not report it.
            is_config = path.suffix in YAML
            state.session.files_changed(
                Change.edit([path]) if is_config else Change(created_or_deleted=frozenset({path}))
            )
            state.schedule_recheck()


def _apply(server: GymLanguageServer, state: State, path: PurePath, buffer: Buffer, *, may_need_root: bool) -> None:
    """Apply that a document was opened or edited."""
    known = state.session.openings
    if not state.session.set_buffer(path, buffer):
        return
    if may_need_root and state.session.openings != known:
        # Its root is outside the folders of the client, or has not been found yet.
        reindex(server, state)
    elif state.scheduler is not None:
        state.scheduler.file_changed(path)
