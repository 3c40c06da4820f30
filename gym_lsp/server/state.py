"""What the handlers share: the session, and what the client said of itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types as lsp

from gym_lsp.server.abilities import Abilities
from gym_lsp.server.preferences import Preferences, preferences
from gym_lsp.server.session import Session
from gym_lsp.server.sync import position_of
from gym_lsp.server.to_lsp import path_of
from gym_lsp.text import Encoding
from gym_lsp.workspace.workspace import Workspace

if TYPE_CHECKING:
    from gym_lsp.server.diagnostics import Publisher

_log = logging.getLogger("gym_lsp")
_Result = TypeVar("_Result")
_logged: set[str] = set()
"""The failures that were logged in this process."""


class State:
    """The state of one connection, filled in by `initialize`."""

    def __init__(self) -> None:
        self.session = Session(Encoding.UTF16, {})
        self.publisher: Publisher | None = None
        self.listeners: list[Callable[[], None]] = []
        """The listeners of the publisher, collected before there is one."""
        self.capabilities = lsp.ClientCapabilities()
        self.client = Abilities(self.capabilities)
        """The capabilities as answers."""
        self.initial: dict[str, Any] = {}
        """The client's initialization options."""
        self.options: dict[str, Any] = {}
        """The same with the settings that came later."""
        self.watched: tuple[PurePath, ...] | None = None
        """The folders outside of the workspace that the client watches; None before it was asked to watch anything."""
        self.was_told = False
        """Whether workspace diagnostics were answered before."""
        self.tasks: list[asyncio.Task[object]] = []
        """Kept, because the event loop alone would let them be collected."""

    @property
    def preferences(self) -> Preferences:
        """The options that are about the editor and not about a folder."""
        return preferences(self.options)

    def told(self) -> None:
        """Look at all files after a short silence, because something changed."""
        if self.publisher is not None:
            self.publisher.others_changed()

    # What a request is about

    def at(self, uri: str, position: lsp.Position) -> tuple[Workspace, PurePath, int] | None:
        """The workspace, path and offset of a position as they are now; None for documents that are not ours."""
        found = self.document(uri)
        if found is None:
            return None
        workspace, path = found
        offset = self.session.converter().lines(path).offset(position_of(position), self.session.encoding)
        return workspace, path, offset

    def document(self, uri: str) -> tuple[Workspace, PurePath] | None:
        """The workspace and path of a document; None for documents that are not ours."""
        path = path_of(uri)
        view = None if path is None else self.session.view_of(path)
        if path is None or view is None or view.workspace.text(path) is None:
            return None
        return view.workspace, path


def answered(name: str, ask: Callable[[], _Result]) -> _Result | None:
    """The answer, or None where the feature failed: that is logged under its name, and the editor goes on."""
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - a failing feature must not put a message in somebody's way
        note_failure(name, error)
        return None


def note_failure(name: str, error: Exception) -> None:
    """Log that a feature failed: what fails at one keystroke fails at the next, and once is enough to know."""
    failure = f"{name} failed: {type(error).__name__}: {error}"
    if failure not in _logged:
        _logged.add(failure)
        _log.error("%s", failure, exc_info=error)
