"""The diagnostics of a file: its findings, converted for the client. When they are sent is up to the scheduler."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import PurePath

from lsprotocol import types as lsp
from msgspec.structs import replace

from gym_lsp.check_rows import check_document as check_rows
from gym_lsp.commands.parts import DOCUMENTS
from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.files import Disk, Kind, absolute
from gym_lsp.gym.layout import ROWS
from gym_lsp.rules import ALL_RULES
from gym_lsp.rules.files.invalid_yaml import invalid_yaml
from gym_lsp.server.content import rule_page_uri
from gym_lsp.server.failures import attempt
from gym_lsp.server.session import Session
from gym_lsp.server.to_lsp import Converter, uri_of
from gym_lsp.syntax import SyntaxProblemKind
from gym_lsp.text import Span
from gym_lsp.workspace.setting_types import SettingsError
from gym_lsp.workspace.settings import SETTINGS_FILES
from gym_lsp.workspace.unindexed import NotIndexed

MOST_SHOWN = 1_000
"""Findings of one file. No person reads more, and an editor displays them slowly."""
SETTINGS = "invalid-settings"
"""The code of an error in a settings file. It is not a rule, so that settings cannot turn it off."""
_DONE = object()
_PACKAGE = absolute(__file__).parents[1]
_PAGES = (_PACKAGE / "rules" / "pages", _PACKAGE.parent / "docs" / "rules")
"""The folder of the rules' pages in an installed package, and in a checkout."""


@lru_cache(maxsize=2)
def page_uris(*, opens_documents: bool) -> Mapping[str, str]:
    """The URI under which a client opens the page of each rule.

    A local page comes first because it needs no network: a document of this server, or a file for a client that cannot
    open such documents. Otherwise the published page; a rule without any page has no entry.
    """
    if opens_documents:
        return {rule.name: rule_page_uri(rule) for rule in ALL_RULES}
    disk = Disk()
    folder = next((folder for folder in _PAGES if disk.kind(folder) is Kind.DIRECTORY), None)
    if folder is None:
        return {rule.name: rule.url for rule in ALL_RULES if rule.url is not None}
    base = uri_of(folder)
    return {rule.name: f"{base}/{rule.name}.md" for rule in ALL_RULES}


def findings(session: Session, path: PurePath) -> tuple[Diagnostic, ...]:
    """Return the current findings of one file.

    Return an empty tuple for files outside all folders, unless they are open.
    """
    folder = session.folder_of(path)
    if folder is None or not (session.contains(path) or path in session.buffers):
        return ()
    if path.name in SETTINGS_FILES:
        return tuple(_settings_finding(error) for error in folder.settings_errors if error.path == path)
    if folder.workspace.settings.excludes(path) or folder.workspace.files.kind(path) is None:
        return ()
    if path.suffix == ROWS:
        # Others are checked by a command: there can be many, and they can be long.
        is_open = path in session.buffers and session.most_rows > 0
        return check_rows(folder.checker, path, session.most_rows) if is_open else ()
    if path.suffix not in DOCUMENTS:
        found = folder.checker.check_one(path)
    elif session.has_commands(path):
        # The start of a server does not wait for this.
        from gym_lsp.check_commands import check_document

        found = check_document(folder.checker, path)
    else:
        return ()
    if len(found) <= MOST_SHOWN:
        return found
    *shown, last = found[:MOST_SHOWN]
    more = len(found) - MOST_SHOWN
    return (*shown, replace(last, message=f"{last.message} (and {more} more findings in this file)"))


def shown_findings(session: Session, path: PurePath) -> tuple[Diagnostic, ...]:
    """Return the current findings of one file that the client wants."""
    is_open = path in session.buffers
    return tuple(each for each in findings(session, path) if session.shown.contains(each.severity, is_open=is_open))


def _settings_finding(error: SettingsError) -> Diagnostic:
    message = f"{error.key}: {error.message}" if error.key else error.message
    return Diagnostic(error.path, error.span or Span(0, 0), SETTINGS, Severity.ERROR, message)


def is_prepared(session: Session, path: PurePath) -> bool:
    """Return whether the findings of a file are known."""
    folder = session.folder_of(path)
    return folder is not None and folder.checker.knows(path)


async def prepare(session: Session, path: PurePath) -> None:
    """Compute what the findings of a file need, in steps, because a file can be part of many runs.

    If a large document may be part of them, compute the findings themselves, in another thread.
    """
    while session.may_need_large(path):
        revision = session.revision

        def check(now: Session, revision: int = revision) -> None:
            # What has waited for its turn may be out of date.
            if session.revision == revision:
                attempt("diagnostics", lambda: findings(now, path))

        await session.aside(check)
        if session.revision == revision:
            return
    folder = session.folder_of(path)
    steps = iter(()) if folder is None else folder.checker.prepare(path)
    while attempt("diagnostics", lambda: next(steps, _DONE)) is None:
        await asyncio.sleep(0)


def paths_of(session: Session) -> tuple[PurePath, ...]:
    """Return the files that can have findings: open documents, settings files, every file in the client's folders."""
    paths = dict.fromkeys(session.open_paths())
    for folder in session.folders.values():
        paths.update(dict.fromkeys(error.path for error in folder.settings_errors))
        members = folder.workspace.members
        paths.update(dict.fromkeys(members if session.contains(folder.root) else filter(session.contains, members)))
    return tuple(paths)


def file_diagnostics(session: Session, path: PurePath, converter: Converter) -> list[lsp.Diagnostic]:
    """Return the diagnostics of one file that the client wants.

    It has other ones from its other YAML server, if the file is open.
    """
    found = shown_findings(session, path)
    if (
        session.has_other_yaml_server
        and path.suffix not in (ROWS, *DOCUMENTS)
        and path in session.buffers
        and _is_invalid_for_all(session, path)
    ):
        found = tuple(each for each in found if each.rule != invalid_yaml.name)
    return to_lsp_diagnostics(found, converter)


def early_diagnostics(session: Session, path: PurePath, converter: Converter) -> list[lsp.Diagnostic] | None:
    """Return the diagnostics of one file before the files are indexed, or None if they depend on all files."""
    if session.may_need_large(path):
        return None
    try:
        return file_diagnostics(session.unindexed(), path, converter)
    except NotIndexed:
        return None


def _is_invalid_for_all(session: Session, path: PurePath) -> bool:
    """Whether every YAML parser rejects a file, and not only NeMo Gym's."""
    folder = session.folder_of(path)
    problems = () if folder is None else folder.workspace.load(path).document.problems
    return {problem.kind for problem in problems} <= {SyntaxProblemKind.SYNTAX, SyntaxProblemKind.DUPLICATE_KEY}


def to_lsp_diagnostics(found: Iterable[Diagnostic], converter: Converter) -> list[lsp.Diagnostic]:
    """Return findings as LSP diagnostics with links to the pages of their rules."""
    uris = page_uris(opens_documents=converter.forms.opens_documents)
    return [converter.diagnostic(each, uris.get(each.rule)) for each in found]


def digest(items: Iterable[lsp.Diagnostic]) -> str:
    """Return the result id of a list of diagnostics. Equal lists have equal ids, also in another session."""
    return hashlib.sha1(repr(list(items)).encode(), usedforsecurity=False).hexdigest()[:16]
