"""The connection: what the client is, which folders and settings it has, and which files it tells about."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types as lsp

from gym_lsp.files import Disk
from gym_lsp.gym.roots import environment_of
from gym_lsp.server.abilities import Abilities
from gym_lsp.server.commands import withdraw_commands
from gym_lsp.server.diagnostics import Publisher
from gym_lsp.server.installation import Notes, outdated
from gym_lsp.server.polling import RENEW, elsewhere, first_look, poll, poll_installation, watched
from gym_lsp.server.preferences import SECTION, folder_settings, mapping_of, section_of
from gym_lsp.server.progress import Progress
from gym_lsp.server.session import Session
from gym_lsp.server.state import State
from gym_lsp.server.to_lsp import path_of, uri_of
from gym_lsp.text import Encoding

if TYPE_CHECKING:
    from gym_lsp.server.app import GymLanguageServer

_ENCODINGS = {
    lsp.PositionEncodingKind.Utf8: Encoding.UTF8,
    lsp.PositionEncodingKind.Utf16: Encoding.UTF16,
    lsp.PositionEncodingKind.Utf32: Encoding.UTF32,
}
_WATCHED = (
    "**/*.yaml", "**/*.yml", "**/gym-lsp.toml", "**/pyproject.toml", "**/requirements.txt", "**/*.jsonl", "**/*.py",
    "**/pyvenv.cfg",
)  # fmt: skip
_TITLE = "Reading the NeMo Gym configs"
_FILES = "gym-lsp-files"
_SETTINGS = "gym-lsp-settings"


def register_lifecycle(server: GymLanguageServer, state: State) -> None:
    """Register what begins a connection and what changes its folders and settings."""
    _beginning(server, state)
    _settings(server, state)
    _folders(server, state)


def _beginning(server: GymLanguageServer, state: State) -> None:
    @server.feature(lsp.INITIALIZE)
    def initialize(params: lsp.InitializeParams) -> None:
        state.capabilities = params.capabilities
        state.client = Abilities(params.capabilities)
        state.initial = mapping_of(params.initialization_options)
        state.options = state.initial
        state.session = Session(_encoding(params.capabilities), environment_of(os.environ), state.client.forms)
        if not state.client.watches_elsewhere:
            state.session.note_reads()
        state.session.configure(folder_settings(state.options))
        state.session.has_other_yaml_server = state.preferences.other_yaml_server
        for folder in _folders_of(params):
            state.session.open_folder(folder)
        state.publisher = _publisher(server, state)
        withdraw_commands(server, state)
        if params.trace is not None:
            server.protocol.trace = params.trace
        if not state.client.pulls:
            # A client that is told and may ask as well would show everything twice.
            features = cast("dict[str, Any]", server.protocol.fm.features)  # pyright: ignore[reportUnknownMemberType]
            for method in (lsp.TEXT_DOCUMENT_DIAGNOSTIC, lsp.WORKSPACE_DIAGNOSTIC):
                features.pop(method, None)

    @server.feature(lsp.INITIALIZED)
    def initialized(params: lsp.InitializedParams) -> None:
        from gym_lsp.server.app import watch_parent

        _keep(state, watch_parent(server.process_id))
        if state.client.is_asked_for_settings:
            _keep(state, _ask_for_settings(server, state))
        if state.client.registers_settings:
            options = lsp.DidChangeConfigurationRegistrationOptions(section=SECTION)
            _register(server, lsp.Registration(_SETTINGS, lsp.WORKSPACE_DID_CHANGE_CONFIGURATION, options))
        _keep(state, _follow_files(server, state))

    @server.feature(lsp.SHUTDOWN)
    def shutdown(params: None) -> None:
        if state.publisher is not None:
            state.publisher.stop()
        for task in state.tasks:
            task.cancel()


def _publisher(server: GymLanguageServer, state: State) -> Publisher:
    publisher = Publisher(
        state.session,
        server.text_document_publish_diagnostics,
        lambda: refresh(server, state),
        pulls=state.client.pulls,
        progress=lambda: Progress(server, _TITLE) if state.client.shows_progress else None,
        with_versions=state.client.takes_versions,
    )
    publisher.listeners = state.listeners
    return publisher


def _keep(state: State, work: Coroutine[Any, Any, object]) -> None:
    state.tasks.append(asyncio.get_running_loop().create_task(work))


async def _follow_files(server: GymLanguageServer, state: State) -> None:
    """Index the files and stay with them, by the client's watcher as far as it goes."""
    session, client = state.session, state.client
    if client.watches:
        _register_watchers(server, state)
    if state.publisher is not None:
        state.publisher.index()
    look = None
    roots: Callable[[Session], tuple[PurePath, ...]] = elsewhere if client.watches else watched
    if not client.watches_elsewhere:
        look = await first_look(session, roots)
        # What was asked about meanwhile may have been read before it was looked at.
        changed = await asyncio.to_thread(_outdated, session.early_reads)
        session.catch_up(changed)
        if changed:
            state.told()
    _keep(state, poll_installation(session, lambda: begin_anew(server, state), RENEW))
    if look is not None:
        await poll(session, look, roots, state.told)


