"""The read-only documents of the server, for clients that request documents from servers (LSP 3.18).

There are two kinds, and the URI of a document describes its content:

- A resolved configuration: `gym-lsp:/resolved/<file name>?uri=...&provenance=1`, or with one `config=...` for each
  config and with `override=...`, `searchDir=...`, `gymRoot=...`. The server keeps the last text that it sent, and sends
  a refresh request when an edit changes the text.
- The page of a rule: `gym-lsp:/rules/<name>.md`. It never changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from gym_lsp.ide.resolved import ResolvedDocument, ResolvedLine, origin, resolved
from gym_lsp.rules import ALL_RULES
from gym_lsp.rules.engine.rule import Rule
from gym_lsp.server.runs import AskedRun, Refused, RunArguments, asked_run, run_arguments
from gym_lsp.server.session import Session
from gym_lsp.server.state import State, answered

if TYPE_CHECKING:
    from gym_lsp.server.app import GymLanguageServer

SCHEME = "gym-lsp"
_RESOLVED = "/resolved/"
_RULES = "/rules/"
_KEYS = {"configs": "config", "overrides": "override", "searchDirs": "searchDir"}
"""The lists among the arguments of a run, and the keys of the query that give their items."""
_MOST = 32
"""How many resolved configurations are refreshed. A client does not report closed ones, so the oldest is dropped."""


def register_content(server: GymLanguageServer, state: State) -> None:
    """Register the request for a document, and refresh the resolved configurations that were sent."""
    sent: dict[str, str] = {}

    @server.feature(lsp.WORKSPACE_TEXT_DOCUMENT_CONTENT, lsp.TextDocumentContentRegistrationOptions(schemes=[SCHEME]))
    def text_document_content(params: lsp.TextDocumentContentParams) -> lsp.TextDocumentContentResult:
        try:
            text = document_text(state.session, params.uri)
        except Refused as refused:
            raise JsonRpcException(str(refused), lsp.LSPErrorCodes.RequestFailed.value) from None
        if urlsplit(params.uri).path.startswith(_RESOLVED):
            sent.pop(params.uri, None)
            sent[params.uri] = text
            if len(sent) > _MOST:
                del sent[next(iter(sent))]
        return lsp.TextDocumentContentResult(text)

    state.listeners.append(lambda: _refresh(server, state, sent))


def _refresh(server: GymLanguageServer, state: State, sent: dict[str, str]) -> None:
    """Request a refresh of the documents whose text has changed since it was sent."""
    for uri, text in list(sent.items()):
        now = answered("the resolved document", lambda uri=uri: _text_or_reason(state.session, uri))
        if now != text:
            # A client that still shows the document requests it again, which adds it again.
            del sent[uri]
            server.workspace_text_document_content_refresh(lsp.TextDocumentContentRefreshParams(uri))


def _text_or_reason(session: Session, uri: str) -> str:
    try:
        return document_text(session, uri)
    except Refused as refused:
        return str(refused)


def document_text(session: Session, uri: str) -> str:
    """The text of a document by its URI. Raises Refused."""
    parts = urlsplit(uri)
    if parts.scheme == SCHEME and parts.path.startswith(_RULES):
        name = parts.path.removeprefix(_RULES).removesuffix(".md")
        rule = next((rule for rule in ALL_RULES if rule.name == name), None)
        if rule is None:
            raise Refused(f"unknown rule `{name}`")
        return rule.document
    if parts.scheme != SCHEME or not parts.path.startswith(_RESOLVED):
        raise Refused(f"`{uri}` is not a document of gym-lsp")
    # VS Code also escapes the `=` and `&` of the query.
    query = parts.query if "=" in parts.query else unquote(parts.query)
    given = parse_qs(query)
    lists = {name: given.get(key, []) for name, key in _KEYS.items()}
    single = {name: given[name][0] for name in ("uri", "gymRoot") if name in given}
    asked = asked_run(session, run_arguments({**lists, **single}))
    return resolved_text(session, asked, provenance="1" in given.get("provenance", ()))[1]


def rule_page_uri(rule: Rule) -> str:
    """The URI of the document that holds the page of a rule."""
    return f"{SCHEME}:{_RULES}{rule.name}.md"


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
    return f"{SCHEME}:{_RESOLVED}{name}?{urlencode(pairs, quote_via=quote)}"


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
