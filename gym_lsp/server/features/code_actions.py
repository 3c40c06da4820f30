"""Code actions: quick fixes, suppressions, and all safe fixes of a file at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lsprotocol import types as lsp

from gym_lsp.commands.parts import DOCUMENTS
from gym_lsp.diagnostic import Applicability, Diagnostic, Fix, apart
from gym_lsp.gym.layout import ROWS
from gym_lsp.ide.suppression_edits import suppression_fixes
from gym_lsp.server import diagnostics
from gym_lsp.server.failures import null_on_failure
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.state import State

FIX_ALL = f"{lsp.CodeActionKind.SourceFixAll.value}.gymLsp"


def register(server: GymLanguageServer, state: State) -> None:
    """Register code actions."""
    kinds = [lsp.CodeActionKind.QuickFix, lsp.CodeActionKind.SourceFixAll, FIX_ALL]

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=kinds))
    @null_on_failure("code actions")
    def code_action(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        return _actions(state, params)


def _actions(state: State, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    found = state.document(params.text_document.uri, in_rows=True, in_commands=True)
    if found is None or not state.client.supports_code_actions:
        return []
    path = found[1]
    findings = diagnostics.shown_findings(state.session, path)
    actions: list[lsp.CodeAction] = []
    if _wants(params, lsp.CodeActionKind.QuickFix):
        span = state.span(path, params.range)
        touched = [each for each in findings if each.span.start <= span.end and span.start <= each.span.end]
        actions.extend(action for each in touched for action in _quick_fixes(state, each, each.fixes))
        # A suppression is the last resort, so it comes last. JSON has no comments.
        if path.suffix not in (ROWS, *DOCUMENTS):
            document = found[0].load(path).document
            for each in touched:
                actions.extend(_quick_fixes(state, each, suppression_fixes(document, each)))
    if _wants(params, FIX_ALL):
        actions.extend(_all_safe(state, findings))
    return actions


def _wants(params: lsp.CodeActionParams, kind: str) -> bool:
    only = params.context.only
    # The empty kind contains all others.
    return only is None or any(each in ("", kind) or kind.startswith(f"{each}.") for each in only)


def _quick_fixes(state: State, finding: Diagnostic, fixes: Iterable[Fix]) -> Iterator[lsp.CodeAction]:
    converter = state.session.converter()
    for fix in fixes:
        is_preferred = state.client.supports_preferred and fix.applicability is Applicability.SAFE
        yield lsp.CodeAction(
            fix.title,
            kind=lsp.CodeActionKind.QuickFix,
            diagnostics=diagnostics.to_lsp_diagnostics([finding], converter),
            is_preferred=is_preferred or None,
            edit=converter.workspace_edit(fix.edits),
        )


def _all_safe(state: State, findings: tuple[Diagnostic, ...]) -> Iterator[lsp.CodeAction]:
    safe = apart(fix for each in findings for fix in each.fixes if fix.applicability is Applicability.SAFE)
    if safe:
        edit = state.session.converter().workspace_edit([edit for fix in safe for edit in fix.edits])
        yield lsp.CodeAction("Apply all safe fixes", kind=FIX_ALL, edit=edit)
