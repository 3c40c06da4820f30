"""Code lenses: who uses and who inherits an instance, and the way to the resolved configuration of a file.

What a click does is the client's business where it said so in `commands`. Any other client is given commands that the
server carries out, so that no click ends in the message that nobody knows the command.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from gym_lsp.ide.lenses import Counted, Lens, LensKind, count, heirs, lenses
from gym_lsp.server.preferences import mapping_of
from gym_lsp.server.state import State, answered
from gym_lsp.text import Span

if TYPE_CHECKING:
    from gym_lsp.server.app import GymLanguageServer

SHOW_REFERENCES = "gymLsp.showReferences"
SHOW_RESOLVED = "gymLsp.showResolved"
_SWITCHES = {LensKind.USED: "references", LensKind.INHERITED: "references", LensKind.RESOLVED: "resolved"}


def register_lenses(server: GymLanguageServer, state: State) -> None:
    """Register code lenses, which get their counts when they come into view."""

    @server.feature(lsp.TEXT_DOCUMENT_CODE_LENS, lsp.CodeLensOptions(resolve_provider=True))
    async def code_lens(params: lsp.CodeLensParams) -> list[lsp.CodeLens] | None:
        if state.publisher is not None:
            # Who inherits a block can be said once all files are known.
            await state.publisher.names_known.wait()
        found = state.document(params.text_document.uri)
        if found is None:
            return None
        for heir in answered("code lenses", lambda: heirs(*found)) or ():
            answered("code lenses", lambda heir=heir: found[0].own_run(heir))
            # Another message may be waiting, and be it that nobody wants the lenses any more.
            await asyncio.sleep(0)
        return answered("code lenses", lambda: _lenses(state, params.text_document.uri))

    @server.feature(lsp.CODE_LENS_RESOLVE)
    def resolve(params: lsp.CodeLens) -> lsp.CodeLens:
        # A lens without a command is shown as a mistake of ours; what cannot be counted any more says nothing.
        params.command = answered("code lenses", lambda: _command(state, params)) or lsp.Command("", "")
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


def _locations(state: State, counted: Counted) -> list[lsp.Location]:
    converter = state.session.converter()
    return [lsp.Location(converter.uri(each.path), converter.range(each.path, each.span)) for each in counted.places]
