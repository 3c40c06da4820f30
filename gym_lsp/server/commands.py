"""The commands of `workspace/executeCommand`, for clients that show more than a text: converted, asked, converted back.

Each takes one object and answers JSON; a question that makes no sense is answered by an error with a sentence.
A command that the client claims as its own is not offered, so that its name means one thing only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from gym_lsp.ide.components import Component, components
from gym_lsp.ide.wiring import Wiring, wiring
from gym_lsp.reporters.graph import dot, mermaid
from gym_lsp.server import answers
from gym_lsp.server.content import document_uri, resolved_text
from gym_lsp.server.lenses import SHOW_REFERENCES, SHOW_RESOLVED
from gym_lsp.server.preferences import FolderSettings
from gym_lsp.server.runs import Refused, asked_run, run_arguments
from gym_lsp.server.session import View
from gym_lsp.server.state import State, answered
from gym_lsp.server.status import status

if TYPE_CHECKING:
    from gym_lsp.server.app import GymLanguageServer

_Given = dict[str, Any]
_PICTURES: dict[str, Callable[[Wiring], str]] = {"mermaid": mermaid, "dot": dot}


def register_commands(server: GymLanguageServer, state: State) -> None:
    """Register every command."""
    asked: dict[str, Callable[[_Given], Awaitable[Any]]] = {
        "gymLsp.components": lambda given: _components(state),
        "gymLsp.resolved": lambda given: _resolved(state, given),
        "gymLsp.wiring": lambda given: _wiring(state, given),
        "gymLsp.checkRun": lambda given: _check_run(state, given),
        "gymLsp.status": lambda given: status(state),
        SHOW_RESOLVED: lambda given: _show_resolved(server, state, given),
    }
    for name, ask in asked.items():
        server.command(name)(_answering(state, name, ask))

    @server.command(SHOW_REFERENCES)
    def show_references(*arguments: Any) -> Any:
        return answered("showing references", lambda: _show_references(server, state, arguments))


def withdraw_commands(server: GymLanguageServer, state: State) -> None:
    """Take back the commands that the client carries out itself."""
    commands = cast("dict[str, Any]", server.protocol.fm.commands)  # pyright: ignore[reportUnknownMemberType]
    for name in state.preferences.commands:
        commands.pop(name, None)


def _answering(state: State, name: str, ask: Callable[[_Given], Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def command(*arguments: Any) -> Any:
        if state.publisher is not None:
            await state.publisher.names_known.wait()
        given: Any = arguments[0] if arguments and arguments[0] is not None else {}
        try:
            if len(arguments) > 1 or not isinstance(given, dict):
                raise Refused(f"{name} takes one object")
            return await ask(cast("_Given", given))
        except Refused as refused:
            raise JsonRpcException(str(refused), lsp.LSPErrorCodes.RequestFailed.value) from None

    return command


async def _components(state: State) -> answers.Json:
    converter = state.session.converter()
    views = tuple(state.session.views.values())
    found: dict[tuple[object, ...], answers.Json] = {}
    for view in views:
        listed = await _listed(state, view)
        for each in answers.component_answers(converter, view.workspace, listed):
            # Folders that share their NeMo Gym share what is in it.
            found.setdefault((each["kind"], each["name"], each["variant"], each["uri"]), each)
    return {"folders": [answers.folder_answer(view) for view in views], "components": list(found.values())}


async def _listed(state: State, view: View) -> tuple[Component, ...]:
    """The components of a folder. To find them takes a second on a large tree, and the editor goes on meanwhile."""
    if not view.listing:
        workspace = state.session.workspace_under(view, FolderSettings())
        view.listing.append(asyncio.create_task(asyncio.to_thread(lambda: tuple(components(workspace)))))
    # Who gives up leaves the search to those who ask next.
    return await asyncio.shield(view.listing[0])


async def _resolved(state: State, given: _Given) -> answers.Json:
    asked = asked_run(state.session, run_arguments(given))
    document, text = resolved_text(state.session, asked, provenance=given.get("provenance") is True)
    return answers.resolved_answer(state.session.converter(), asked, document, text)


async def _wiring(state: State, given: _Given) -> answers.Json:
    form = given.get("format", "json")
    if form != "json" and form not in _PICTURES:
        raise Refused(f"there is no format `{form}`; there are json, {', '.join(_PICTURES)}")
    asked = asked_run(state.session, run_arguments(given))
    graph = wiring(asked.workspace, asked.composition)
    if form in _PICTURES:
        return {"text": _PICTURES[form](graph)}
    return answers.wiring_answer(state.session.converter(), graph)


async def _check_run(state: State, given: _Given) -> answers.Json:
    return answers.check_answer(state.session.converter(), asked_run(state.session, run_arguments(given)))


async def _show_resolved(server: GymLanguageServer, state: State, given: _Given) -> answers.Json | None:
    """Open the resolved document in the client; where it takes no such document, give it as the answer."""
    if not (state.client.takes_content and state.client.shows_documents):
        return await _resolved(state, given)
    arguments = run_arguments(given)
    asked_run(state.session, arguments)
    uri = document_uri(arguments, provenance=True)
    server.window_show_document(lsp.ShowDocumentParams(uri, take_focus=True))
    return None


def _show_references(server: GymLanguageServer, state: State, arguments: tuple[Any, ...]) -> Any:
    """Go to the only place that a lens leads to. Several are the answer, for a client that can make use of it."""
    locations: Any = arguments[2] if len(arguments) > 2 else []
    if isinstance(locations, list) and len(cast("list[Any]", locations)) == 1 and state.client.shows_documents:
        place = cast("dict[str, Any]", locations[0])
        start, end = place["range"]["start"], place["range"]["end"]
        selection = lsp.Range(
            lsp.Position(start["line"], start["character"]), lsp.Position(end["line"], end["character"])
        )
        server.window_show_document(lsp.ShowDocumentParams(place["uri"], take_focus=True, selection=selection))
    return cast("Any", locations)
