"""New components, as edits that the client applies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from lsprotocol import types as lsp
from msgspec import ValidationError, convert, to_builtins

from gym_lsp.scaffold.plan import main_file, plan
from gym_lsp.scaffold.questions import questions
from gym_lsp.scaffold.request import KINDS, Kind, NewFile, Request, ScaffoldError, check_name, one_of
from gym_lsp.server.results import Json
from gym_lsp.server.runs import RequestError
from gym_lsp.server.session import FolderSnapshot, Session
from gym_lsp.server.to_lsp import path_of, uri_of

_T = TypeVar("_T")
_START = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))


def new_questions(session: Session, given: dict[str, Any]) -> Json:
    """Return what to ask about a new component: for each question its field, text, usual answer and answers.

    Raises RequestError.
    """
    kind, name = given.get("kind"), given.get("name")
    _tried(lambda: one_of(str(kind), KINDS, "kind"))
    if isinstance(name, str):
        _tried(lambda: check_name(name))
    asked = questions(_folder(session, given).workspace, cast(Kind, kind))
    return {"questions": [to_builtins(each) for each in asked]}


def new_component(session: Session, given: dict[str, Any]) -> Json:
    """Return the edit that makes the files of a new component, and the file to open. Raises RequestError."""
    folder = _folder(session, given)
    fields = {key: value for key, value in given.items() if key != "folder" and value not in (None, "")}
    try:
        request = convert(fields, Request)
    except ValidationError as error:
        raise RequestError(f"`gymLsp.new`: {error}") from None
    files = _tried(lambda: plan(folder.workspace, request))
    edit = lsp.WorkspaceEdit(document_changes=[change for file in files for change in _changes(file)])
    return {"edit": edit, "open": uri_of(main_file(files).path)}


def _tried(make: Callable[[], _T]) -> _T:
    try:
        return make()
    except ScaffoldError as error:
        raise RequestError(str(error)) from None


def _folder(session: Session, given: dict[str, Any]) -> FolderSnapshot:
    """Return the folder that a request names, or the first one."""
    uri = given.get("folder")
    path = path_of(uri) if isinstance(uri, str) else None
    folder = next(iter(session.folders.values()), None) if path is None else session.folder_of(path)
    if folder is None:
        raise RequestError("no folder is open; open the folder of your environments first")
    return folder


def _changes(file: NewFile) -> tuple[lsp.CreateFile, lsp.TextDocumentEdit]:
    uri = uri_of(file.path)
    options = lsp.CreateFileOptions(overwrite=False, ignore_if_exists=False)
    edit = lsp.TextEdit(_START, file.text)
    document = lsp.OptionalVersionedTextDocumentIdentifier(uri, None)
    return lsp.CreateFile(uri, "create", options), lsp.TextDocumentEdit(document, [edit])
