"""Each request and notification: converted, asked, converted back. Nothing is decided here."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeVar, cast

from lsprotocol import types as lsp

from gym_lsp.diagnostic import Applicability, Diagnostic, Fix
from gym_lsp.server import diagnostics
from gym_lsp.server.decorations import register_decorations
from gym_lsp.server.navigation import register_navigation
from gym_lsp.server.polling import poll
from gym_lsp.server.reading import register_reading
from gym_lsp.server.session import ClientSettings, Session
from gym_lsp.server.state import State, answered, options_of
from gym_lsp.server.sync import Buffer, changed, position_of
from gym_lsp.server.to_lsp import path_of
from gym_lsp.text import Encoding, Span
from gym_lsp.workspace.workspace import YAML

if TYPE_CHECKING:
    from gym_lsp.server.app import GymLanguageServer

LANGUAGES = ("yaml",)
FIX_ALL = f"{lsp.CodeActionKind.SourceFixAll.value}.gymLsp"
_WATCHED = ("**/*.yaml", "**/*.yml", "**/gym-lsp.toml", "**/pyproject.toml", "**/*.jsonl", "**/*.py")
_log = logging.getLogger("gym_lsp")
_Result = TypeVar("_Result")


def register(server: GymLanguageServer) -> None:
    """Register every feature."""
    state = State()
    _lifecycle(server, state)
    _synchronisation(server, state)
    _diagnostics(server, state)
    _code_actions(server, state)
    register_navigation(server, state)
    register_reading(server, state)
    register_decorations(server, state)


def _lifecycle(server: GymLanguageServer, state: State) -> None:
    @server.feature(lsp.INITIALIZE)
    def initialize(params: lsp.InitializeParams) -> None:
        general = params.capabilities.general
        offered = list(general.position_encodings or ()) if general is not None else []
        chosen = next((each for each in offered if each in _ENCODINGS), lsp.PositionEncodingKind.Utf16)
        environment = {name: value if name == "NEMO_GYM_EXTRA_ROOTS" else "" for name, value in os.environ.items()}
        state.capabilities = params.capabilities
        state.options = options_of(params.initialization_options)
        state.session = Session(_ENCODINGS[lsp.PositionEncodingKind(chosen)], environment)
        state.session.configure(_client_settings(params.initialization_options))
        for folder in _folders(params):
            state.session.open_folder(folder)
        state.publisher = diagnostics.Publisher(
            state.session,
            server.text_document_publish_diagnostics,
            lambda: _refresh(server),
            pulls=state.pulls,
        )
        if not state.pulls:
            # A client that is told and may ask as well would show everything twice.
            features = cast("dict[str, Any]", server.protocol.fm.features)  # pyright: ignore[reportUnknownMemberType]
            for method in (lsp.TEXT_DOCUMENT_DIAGNOSTIC, lsp.WORKSPACE_DIAGNOSTIC):
                features.pop(method, None)

    @server.feature(lsp.INITIALIZED)
    def initialized(params: lsp.InitializedParams) -> None:
        from gym_lsp.server.app import watch_parent

        loop = asyncio.get_running_loop()
        state.tasks.append(loop.create_task(watch_parent(server.process_id)))
        if _watches(state.capabilities):
            _register_watchers(server)
        else:
            state.tasks.append(loop.create_task(poll(state.session, lambda: _told(state))))
        if state.publisher is not None:
            state.publisher.others_changed()

    @server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def did_change_configuration(params: lsp.DidChangeConfigurationParams) -> None:
        settings: Any = params.settings
        given = cast("dict[str, Any]", settings) if isinstance(settings, dict) else {}
        state.session.configure(_client_settings(given.get("gymLsp", given)))
        _told(state)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def did_change_folders(params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        for folder in params.event.removed:
            path = path_of(folder.uri)
            if path is not None:
                state.session.close_folder(path)
        for folder in params.event.added:
            path = path_of(folder.uri)
            if path is not None:
                state.session.open_folder(path)
        _told(state)


_ENCODINGS = {
    lsp.PositionEncodingKind.Utf8: Encoding.UTF8,
    lsp.PositionEncodingKind.Utf16: Encoding.UTF16,
    lsp.PositionEncodingKind.Utf32: Encoding.UTF32,
}


def _told(state: State) -> None:
    if state.publisher is not None:
        state.publisher.others_changed()


def _folders(params: lsp.InitializeParams) -> list[PurePath]:
    given = [folder.uri for folder in params.workspace_folders or ()]
    if not given and params.root_uri:
        given = [params.root_uri]
    folders = [path for uri in given if (path := path_of(uri)) is not None]
    if not folders and params.root_path:
        folders = [PurePath(params.root_path)]
    return folders


def _client_settings(options: Any) -> ClientSettings:
    if not isinstance(options, dict):
        return ClientSettings()
    given = cast("dict[str, Any]", options)

    def path(name: str) -> PurePath | None:
        value = given.get(name)
        return PurePath(value) if isinstance(value, str) and value else None

    folders: list[Any] = given.get("searchDirs") or []
    return ClientSettings(
        path("gymRoot"), path("pythonEnvironment"), tuple(PurePath(each) for each in folders if isinstance(each, str))
    )


def _watches(capabilities: lsp.ClientCapabilities) -> bool:
    workspace = capabilities.workspace
    watched = None if workspace is None else workspace.did_change_watched_files
    return watched is not None and bool(watched.dynamic_registration)


def _register_watchers(server: GymLanguageServer) -> None:
    watchers = [lsp.FileSystemWatcher(glob_pattern=pattern) for pattern in _WATCHED]
    options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers=watchers)
    registration = lsp.Registration("gym-lsp-files", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    server.client_register_capability(lsp.RegistrationParams([registration]))


def _refresh(server: GymLanguageServer) -> None:
    server.workspace_diagnostic_refresh(None)


def _synchronisation(server: GymLanguageServer, state: State) -> None:
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
            _told(state)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: lsp.DidSaveTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        if path is not None:
            state.session.files_changed([path], files_came_or_went=path.suffix not in YAML)
            _told(state)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_watched_files(params: lsp.DidChangeWatchedFilesParams) -> None:
        paths = [path for change in params.changes if (path := path_of(change.uri)) is not None]
        came_or_went = any(change.type is not lsp.FileChangeType.Changed for change in params.changes)
        state.session.files_changed(paths, files_came_or_went=came_or_went)
        _told(state)


def _file_changed(state: State, path: PurePath) -> None:
    if state.publisher is not None:
        state.publisher.file_changed(path)


def _diagnostics(server: GymLanguageServer, state: State) -> None:
    options = lsp.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier="gym-lsp")

    @server.feature(lsp.TEXT_DOCUMENT_DIAGNOSTIC, options)
    def document_diagnostic(params: lsp.DocumentDiagnosticParams) -> lsp.DocumentDiagnosticReport:
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
            reports = await _workspace_reports(state, previous)
            # A client that was told once that nothing is wrong has no result ids to send.
            if reports or event is None or not (previous or state.told_revision == state.session.revision):
                state.told_revision = state.session.revision
                return lsp.WorkspaceDiagnosticReport(items=reports)
            # Nothing is new: the request is held until something changes, so that the client need not ask again.
            await event.wait()
            await asyncio.sleep(diagnostics.SILENCE)


async def _workspace_reports(
    state: State, previous: dict[str, str]
) -> list[lsp.WorkspaceFullDocumentDiagnosticReport | lsp.WorkspaceUnchangedDocumentDiagnosticReport]:
    reports: list[lsp.WorkspaceFullDocumentDiagnosticReport | lsp.WorkspaceUnchangedDocumentDiagnosticReport] = []
    converter = state.session.converter()
    told = (path for uri in previous if (path := path_of(uri)) is not None)
    # What was told about a file that is gone has to be taken back.
    for path in dict.fromkeys((*diagnostics.paths_of(state.session), *told)):
        await asyncio.sleep(0)
        uri = converter.uri(path)
        items = answered("diagnostics", lambda path=path: diagnostics.converted(state.session, path, converter)) or []
        key = diagnostics.digest(items)
        if previous.get(uri) == key or (not items and uri not in previous):
            continue
        buffer = state.session.buffers.get(path)
        version = None if buffer is None else buffer.version
        reports.append(lsp.WorkspaceFullDocumentDiagnosticReport(uri=uri, items=items, version=version, result_id=key))
    return reports


def _items(state: State, uri: str) -> list[lsp.Diagnostic]:
    found = state.document(uri)
    return [] if found is None else diagnostics.converted(state.session, found[1], state.session.converter())


def _code_actions(server: GymLanguageServer, state: State) -> None:
    kinds = [lsp.CodeActionKind.QuickFix, lsp.CodeActionKind(lsp.CodeActionKind.SourceFixAll)]
    options = lsp.CodeActionOptions(code_action_kinds=[*kinds, FIX_ALL])

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, options)
    def code_action(params: lsp.CodeActionParams) -> list[lsp.CodeAction] | None:
        return answered("code actions", lambda: _actions(state, params))


def _actions(state: State, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    found = state.document(params.text_document.uri)
    if found is None:
        return []
    _, path = found
    converter = state.session.converter()
    index = converter.lines(path)
    start = index.offset(position_of(params.range.start), state.session.encoding)
    end = index.offset(position_of(params.range.end), state.session.encoding)
    findings = diagnostics.findings(state.session, path)
    actions: list[lsp.CodeAction] = []
    for finding in findings:
        if finding.span.start <= end and start <= finding.span.end and _wants(params, lsp.CodeActionKind.QuickFix):
            actions.extend(_action(finding, fix, state) for fix in finding.fixes)
    safe = [fix for finding in findings for fix in finding.fixes if fix.applicability is Applicability.SAFE]
    if safe and _wants(params, FIX_ALL):
        edits = converter.workspace_edit(_apart([edit for fix in safe for edit in fix.edits]))
        actions.append(lsp.CodeAction("Fix all that is safe to fix", kind=FIX_ALL, edit=edits))
    return actions


def _wants(params: lsp.CodeActionParams, kind: str) -> bool:
    only = params.context.only
    return only is None or any(kind == each or kind.startswith(f"{each}.") for each in only)


def _action(finding: Diagnostic, fix: Fix, state: State) -> lsp.CodeAction:
    converter = state.session.converter()
    return lsp.CodeAction(
        fix.title,
        kind=lsp.CodeActionKind.QuickFix,
        diagnostics=diagnostics.as_told([finding], converter),
        is_preferred=fix.applicability is Applicability.SAFE or None,
        edit=converter.workspace_edit(fix.edits),
    )


def _apart(edits: list[Any]) -> list[Any]:
    """The edits that do not overlap an earlier one; the rest can be made in the next round."""
    kept: list[Any] = []
    taken: dict[PurePath, list[Span]] = {}
    for each in edits:
        spans = taken.setdefault(each.path, [])
        if all(each.edit.span.end <= span.start or span.end <= each.edit.span.start for span in spans):
            spans.append(each.edit.span)
            kept.append(each)
    return kept
