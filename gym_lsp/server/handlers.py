"""Each request and notification about documents: converted, asked, converted back. Nothing is decided here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from gym_lsp.server import diagnostics
from gym_lsp.server.code_actions import register_code_actions
from gym_lsp.server.commands import register_commands
from gym_lsp.server.content import register_content
from gym_lsp.server.decorations import register_decorations
from gym_lsp.server.lenses import register_lenses
from gym_lsp.server.lifecycle import begin_anew, register_lifecycle
from gym_lsp.server.navigation import register_navigation
from gym_lsp.server.reading import register_reading
from gym_lsp.server.state import State, answered
from gym_lsp.server.status import register_status
from gym_lsp.server.sync import Buffer, changed
from gym_lsp.server.to_lsp import path_of
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.workspace import YAML

if TYPE_CHECKING:
    from gym_lsp.server.app import GymLanguageServer

_Report = lsp.WorkspaceFullDocumentDiagnosticReport | lsp.WorkspaceUnchangedDocumentDiagnosticReport
_PART = 20
"""Reports of files in one part of an answer that is given in parts."""


def register(server: GymLanguageServer, state: State) -> None:
    """Register every feature."""
    register_lifecycle(server, state)
    _documents(server, state)
    _files(server, state)
    _diagnostics(server, state)
    register_code_actions(server, state)
    register_navigation(server, state)
    register_reading(server, state)
    register_decorations(server, state)
    register_lenses(server, state)
    register_content(server, state)
    register_commands(server, state)
    register_status(server, state)


def _documents(server: GymLanguageServer, state: State) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: lsp.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        path = path_of(document.uri)
        if path is not None:
            text = document.text.removeprefix("\ufeff")
            state.session.set_buffer(path, Buffer(document.uri, document.version, text))
            _file_changed(state, path)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: lsp.DidChangeTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        buffer = None if path is None else state.session.buffers.get(path)
        if path is not None and buffer is not None:
            after = changed(buffer, params.text_document.version, params.content_changes, state.session.encoding)
            state.session.set_buffer(path, after)
            _file_changed(state, path)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: lsp.DidCloseTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        if path is not None:
            state.session.set_buffer(path, None)
            state.told()

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: lsp.DidSaveTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        if path is not None:
            state.session.files_changed(_saved(path))
            state.told()


def _saved(path: PurePath) -> Change:
    """The change that saving a document is: one that is no config may be new on disk, and nothing reported it."""
    return Change.edit([path]) if path.suffix in YAML else Change(created_or_deleted=frozenset({path}))


def _file_changed(state: State, path: PurePath) -> None:
    if state.publisher is not None:
        state.publisher.file_changed(path)


def _files(server: GymLanguageServer, state: State) -> None:
    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_watched_files(params: lsp.DidChangeWatchedFilesParams) -> None:
        if answered("the look at the environment", state.session.renew):
            begin_anew(server, state)
        edited: set[PurePath] = set()
        created_or_deleted: set[PurePath] = set()
        for event in params.changes:
            path = path_of(event.uri)
            if path is not None and state.session.matters(path):
                (edited if event.type is lsp.FileChangeType.Changed else created_or_deleted).add(path)
        if change := Change(frozenset(edited), frozenset(created_or_deleted)):
            state.session.files_changed(change)
            state.told()


def _diagnostics(server: GymLanguageServer, state: State) -> None:
    options = lsp.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier="gym-lsp")

    @server.feature(lsp.TEXT_DOCUMENT_DIAGNOSTIC, options)
    async def document_diagnostic(params: lsp.DocumentDiagnosticParams) -> lsp.DocumentDiagnosticReport:
        if state.publisher is not None:
            # The first files are asked about while nothing is known yet; others are not to wait for that.
            await state.publisher.names_known.wait()
            path = path_of(params.text_document.uri)
            if path is not None:
                await diagnostics.prepare(state.session, path)
        items = answered("diagnostics", lambda: _items(state, params.text_document.uri)) or []
        key = diagnostics.digest(items)
        if key == params.previous_result_id:
            return lsp.RelatedUnchangedDocumentDiagnosticReport(result_id=key)
        return lsp.RelatedFullDocumentDiagnosticReport(items=items, result_id=key)

    @server.feature(lsp.WORKSPACE_DIAGNOSTIC)
    async def workspace_diagnostic(params: lsp.WorkspaceDiagnosticParams) -> lsp.WorkspaceDiagnosticReport:
        previous = {each.uri: each.value for each in params.previous_result_ids}
        while True:
            publisher = state.publisher
            event = None if publisher is None else publisher.changed
            reports, were_some = await _reports(server, state, previous, params.partial_result_token)
            # A client that was told once that nothing is wrong has no result ids to send.
            if were_some or event is None or not (previous or state.was_told):
                state.was_told = True
                return lsp.WorkspaceDiagnosticReport(items=reports)
            # Nothing is new: the request is held until something changes, so that the client need not ask again.
            await event.wait()
            await asyncio.sleep(diagnostics.SILENCE)


def _items(state: State, uri: str) -> list[lsp.Diagnostic]:
    found = state.document(uri)
    return [] if found is None else diagnostics.converted(state.session, found[1], state.session.converter())


async def _reports(
    server: GymLanguageServer, state: State, previous: dict[str, str], token: lsp.ProgressToken | None
) -> tuple[list[_Report], bool]:
    """The reports of the files that changed, those left out that were told in parts; and whether there were any."""
    reports: list[_Report] = []
    were_some = False
    async for report in _news(state, previous):
        were_some = True
        reports.append(report)
        if token is not None and len(reports) == _PART:
            server.protocol.notify(lsp.PROGRESS, lsp.ProgressParams(token, _part(reports)))
            reports = []
    return reports, were_some


def _part(reports: Iterable[_Report]) -> lsp.WorkspaceDiagnosticReportPartialResult:
    return lsp.WorkspaceDiagnosticReportPartialResult(items=list(reports))


async def _news(state: State, previous: dict[str, str]) -> AsyncIterator[_Report]:
    """The reports of the files whose findings are not those of `previous`, which maps URIs to result ids."""
    told = (path for uri in previous if (path := path_of(uri)) is not None)
    # What was told about a file that is gone has to be taken back.
    for path in dict.fromkeys((*diagnostics.paths_of(state.session), *told)):
        await diagnostics.prepare(state.session, path)
        await asyncio.sleep(0)
        # Between two files the text may have changed.
        converter = state.session.converter()
        uri = converter.uri(path)
        items = answered("diagnostics", lambda path=path, to=converter: diagnostics.converted(state.session, path, to))
        key = diagnostics.digest(items or ())
        if items is None or previous.get(uri) == key or (not items and uri not in previous):
            continue
        opened = state.session.opened(path)
        version = None if opened is None else opened.version
        yield lsp.WorkspaceFullDocumentDiagnosticReport(uri=uri, items=items, version=version, result_id=key)
