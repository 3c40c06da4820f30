"""The resolved configuration as a read-only document, for clients that ask servers for documents (LSP 3.18).

A document is named by what it shows: `gym-lsp:/resolved/<file name>?uri=...&provenance=1`, or with `config=...` once
for each config and with `override=...`, `searchDir=...`, `gymRoot=...`. Nothing is kept for it but what was told last,
so that the client can be asked to come again when an edit changes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from gym_lsp.ide.resolved import ResolvedDocument, ResolvedLine, origin, resolved
from gym_lsp.server.runs import AskedRun, Refused, RunArguments, asked_run, run_arguments
from gym_lsp.server.session import Session
from gym_lsp.server.state import State, answered

if TYPE_CHECKING:
    from gym_lsp.server.app import GymLanguageServer

SCHEME = "gym-lsp"
_FOLDER = "/resolved/"
_KEYS = {"configs": "config", "overrides": "override", "searchDirs": "searchDir"}
"""The lists among the arguments of a run, and the keys of the query that give their items."""
_MOST = 32
"""Documents that are followed. A client does not say when it closes one, so the oldest is given up."""


def register_content(server: GymLanguageServer, state: State) -> None:
    """Register the resolved document."""
    told: dict[str, str] = {}

    @server.feature(lsp.WORKSPACE_TEXT_DOCUMENT_CONTENT, lsp.TextDocumentContentRegistrationOptions(schemes=[SCHEME]))
    def text_document_content(params: lsp.TextDocumentContentParams) -> lsp.TextDocumentContentResult:
        try:
            text = document_text(state.session, params.uri)
        except Refused as refused:
            raise JsonRpcException(str(refused), lsp.LSPErrorCodes.RequestFailed.value) from None
        told.pop(params.uri, None)
        told[params.uri] = text
        if len(told) > _MOST:
            del told[next(iter(told))]
        return lsp.TextDocumentContentResult(text)

    state.listeners.append(lambda: _refresh(server, state, told))


def _refresh(server: GymLanguageServer, state: State, told: dict[str, str]) -> None:
    """Ask the client to ask again for the documents that are not what was told."""
    for uri, text in list(told.items()):
        now = answered("the resolved document", lambda uri=uri: _text_or_reason(state.session, uri))
        if now != text:
            # Who still shows it asks again, and is followed again.
            del told[uri]
            server.workspace_text_document_content_refresh(lsp.TextDocumentContentRefreshParams(uri))


def _text_or_reason(session: Session, uri: str) -> str:
    try:
        return document_text(session, uri)
    except Refused as refused:
        return str(refused)


def document_text(session: Session, uri: str) -> str:
    """The text of a document by its URI. Raises Refused."""
    parts = urlsplit(uri)
    if parts.scheme != SCHEME or not parts.path.startswith(_FOLDER):
        raise Refused(f"`{uri}` is no document of gym-lsp")
    # VS Code escapes what joins and what divides the query, too.
    query = parts.query if "=" in parts.query else unquote(parts.query)
    given = parse_qs(query)
    lists = {name: given.get(key, []) for name, key in _KEYS.items()}
    single = {name: given[name][0] for name in ("uri", "gymRoot") if name in given}
    asked = asked_run(session, run_arguments({**lists, **single}))
    return resolved_text(session, asked, provenance="1" in given.get("provenance", ()))[1]


def document_uri(arguments: RunArguments, *, provenance: bool) -> str:
    """The URI of the document that shows a run."""
    first = arguments.uri or (arguments.configs[0] if arguments.configs else "")
    pairs: list[tuple[str, str]] = [("uri", arguments.uri)] if arguments.uri else []
    pairs += _repeated("config", arguments.configs) + _repeated("override", arguments.overrides)
    pairs += _repeated("searchDir", arguments.search_dirs)
    if arguments.gym_root is not None:
        pairs.append(("gymRoot", str(arguments.gym_root)))
    if provenance:
        pairs.append(("provenance", "1"))
    name = quote(PurePath(unquote(urlsplit(first).path)).name or "run")
    return f"{SCHEME}:{_FOLDER}{name}?{urlencode(pairs, quote_via=quote)}"


def _repeated(key: str, values: Iterable[object]) -> list[tuple[str, str]]:
    return [(key, str(value)) for value in values]


def resolved_text(session: Session, asked: AskedRun, *, provenance: bool) -> tuple[ResolvedDocument, str]:
    """A run as a document and its text, with `provenance` each value followed by where it comes from."""
    document = resolved(asked.workspace, asked.composition)
    if not provenance:
        return document, document.text()
    converter = session.converter()

    def comment(line: ResolvedLine) -> str:
        return origin(asked.workspace, line, lambda path, offset: converter.lines(path).line_of(offset) + 1)

    return document, document.text(comment)
