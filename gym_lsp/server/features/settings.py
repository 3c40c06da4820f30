"""Settings and workspace folders that change while the server runs."""

from __future__ import annotations

import asyncio
from pathlib import PurePath
from typing import Any, cast

from lsprotocol import types as lsp

from gym_lsp.server.features.watching import reindex
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.preferences import SECTION, folder_settings, mapping_of, section_of
from gym_lsp.server.state import State
from gym_lsp.server.to_lsp import path_of, uri_of

_REGISTRATION = "gym-lsp-settings"


def register(server: GymLanguageServer, state: State) -> None:
    """Register the notifications about settings and folders."""

    @server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def did_change_configuration(params: lsp.DidChangeConfigurationParams) -> None:
        if not state.client.supports_configuration or not await request_settings(server, state):
            _apply(server, state, section_of(params.settings), {})

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
        reindex(server, state)
        if state.client.supports_configuration:
            state.start(request_settings(server, state))


def register_with_client(server: GymLanguageServer) -> None:
    """Register for changes of settings, which some clients report only then."""
    options = lsp.DidChangeConfigurationRegistrationOptions(section=SECTION)
    registration = lsp.Registration(_REGISTRATION, lsp.WORKSPACE_DID_CHANGE_CONFIGURATION, options)
    server.client_register_capability(lsp.RegistrationParams([registration]))


async def request_settings(server: GymLanguageServer, state: State) -> bool:
    """Request the settings of the window and of each folder, and apply them. Return whether the client has any."""
    folders = state.session.client_folders
    items = [lsp.ConfigurationItem(section=SECTION)]
    items += [lsp.ConfigurationItem(scope_uri=uri_of(folder), section=SECTION) for folder in folders]
    # pygls fails on the response of a request that was cancelled.
    response = await asyncio.shield(server.workspace_configuration_async(lsp.ConfigurationParams(items)))
    settings = [mapping_of(each) for each in cast("list[object] | None", response) or []]
    if not any(settings) or len(settings) != len(items):
        return False
    _apply(server, state, settings[0], dict(zip(folders, settings[1:], strict=True)))
    return True


def refresh(server: GymLanguageServer, state: State) -> None:
    """Request that the client asks again for what depends on other files than the one that displays it."""
    client = state.client
    for is_supported, request in (
        (client.pulls, server.workspace_diagnostic_refresh),
        (client.refreshes_hints, server.workspace_inlay_hint_refresh),
        (client.refreshes_lenses, server.workspace_code_lens_refresh),
        (client.refreshes_tokens, server.workspace_semantic_tokens_refresh),
    ):
        if is_supported:
            request(None)


def _apply(
    server: GymLanguageServer, state: State, settings: dict[str, Any], settings_of: dict[PurePath, dict[str, Any]]
) -> None:
    """Replace the earlier settings. A setting that is not set falls back to the initialization options."""
    before = state.preferences
    state.options = state.initial | settings
    state.session.has_other_yaml_server = state.preferences.other_yaml_server
    state.session.most_rows = state.preferences.rows
    state.session.shown = state.preferences.shown
    openings = state.session.openings
    state.session.switch_documents(state.preferences.documents)
    of_folders = {root: folder_settings(state.options | each) for root, each in settings_of.items()}
    if state.session.configure(folder_settings(state.options), of_folders) or state.session.openings != openings:
        reindex(server, state)
    elif state.preferences != before:
        refresh(server, state)
        state.schedule_recheck()
