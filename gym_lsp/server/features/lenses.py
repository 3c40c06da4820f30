"""Code lenses: the uses of an instance, the blocks that inherit it, and a link to the resolved configuration.

A client that lists a command in the setting `commands` carries it out itself. For any other client the server does, so
that a click never fails because of an unknown command.
"""

from __future__ import annotations

import asyncio

from lsprotocol import types as lsp

from gym_lsp.ide.lenses import CountedLens, Lens, LensKind, count, inheriting_files, lenses
from gym_lsp.server.failures import attempt
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.preferences import mapping_of
from gym_lsp.server.protocol import Encoded
from gym_lsp.server.state import State
from gym_lsp.text import Span

SHOW_REFERENCES = "gymLsp.showReferences"
SHOW_RESOLVED = "gymLsp.showResolved"
_SWITCHES = {
    LensKind.USED: "references",
    LensKind.INHERITED: "references",
    LensKind.RECIPES: "references",
    LensKind.RESOLVED: "resolved",
}


def register(server: GymLanguageServer, state: State) -> None:
    """Register code lenses, which are counted when they become visible."""

    @server.feature(lsp.TEXT_DOCUMENT_CODE_LENS, lsp.CodeLensOptions(resolve_provider=True))
    async def code_lens(params: lsp.CodeLensParams) -> list[lsp.CodeLens] | Encoded | None:
        if state.scheduler is not None:
            # The inheriting blocks are known only after all files are indexed.
            await state.scheduler.names_known.wait()
        found = state.document(params.text_document.uri)
        if found is None:
            return None

        def answer() -> list[lsp.CodeLens] | None:
            return attempt("code lenses", lambda: _lenses(state, params.text_document.uri))

        if state.session.is_large(found[1]):
            return await state.aside(lambda: server.protocol.encode(answer()))
        for file in attempt("code lenses", lambda: inheriting_files(*found)) or ():
            attempt("code lenses", lambda file=file: found[0].own_run(file))
            # Another message may be waiting, for example one that cancels this request.
            await asyncio.sleep(0)
        return answer()

    @server.feature(lsp.CODE_LENS_RESOLVE)
    def resolve(params: lsp.CodeLens) -> lsp.CodeLens:
        # Editors display a lens without a command as an error, so a lens that no longer exists gets an empty command.
        params.command = attempt("code lenses", lambda: _command(state, params)) or lsp.Command("", "")
        return params


def _lenses(state: State, uri: str) -> list[lsp.CodeLens] | None:
    found = state.document(uri)
    if found is None:
        return None
    workspace, path = found
    converter = state.session.converter()
    wanted = state.preferences.code_lenses
    return [
        lsp.CodeLens(converter.range(path, lens.span), data={"uri": uri, "kind": lens.kind.value, "name": lens.name})
        for lens in lenses(workspace, path)
        if _SWITCHES[lens.kind] in wanted
    ]


def _command(state: State, lens: lsp.CodeLens) -> lsp.Command | None:
    data = mapping_of(lens.data)
    uri = str(data.get("uri"))
    found = state.document(uri)
    if found is None:
        return None
    workspace, path = found
    kind = LensKind(data.get("kind"))
    counted = count(workspace, path, Lens(Span(0, 0), kind, str(data.get("name"))))
    if kind is LensKind.RESOLVED:
        return lsp.Command(counted.title, SHOW_RESOLVED, arguments=[{"uri": uri}])
    return lsp.Command(counted.title, SHOW_REFERENCES, arguments=[uri, lens.range.start, _locations(state, counted)])


def _locations(state: State, counted: CountedLens) -> list[lsp.Location]:
    converter = state.session.converter()
    return [lsp.Location(converter.uri(each.path), converter.range(each.path, each.span)) for each in counted.places]
