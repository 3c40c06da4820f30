"""Renames of names, and the edits that follow the rename of a file."""

from __future__ import annotations

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from gym_lsp.ide import rename
from gym_lsp.ide.moving import will_rename_files
from gym_lsp.server.failures import attempt, null_on_failure
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.state import State
from gym_lsp.server.to_lsp import path_of


def register(server: GymLanguageServer, state: State) -> None:
    """Register renames of names and of files."""

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare_rename(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
        at = state.at(params.text_document.uri, params.position)
        found = None if at is None else attempt("rename", lambda: rename.prepare_rename(*at))
        if isinstance(found, rename.Refusal):
            raise _error(found)
        if at is None or found is None:
            return None
        return lsp.PrepareRenamePlaceholder(state.session.converter().range(at[1], found.span), found.name)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    def rename_symbol(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        at = state.at(params.text_document.uri, params.position)
        found = None if at is None else attempt("rename", lambda: rename.rename(*at, params.new_name))
        if isinstance(found, rename.Refusal):
            raise _error(found)
        return None if found is None else state.session.converter().workspace_edit(found)

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


def _error(refusal: rename.Refusal) -> JsonRpcException:
    return JsonRpcException(refusal.reason, lsp.LSPErrorCodes.RequestFailed.value)