def _outdated(notes: Notes) -> frozenset[PurePath]:
    return frozenset(outdated(Disk(), notes))


def begin_anew(server: GymLanguageServer, state: State) -> None:
    """Index again, because a folder has other settings, another NeMo Gym, or is new."""
    if state.client.watches_elsewhere:
        _register_watchers(server, state)
    if state.publisher is not None:
        state.publisher.index()


def _encoding(capabilities: lsp.ClientCapabilities) -> Encoding:
    general = capabilities.general
    offered = list(general.position_encodings or ()) if general is not None else []
    chosen = next((each for each in offered if each in _ENCODINGS), lsp.PositionEncodingKind.Utf16)
    return _ENCODINGS[lsp.PositionEncodingKind(chosen)]


# Files


def _register_watchers(server: GymLanguageServer, state: State) -> None:
    roots = elsewhere(state.session) if state.client.watches_elsewhere else ()
    if state.watched == roots:
        return
    if state.watched is not None:
        gone = lsp.Unregistration(_FILES, lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
        server.client_unregister_capability(lsp.UnregistrationParams([gone]))
    state.watched = roots
    watchers = [lsp.FileSystemWatcher(pattern) for pattern in _WATCHED]
    # Of a folder that goes, some clients tell nothing but its own name.
    watchers.append(lsp.FileSystemWatcher("**/*", kind=lsp.WatchKind.Delete))
    patterns = ("**/*.yaml", "**/*.yml")
    elsewhere_too = (lsp.RelativePattern(uri_of(root), pattern) for root in roots for pattern in patterns)
    watchers += [lsp.FileSystemWatcher(pattern) for pattern in elsewhere_too]
    options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
    _register(server, lsp.Registration(_FILES, lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options))


def _register(server: GymLanguageServer, registration: lsp.Registration) -> None:
    server.client_register_capability(lsp.RegistrationParams([registration]))


def refresh(server: GymLanguageServer, state: State) -> None:
    """Ask the client to ask again for what depends on more than the file that it is drawn into."""
    client = state.client
    for takes, ask in (
        (client.pulls, server.workspace_diagnostic_refresh),
        (client.refreshes_hints, server.workspace_inlay_hint_refresh),
        (client.refreshes_lenses, server.workspace_code_lens_refresh),
        (client.refreshes_tokens, server.workspace_semantic_tokens_refresh),
    ):
        if takes:
            ask(None)


# Settings


def _settings(server: GymLanguageServer, state: State) -> None:
    @server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def did_change_configuration(params: lsp.DidChangeConfigurationParams) -> None:
        if not state.client.is_asked_for_settings or not await _ask_for_settings(server, state):
            _take_over(server, state, section_of(params.settings), {})


async def _ask_for_settings(server: GymLanguageServer, state: State) -> bool:
    """Take over the settings of the window and of each folder as the client has them; whether it knows of any."""
    roots = tuple(state.session.views)
    items = [lsp.ConfigurationItem(section=SECTION)]
    items += [lsp.ConfigurationItem(scope_uri=uri_of(root), section=SECTION) for root in roots]
    # A question that is given up would trip over its answer.
    found = await asyncio.shield(server.workspace_configuration_async(lsp.ConfigurationParams(items)))
    answers = [mapping_of(each) for each in cast("list[object] | None", found) or []]
    if not any(answers) or len(answers) != len(items):
        return False
    _take_over(server, state, answers[0], dict(zip(roots, answers[1:], strict=True)))
    return True


def _take_over(
    server: GymLanguageServer, state: State, given: dict[str, Any], given_of: dict[PurePath, dict[str, Any]]
) -> None:
    """Put settings in the place of those that were given before; what they leave open stays as it was at the start."""
    before = state.preferences
    state.options = state.initial | given
    state.session.has_other_yaml_server = state.preferences.other_yaml_server
    of_folders = {root: folder_settings(state.options | each) for root, each in given_of.items()}
    if state.session.configure(folder_settings(state.options), of_folders):
        begin_anew(server, state)
    elif state.preferences != before:
        refresh(server, state)
        state.told()


# Folders


def _folders(server: GymLanguageServer, state: State) -> None:
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
        begin_anew(server, state)
        if state.client.is_asked_for_settings:
            _keep(state, _ask_for_settings(server, state))


def _folders_of(params: lsp.InitializeParams) -> list[PurePath]:
    given = [folder.uri for folder in params.workspace_folders or ()]
    if not given and params.root_uri:
        given = [params.root_uri]
    folders = [path for uri in given if (path := path_of(uri)) is not None]
    if not folders and params.root_path:
        folders = [PurePath(params.root_path)]
    return folders
