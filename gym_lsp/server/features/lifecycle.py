"""The lifecycle of the connection: initialize, initialized and shutdown."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import Any, cast

from lsprotocol import types as lsp

from gym_lsp.cache.observed import MOST_KINDS, Observed
from gym_lsp.files import Disk
from gym_lsp.gym.roots import environment_of
from gym_lsp.server.capabilities import Capabilities
from gym_lsp.server.features.commands import withdraw_commands
from gym_lsp.server.features.settings import refresh, register_with_client, request_settings
from gym_lsp.server.features.watching import follow_files
from gym_lsp.server.keeping import Keeping, keeping
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.parent import watch_parent
from gym_lsp.server.preferences import folder_settings, mapping_of
from gym_lsp.server.progress import Progress
from gym_lsp.server.publishing import Publisher
from gym_lsp.server.scheduler import Scheduler
from gym_lsp.server.session import Session
from gym_lsp.server.state import State
from gym_lsp.server.to_lsp import path_of
from gym_lsp.text import Encoding

_ENCODINGS = {
    lsp.PositionEncodingKind.Utf8: Encoding.UTF8,
    lsp.PositionEncodingKind.Utf16: Encoding.UTF16,
    lsp.PositionEncodingKind.Utf32: Encoding.UTF32,
}
_TITLE = "Reading the NeMo Gym configs"


def register(server: GymLanguageServer, state: State) -> None:
    """Register what begins and ends a connection."""

    @server.feature(lsp.INITIALIZE)
    def initialize(params: lsp.InitializeParams) -> None:
        state.client = Capabilities(params.capabilities)
        state.initial = mapping_of(params.initialization_options)
        state.options = state.initial
        observed = Observed(Disk(), MOST_KINDS) if state.preferences.cache else None
        environment = environment_of(os.environ)
        state.session = Session(_encoding(params.capabilities), environment, state.client.forms, observed)
        if not state.client.watches_outside:
            state.session.record_reads()
        state.session.configure(folder_settings(state.options))
        state.session.has_other_yaml_server = state.preferences.other_yaml_server
        state.session.most_rows = state.preferences.rows
        state.session.shown = state.preferences.shown
        state.session.documents = state.preferences.documents
        for folder in _folders(params):
            state.session.open_folder(folder)
        state.scheduler = _scheduler(server, state, None if observed is None else keeping(state.session, observed))
        withdraw_commands(server, state)
        if params.trace is not None:
            server.protocol.trace = params.trace
        if not state.client.pulls:
            # A client that gets published diagnostics and may also pull them would display each one twice.
            features = cast("dict[str, Any]", server.protocol.fm.features)  # pyright: ignore[reportUnknownMemberType]
            for method in (lsp.TEXT_DOCUMENT_DIAGNOSTIC, lsp.WORKSPACE_DIAGNOSTIC):
                features.pop(method, None)

    @server.feature(lsp.INITIALIZED)
    def initialized(params: lsp.InitializedParams) -> None:
        state.start(watch_parent(server.process_id))
        if state.client.supports_configuration:
            state.start(request_settings(server, state))
        if state.client.registers_configuration:
            register_with_client(server)
        state.start(follow_files(server, state))

    @server.feature(lsp.SHUTDOWN)
    def shutdown(params: None) -> None:
        if state.scheduler is not None:
            state.scheduler.stop()
        for task in state.tasks:
            task.cancel()


def _scheduler(server: GymLanguageServer, state: State, keeping: Keeping | None) -> Scheduler:
    client = state.client
    publisher = None
    if not client.pulls:
        send = server.text_document_publish_diagnostics
        publisher = Publisher(state.session, send, with_versions=client.supports_versions)
    scheduler = Scheduler(
        state.session,
        publisher,
        refresh=lambda: refresh(server, state),
        progress=lambda: Progress(server.protocol, _TITLE) if client.shows_progress else None,
        keeping=keeping,
    )
    scheduler.listeners = state.listeners
    return scheduler


def _encoding(capabilities: lsp.ClientCapabilities) -> Encoding:
    general = capabilities.general
    offered = list(general.position_encodings or ()) if general is not None else []
    chosen = next((each for each in offered if each in _ENCODINGS), lsp.PositionEncodingKind.Utf16)
    return _ENCODINGS[lsp.PositionEncodingKind(chosen)]


def _folders(params: lsp.InitializeParams) -> list[PurePath]:
    uris = [folder.uri for folder in params.workspace_folders or ()]
    if not uris and params.root_uri:
        uris = [params.root_uri]
    folders = [path for uri in uris if (path := path_of(uri)) is not None]
    if not folders and params.root_path:
        folders = [PurePath(params.root_path)]
    return folders
