"""Diagnostics for clients that pull them, with result ids so that unchanged lists are not sent again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import PurePath

from lsprotocol import types as lsp

from gym_lsp.project import NAME
from gym_lsp.server import scheduler
from gym_lsp.server.diagnostics import digest, early_diagnostics, file_diagnostics, paths_of, prepare
from gym_lsp.server.failures import attempt
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.session import Session
from gym_lsp.server.state import State
from gym_lsp.server.to_lsp import Converter, path_of

_Report = lsp.WorkspaceFullDocumentDiagnosticReport | lsp.WorkspaceUnchangedDocumentDiagnosticReport
_PART = 20
"""Reports in one partial result."""


def register(server: GymLanguageServer, state: State) -> None:
    """Register the diagnostics of a document and of the workspace."""
    options = lsp.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier=NAME)

    @server.feature(lsp.TEXT_DOCUMENT_DIAGNOSTIC, options)
    async def document_diagnostic(params: lsp.DocumentDiagnosticParams) -> lsp.DocumentDiagnosticReport:
        items = await _items(state, path_of(params.text_document.uri))
        result_id = digest(items)
        if result_id == params.previous_result_id:
            return lsp.RelatedUnchangedDocumentDiagnosticReport(result_id=result_id)
        return lsp.RelatedFullDocumentDiagnosticReport(items=items, result_id=result_id)

    @server.feature(lsp.WORKSPACE_DIAGNOSTIC)
    async def workspace_diagnostic(params: lsp.WorkspaceDiagnosticParams) -> lsp.WorkspaceDiagnosticReport:
        previous = {each.uri: each.value for each in params.previous_result_ids}
        while True:
            event = None if state.scheduler is None else state.scheduler.changed
            reports, were_some = await _reports(server, state, previous, params.partial_result_token)
            # After an empty answer, a repeated request has no result ids and looks like a first one.
            if were_some or event is None or not (previous or state.has_reported_workspace):
                state.has_reported_workspace = True
                return lsp.WorkspaceDiagnosticReport(items=reports)
            # Nothing has changed: the answer waits for a change, so that the client need not repeat its request.
            await event.wait()
            await asyncio.sleep(scheduler.SILENCE)


async def _items(state: State, path: PurePath | None) -> list[lsp.Diagnostic]:
    if path is None:
        return []
    if state.is_unindexed and (early := _answer(state, path, early_diagnostics)) is not None:
        return early
    if state.scheduler is not None:
        # The first requests come before anything is indexed. Other messages can be handled during this wait.
        await state.scheduler.names_known.wait()
        await prepare(state.session, path)
    return _answer(state, path, file_diagnostics) or []


def _answer(
    state: State, path: PurePath, diagnostics: Callable[[Session, PurePath, Converter], list[lsp.Diagnostic] | None]
) -> list[lsp.Diagnostic] | None:
    return attempt("diagnostics", lambda: diagnostics(state.session, path, state.session.converter()))


async def _reports(
    server: GymLanguageServer, state: State, previous: dict[str, str], token: lsp.ProgressToken | None
) -> tuple[list[_Report], bool]:
    """Return the reports of changed files, and whether there are any. With a token, all of them are sent in parts."""
    reports: list[_Report] = []
    were_some = False

    def send(token: lsp.ProgressToken) -> None:
        part = lsp.WorkspaceDiagnosticReportPartialResult(items=tuple(reports))
        server.protocol.notify(lsp.PROGRESS, lsp.ProgressParams(token, part))
        reports.clear()

    async for report in _changed_reports(state, previous):
        were_some = True
        reports.append(report)
        if token is not None and len(reports) == _PART:
            send(token)
    if token is not None and reports:
        send(token)
    return reports, were_some


async def _changed_reports(state: State, previous: dict[str, str]) -> AsyncIterator[_Report]:
    """Yield the reports of files whose diagnostics differ from `previous`, which maps URIs to result ids."""
    reported = (path for uri in previous if (path := path_of(uri)) is not None)
    # The diagnostics of a file that no longer exists must be cleared.
    for path in dict.fromkeys((*paths_of(state.session), *reported)):
        await prepare(state.session, path)
        await asyncio.sleep(0)
        # The texts can change between two files, so each file needs a new converter.
        converter = state.session.converter()
        uri = converter.uri(path)
        items = attempt("diagnostics", lambda path=path, to=converter: file_diagnostics(state.session, path, to))
        result_id = digest(items or ())
        if items is None or previous.get(uri) == result_id or (not items and uri not in previous):
            continue
        opened = state.session.opened(path)
        version = None if opened is None else opened.version
        yield lsp.WorkspaceFullDocumentDiagnosticReport(uri=uri, items=items, version=version, result_id=result_id)
