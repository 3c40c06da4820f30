"""The commands of `workspace/executeCommand`, for clients that display more than texts.

Each takes one object and returns JSON. A command that cannot be carried out returns an error with a sentence for the
user. A command that the client carries out itself is not offered, so that its name has one meaning.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from gym_lsp.server import results
from gym_lsp.server.content import document_uri, resolved_text
from gym_lsp.server.failures import attempt
from gym_lsp.server.features.lenses import SHOW_REFERENCES, SHOW_RESOLVED
from gym_lsp.server.features.status import status
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.preferences import FolderSettings
from gym_lsp.server.runs import RequestError, requested_run, run_arguments
from gym_lsp.server.session import FolderSnapshot
from gym_lsp.server.state import State

if TYPE_CHECKING:
    from gym_lsp.ide.components import Component

_Given = dict[str, Any]


def register(server: GymLanguageServer, state: State) -> None:
    """Register every command."""
    commands: dict[str, Callable[[_Given], Awaitable[Any]]] = {
        "gymLsp.components": lambda given: _components(state),
        "gymLsp.resolved": lambda given: _resolved(state, given),
        "gymLsp.wiring": lambda given: _wiring(state, given),
        "gymLsp.checkRun": lambda given: _check_run(state, given),
        "gymLsp.status": lambda given: status(state),
        "gymLsp.new": lambda given: _new(state, given),
        "gymLsp.newQuestions": lambda given: _new_questions(state, given),
        SHOW_RESOLVED: lambda given: _show_resolved(server, state, given),
    }
    for name, run in commands.items():
        server.command(name)(_command(state, name, run))

    @server.command(SHOW_REFERENCES)
    def show_references(*arguments: Any) -> Any:
        return attempt("showing references", lambda: _show_references(server, state, arguments))


def withdraw_commands(server: GymLanguageServer, state: State) -> None:
    """Remove the commands that the client carries out itself."""
    commands = cast("dict[str, Any]", server.protocol.fm.commands)  # pyright: ignore[reportUnknownMemberType]
    for name in state.preferences.commands:
        commands.pop(name, None)


def _command(state: State, name: str, run: Callable[[_Given], Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def command(*arguments: Any) -> Any:
        if state.scheduler is not None:
            await state.scheduler.names_known.wait()
        given: Any = arguments[0] if arguments and arguments[0] is not None else {}
        try:
            if len(arguments) > 1 or not isinstance(given, dict):
                raise RequestError(f"`{name}` expects one object as its argument")
            return await run(cast("_Given", given))
        except RequestError as error:
            raise JsonRpcException(str(error), lsp.LSPErrorCodes.RequestFailed.value) from None

    return command


async def _components(state: State) -> results.Json:
    converter = state.session.converter()
    folders = tuple(state.session.folders.values())
    found: dict[tuple[object, ...], results.Json] = {}
    for folder in folders:
        listed = await _components_of(state, folder)
        for each in results.component_results(converter, folder.workspace, listed):
            # Folders with the same NeMo Gym share its components.
            found.setdefault((each["kind"], each["name"], each["variant"], each["uri"]), each)
    return {"folders": [results.folder_result(folder) for folder in folders], "components": list(found.values())}


async def _components_of(state: State, folder: FolderSnapshot) -> tuple[Component, ...]:
    """Return the components of a folder. On a large tree this takes a second, so it runs in a thread."""
    from gym_lsp.ide.components import components

    if not folder.component_search:
        workspace = state.session.workspace_under(folder, FolderSettings())
        folder.component_search.append(asyncio.create_task(asyncio.to_thread(lambda: tuple(components(workspace)))))
    # A cancelled request must not cancel the task that later requests share.
    return await asyncio.shield(folder.component_search[0])


async def _resolved(state: State, given: _Given) -> results.Json:
    run = requested_run(state.session, run_arguments(given))
    document, text = resolved_text(state.session, run, provenance=given.get("provenance") is True)
    return results.resolved_result(state.session.converter(), run, document, text)


async def _wiring(state: State, given: _Given) -> results.Json:
    from gym_lsp.ide.wiring import wiring
    from gym_lsp.reporters.drawing import svg
    from gym_lsp.reporters.graph import Layer, legend, picture
    from gym_lsp.reporters.graph_text import dot, mermaid

    drawn = {"mermaid": mermaid, "dot": dot}
    form = given.get("format", "json")
    formats = ("json", *drawn, "svg")
    if form not in formats:
        raise RequestError(f"unknown format `{form}`; expected one of {', '.join(formats)}")
    layers = given.get("layers", [Layer.SERVERS])
    if not isinstance(layers, list) or any(each not in list(Layer) for each in cast("list[object]", layers)):
        raise RequestError(f"`layers` is not a list of layers; expected some of {', '.join(Layer)}")
    shown = [Layer(each) for each in dict.fromkeys(cast("list[str]", layers))]
    run = requested_run(state.session, run_arguments(given))
    graph = wiring(run.workspace, run.composition)
    result = results.wiring_result(state.session.converter(), graph)
    if form == "json":
        return result
    if form != "svg":
        return {"text": drawn[form](graph, shown)}
    text = svg(graph, shown, with_head=False)
    keys = legend([picture(graph, layer) for layer in shown])
    return {"text": text, **result, "legend": [results.key_result(key) for key in keys]}


async def _check_run(state: State, given: _Given) -> results.Json:
    return results.check_result(state.session.converter(), requested_run(state.session, run_arguments(given)))


async def _new(state: State, given: _Given) -> results.Json:
    from gym_lsp.server.creating import new_component

    return new_component(state.session, given)


async def _new_questions(state: State, given: _Given) -> results.Json:
    from gym_lsp.server.creating import new_questions

    return new_questions(state.session, given)


async def _show_resolved(server: GymLanguageServer, state: State, given: _Given) -> results.Json | None:
    """Open the resolved document in the client, or return it if the client does not support such documents."""
    if not (state.client.supports_content and state.client.shows_documents):
        return await _resolved(state, given)
    arguments = run_arguments(given)
    requested_run(state.session, arguments)
    uri = document_uri(arguments, provenance=True)
    server.window_show_document(lsp.ShowDocumentParams(uri, take_focus=True))
    return None


def _show_references(server: GymLanguageServer, state: State, arguments: tuple[Any, ...]) -> Any:
    """Open the place to which a lens leads if there is only one. Return all places, which some clients display."""
    locations: Any = arguments[2] if len(arguments) > 2 else []
    if isinstance(locations, list) and len(cast("list[Any]", locations)) == 1 and state.client.shows_documents:
        place = cast("dict[str, Any]", locations[0])
        start, end = place["range"]["start"], place["range"]["end"]
        selection = lsp.Range(
            lsp.Position(start["line"], start["character"]), lsp.Position(end["line"], end["character"])
        )
        server.window_show_document(lsp.ShowDocumentParams(place["uri"], take_focus=True, selection=selection))
    return cast("Any", locations)
