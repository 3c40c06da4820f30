"""The resolved configuration as a read-only document, for clients that request documents from servers (LSP 3.18).

The URI describes the content: `gym-lsp:/resolved/<file name>?uri=...&provenance=1`, or with one `config=...` for each
config and with `override=...`, `searchDir=...`, `gymRoot=...`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from gym_lsp.ide.resolved import ResolvedDocument, ResolvedLine, origin, resolved
from gym_lsp.server.runs import RequestedRun, RequestError, RunArguments, requested_run, run_arguments
from gym_lsp.server.session import Session

SCHEME = "gym-lsp"
_FOLDER = "/resolved/"
_KEYS = {"configs": "config", "overrides": "override", "searchDirs": "searchDir"}
"""The arguments of a run that are lists, and the query keys of their items."""


def document_text(session: Session, uri: str) -> str:
    """Return the text of a document. Raises RequestError."""
    parts = urlsplit(uri)
    if parts.scheme != SCHEME or not parts.path.startswith(_FOLDER):
        raise RequestError(f"`{uri}` is not a document of gym-lsp")
    # VS Code also escapes the `=` and `&` of the query.
    query = parts.query if "=" in parts.query else unquote(parts.query)
    given = parse_qs(query)
    lists = {name: given.get(key, []) for name, key in _KEYS.items()}
    single = {name: given[name][0] for name in ("uri", "gymRoot") if name in given}
    run = requested_run(session, run_arguments({**lists, **single}))
    return resolved_text(session, run, provenance="1" in given.get("provenance", ()))[1]


def document_uri(arguments: RunArguments, *, provenance: bool) -> str:
    """Return the URI of the document that shows a run."""
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


def resolved_text(session: Session, run: RequestedRun, *, provenance: bool) -> tuple[ResolvedDocument, str]:
    """Return a run as a document and its text, with `provenance` a comment about the origin of each value."""
    document = resolved(run.workspace, run.composition)
    if not provenance:
        return document, document.text()
    converter = session.converter()

    def comment(line: ResolvedLine) -> str:
        return origin(run.workspace, line, lambda path, offset: converter.lines(path).line_of(offset) + 1)

    return document, document.text(comment)
