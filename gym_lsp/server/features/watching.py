"""Changes on disk: watched by the client as far as it supports that, and polled for the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import PurePath

from lsprotocol import types as lsp

from gym_lsp.files import Disk
from gym_lsp.server.failures import attempt
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.polling import (
    POLL_INSTALLATION,
    all_roots,
    new_poller,
    outside_roots,
    poll_files,
    poll_installation,
)
from gym_lsp.server.reads import Reads, outdated
from gym_lsp.server.session import Session
from gym_lsp.server.state import State
from gym_lsp.server.to_lsp import path_of, uri_of
from gym_lsp.workspace.change import Change

_WATCHED = (
    "**/*.yaml", "**/*.yml", "**/gym-lsp.toml", "**/pyproject.toml", "**/requirements.txt", "**/*.jsonl", "**/*.py",
    "**/pyvenv.cfg",
)  # fmt: skip
_REGISTRATION = "gym-lsp-files"


def register(server: GymLanguageServer, state: State) -> None:
    """Register the notification about changed files."""

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_watched_files(params: lsp.DidChangeWatchedFilesParams) -> None:
        if attempt("checking the environment", state.session.reopen_outdated):
            reindex(server, state)
        edited: set[PurePath] = set()
        created_or_deleted: set[PurePath] = set()
        for event in params.changes:
            path = path_of(event.uri)
            if path is not None and state.session.is_relevant(path):
                (edited if event.type is lsp.FileChangeType.Changed else created_or_deleted).add(path)
        if change := Change(frozenset(edited), frozenset(created_or_deleted)):
            state.session.files_changed(change)
            state.schedule_recheck()


def reindex(server: GymLanguageServer, state: State) -> None:
    """Index again, because a folder is new or has other settings or another NeMo Gym."""
    if state.client.watches_outside:
        _register_watchers(server, state)
    if state.scheduler is not None:
        state.scheduler.reindex()


async def follow_files(server: GymLanguageServer, state: State) -> None:
    """Index the files and keep following them, with the client's watcher as far as it goes."""
    session, client = state.session, state.client
    if client.watches_files:
        _register_watchers(server, state)
        # More roots can be found while the files are indexed.
        state.listeners.append(lambda: _register_watchers(server, state))
    if state.scheduler is not None:
        state.scheduler.reindex()
    poller = None
    roots: Callable[[Session], tuple[PurePath, ...]] = outside_roots if client.watches_files else all_roots
    if not client.watches_outside:
        if state.scheduler is not None:
            # They do not wait for a walk of the same folders, nor for a new snapshot.
            await state.scheduler.first_answers_given.wait()
        poller = await new_poller(session, roots)
        # A file can have changed after it was read and before the poller saw it.
        changed = await asyncio.to_thread(_outdated, session.early_reads)
        session.catch_up(changed)
        if changed:
            state.schedule_recheck()
    installation = poll_installation(session, lambda: reindex(server, state), POLL_INSTALLATION)
    state.start(installation)
    if poller is not None:
        await poll_files(session, poller, roots, state.schedule_recheck)


def _outdated(reads: Reads) -> frozenset[PurePath]:
    return frozenset(outdated(Disk(), reads))


def _register_watchers(server: GymLanguageServer, state: State) -> None:
    roots = outside_roots(state.session) if state.client.watches_outside else ()
    if state.watched == roots:
        return
    if state.watched is not None:
        old = lsp.Unregistration(_REGISTRATION, lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
        server.client_unregister_capability(lsp.UnregistrationParams([old]))
    state.watched = roots
    watchers = [lsp.FileSystemWatcher(pattern) for pattern in _WATCHED]
    # When a directory is deleted, some clients report the directory alone and not the files in it.
    watchers.append(lsp.FileSystemWatcher("**/*", kind=lsp.WatchKind.Delete))
    patterns = ("**/*.yaml", "**/*.yml")
    outside = (lsp.RelativePattern(uri_of(root), pattern) for root in roots for pattern in patterns)
    watchers += [lsp.FileSystemWatcher(pattern) for pattern in outside]
    options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
    registration = lsp.Registration(_REGISTRATION, lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    server.client_register_capability(lsp.RegistrationParams([registration]))
