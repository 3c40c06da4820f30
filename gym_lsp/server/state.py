"""What the handlers share: the session, and what the client said that it can take."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeVar, cast

from lsprotocol import types as lsp

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
        self.capabilities = lsp.ClientCapabilities()
        self.options: dict[str, Any] = {}
        """The client's initialization options."""
        self.told_revision = -1
        """The session's revision when workspace diagnostics were last answered."""
        self.tasks: list[asyncio.Task[None]] = []
        """Kept, because the event loop alone would let them be collected."""

    # What the client can take

    @property
    def _document(self) -> lsp.TextDocumentClientCapabilities:
        return self.capabilities.text_document or lsp.TextDocumentClientCapabilities()

    @property
    def pulls(self) -> bool:
        """Whether the client asks for diagnostics by itself and lets us say when to ask again."""
        workspace = self.capabilities.workspace
        refreshes = workspace is not None and workspace.diagnostics is not None
        return (
            self._document.diagnostic is not None
            and refreshes
            and bool(workspace is not None and workspace.diagnostics and workspace.diagnostics.refresh_support)
        )

    @property
    def takes_markdown(self) -> bool:
        """Whether hovers may be Markdown."""
        hover = self._document.hover
        return hover is not None and lsp.MarkupKind.Markdown in (hover.content_format or ())

    @property
    def takes_snippets(self) -> bool:
        """Whether completions may have tab stops."""
        item = None if self._document.completion is None else self._document.completion.completion_item
        return item is not None and bool(item.snippet_support)

    @property
    def suggests_again(self) -> bool:
        """Whether the client knows VS Code's command that asks for completions at once."""
        return bool(self.options.get("suggestsAgain"))

    @property
    def leaves_yaml_alone(self) -> bool:
        """Whether another server does what every YAML file wants: outline and folding."""
        return bool(self.options.get("otherYamlServer"))

    def takes_links(self, method: str) -> bool:
        """Whether the answer to a goto request may say where it comes from."""
        capability = {
            lsp.TEXT_DOCUMENT_DEFINITION: self._document.definition,
            lsp.TEXT_DOCUMENT_DECLARATION: self._document.declaration,
            lsp.TEXT_DOCUMENT_TYPE_DEFINITION: self._document.type_definition,
            lsp.TEXT_DOCUMENT_IMPLEMENTATION: self._document.implementation,
        }[method]
        return capability is not None and bool(capability.link_support)

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


def options_of(given: object) -> dict[str, Any]:
    """Initialization options or settings, empty where they are no mapping."""
    return cast("dict[str, Any]", given) if isinstance(given, dict) else {}


def answered(name: str, ask: Callable[[], _Result]) -> _Result | None:
    """The answer, or None where the feature failed: that is logged under its name, and the editor goes on."""
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - a failing feature must not put a message in somebody's way
        failure = f"{name} failed: {type(error).__name__}: {error}"
        if failure not in _logged:
            # What fails at one keystroke fails at the next, and once is enough to know.
            _logged.add(failure)
            _log.error("%s", failure, exc_info=error)
        return None
