"""Renames of names, and the edits that follow the rename of a file."""

from __future__ import annotations

from pathlib import PurePath

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from gym_lsp.diagnostic import FileEdit
from gym_lsp.gym.layout import ROWS
from gym_lsp.ide import rename
from gym_lsp.ide.moving import will_rename_files
from gym_lsp.server.failures import attempt, null_on_failure
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.state import State
from gym_lsp.server.to_lsp import path_of
from gym_lsp.workspace.workspace import Workspace


def register(server: GymLanguageServer, state: State) -> None:
    """Register renames of names and of files."""

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare_rename(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
        at = state.at(params.text_document.uri, params.position, in_rows=True)
        found = None if at is None else attempt("rename", lambda: rename.prepare_rename(*at))
        if isinstance(found, rename.Refusal):
            raise _error(found)
        if at is None or found is None:
            return None
        _refuse_unconfirmed(state, at[1])
        return lsp.PrepareRenamePlaceholder(state.session.converter().range(at[1], found.span), found.name)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    def rename_symbol(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        attempt("rows on disk", state.session.refresh_rows)
        at = state.at(params.text_document.uri, params.position, in_rows=True)
        found = None if at is None else attempt("rename", lambda: rename.rename(*at, params.new_name))
        if isinstance(found, rename.Refusal):
            raise _error(found)
        if at is None or found is None:
            return None
        _refuse_unconfirmed(state, at[1])
        rows = attempt("rename in rows", lambda: rename.rename_in_rows(*at, params.new_name))
        if rows is not None and (rows.rows or rows.left_out):
            return _with_rows(server, state, at[0], found, rows)
        return state.session.converter().workspace_edit(found)

    filters = [lsp.FileOperationFilter(lsp.FileOperationPattern("**/*"), scheme="file")]

    @server.feature(lsp.WORKSPACE_WILL_RENAME_FILES, lsp.FileOperationRegistrationOptions(filters))
    @null_on_failure("renamed files")
    def will_rename(params: lsp.RenameFilesParams) -> lsp.WorkspaceEdit:
        moves = {
            old: new
            for each in params.files
            if (old := path_of(each.old_uri)) is not None and (new := path_of(each.new_uri)) is not None
        }
        folders = state.session.folders.values()
        edits = [edit for folder in folders for edit in will_rename_files(folder.workspace, moves)]
        return state.session.converter().workspace_edit(dict.fromkeys(edits))


_MOST_FILES = 5
"""Files that are left out and named."""


def _refuse_unconfirmed(state: State, path: PurePath) -> None:
    """Refuse a rename that begins in a row if it could not change that row."""
    if path.suffix == ROWS and not state.client.supports_annotations:
        raise _error(rename.Refusal("this editor cannot confirm changes of rows; rename the instance in its config"))


def _with_rows(
    server: GymLanguageServer,
    state: State,
    workspace: Workspace,
    edits: tuple[FileEdit, ...],
    rows: rename.RenamedRows,
) -> lsp.WorkspaceEdit:
    """Return a rename with its edits in rows, to be confirmed. If there are none, a message reports what is left."""
    number = f"{_counted(rows.rows, 'row')} of {_counted(rows.files, 'file')}"
    left_out = "; ".join(f"{workspace.spelled(path)}: {reason}" for path, reason in rows.left_out[:_MOST_FILES])
    if rows.rows and state.client.supports_annotations:
        about = f"Not renamed: {left_out}" if left_out else "Rows of datasets that name this instance."
        annotation = lsp.ChangeAnnotation(f"Rename in {number}", needs_confirmation=True, description=about)
        return state.session.converter().edit_to_confirm(edits, rows.edits, annotation)
    unchanged = f"{number} keep the old name" if rows.rows else ""
    message = "; ".join(filter(None, (unchanged, left_out)))
    shown = lsp.ShowMessageParams(lsp.MessageType.Info, f"Rows are not renamed: {message}")
    state.notify(lambda: server.window_show_message(shown))
    return state.session.converter().workspace_edit(edits)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _error(refusal: rename.Refusal) -> JsonRpcException:
    return JsonRpcException(refusal.reason, lsp.LSPErrorCodes.RequestFailed.value)
