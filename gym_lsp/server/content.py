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
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from gym_lsp.ide.resolved import ResolvedDocument, ResolvedLine, origin, resolved
from gym_lsp.project import NAME
from gym_lsp.rules import ALL_RULES
from gym_lsp.rules.engine.rule import Rule
from gym_lsp.server.runs import RequestedRun, RequestError, RunArguments, requested_run, run_arguments
from gym_lsp.server.session import Session

SCHEME = NAME
RESOLVED = "/resolved/"
"""Where the path of a document begins that shows a resolved configuration."""
_RULES = "/rules/"
_KEYS = {"configs": "config", "overrides": "override", "searchDirs": "searchDir"}
"""The arguments of a run that are lists, and the query keys of their items."""


def document_text(session: Session, uri: str) -> str:
    """Return the text of a document. Raises RequestError."""
    parts = urlsplit(uri)
    if parts.scheme == SCHEME and parts.path.startswith(_RULES):
        name = parts.path.removeprefix(_RULES).removesuffix(".md")
        rule = next((rule for rule in ALL_RULES if rule.name == name), None)
        if rule is None:
            raise RequestError(f"unknown rule `{name}`")
        return rule.document
    if parts.scheme != SCHEME or not parts.path.startswith(RESOLVED):
        raise RequestError(f"`{uri}` is not a document of gym-lsp")
    # VS Code also escapes the `=` and `&` of the query.
    query = parts.query if "=" in parts.query else unquote(parts.query)
    given = parse_qs(query)
    lists = {name: given.get(key, []) for name, key in _KEYS.items()}
    single = {name: given[name][0] for name in ("uri", "gymRoot") if name in given}
    run = requested_run(session, run_arguments({**lists, **single}))
    return resolved_text(session, run, provenance="1" in given.get("provenance", ()))[1]


def rule_page_uri(rule: Rule) -> str:
    """Return the URI of the document that holds the page of a rule."""
    return f"{SCHEME}:{_RULES}{rule.name}.md"


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
    return f"{SCHEME}:{RESOLVED}{name}?{urlencode(pairs, quote_via=quote)}"


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
