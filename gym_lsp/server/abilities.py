"""What a client can take, read once from what it said when it connected.

A client that says nothing about a form gets the plainest one: it may show what it does not understand as rubbish.
"""

from __future__ import annotations

from functools import cached_property

from lsprotocol import types as lsp

from gym_lsp.server.to_lsp import Forms

_NO_TAGS: frozenset[lsp.DiagnosticTag] = frozenset()


class Abilities:
    """The capabilities of one client, as answers to the questions that the handlers have."""

    def __init__(self, capabilities: lsp.ClientCapabilities) -> None:
        self._document = capabilities.text_document or lsp.TextDocumentClientCapabilities()
        self._workspace = capabilities.workspace or lsp.WorkspaceClientCapabilities()
        self._window = capabilities.window or lsp.WindowClientCapabilities()

    # Diagnostics

    @cached_property
    def pulls(self) -> bool:
        """Whether the client asks for diagnostics by itself and lets us say when to ask again."""
        refreshes = self._workspace.diagnostics
        return self._document.diagnostic is not None and refreshes is not None and bool(refreshes.refresh_support)

    @cached_property
    def forms(self) -> Forms:
        """The forms of diagnostics and edits. What a client pulls, it may take in other forms than what it is sent."""
        published = self._document.publish_diagnostics or lsp.PublishDiagnosticsClientCapabilities()
        pulled = (self._document.diagnostic if self.pulls else None) or lsp.DiagnosticClientCapabilities()
        tags = pulled.tag_support or published.tag_support
        edit = self._workspace.workspace_edit
        return Forms(
            related=bool(_first(pulled.related_information, published.related_information)),
            code_descriptions=bool(_first(pulled.code_description_support, published.code_description_support)),
            opens_documents=self.takes_content,
            data=bool(_first(pulled.data_support, published.data_support)),
            tags=_NO_TAGS if tags is None else frozenset(tags.value_set),
            versioned_edits=edit is not None and bool(edit.document_changes),
        )

    @cached_property
    def takes_versions(self) -> bool:
        """Whether published diagnostics may name the version of the text that they speak of."""
        published = self._document.publish_diagnostics
        return published is not None and bool(published.version_support)

    # Reading and completion

    @cached_property
    def takes_markdown(self) -> bool:
        """Whether hovers may be Markdown."""
        hover = self._document.hover
        return hover is not None and lsp.MarkupKind.Markdown in (hover.content_format or ())

    @cached_property
    def _completion(self) -> lsp.ClientCompletionItemOptions:
        completion = self._document.completion
        return (None if completion is None else completion.completion_item) or lsp.ClientCompletionItemOptions()

    @cached_property
    def takes_snippets(self) -> bool:
        """Whether completions may have tab stops."""
        return bool(self._completion.snippet_support)

    @cached_property
    def takes_markdown_in_completions(self) -> bool:
        """Whether the documentation of a completion may be Markdown."""
        return lsp.MarkupKind.Markdown in (self._completion.documentation_format or ())

    @cached_property
    def takes_completion_tags(self) -> bool:
        """Whether a completion may be marked as deprecated by a tag."""
        support = self._completion.tag_support
        return support is not None and lsp.CompletionItemTag.Deprecated in support.value_set

    @cached_property
    def takes_deprecated_completions(self) -> bool:
        """Whether a completion may be marked as deprecated in the older way."""
        return bool(self._completion.deprecated_support) and not self.takes_completion_tags

    @cached_property
    def takes_text_as_is(self) -> bool:
        """Whether a completion may say that its lines are indented already."""
        support = self._completion.insert_text_mode_support
        return support is not None and lsp.InsertTextMode.AsIs in support.value_set

    # Navigation

    def takes_links(self, method: str) -> bool:
        """Whether the answer to a goto request may say where it comes from."""
        capability = {
            lsp.TEXT_DOCUMENT_DEFINITION: self._document.definition,
            lsp.TEXT_DOCUMENT_DECLARATION: self._document.declaration,
            lsp.TEXT_DOCUMENT_TYPE_DEFINITION: self._document.type_definition,
            lsp.TEXT_DOCUMENT_IMPLEMENTATION: self._document.implementation,
        }[method]
        return capability is not None and bool(capability.link_support)

    @cached_property
    def takes_nested_symbols(self) -> bool:
        """Whether the outline may be a tree."""
        symbols = self._document.document_symbol
        return symbols is not None and bool(symbols.hierarchical_document_symbol_support)

    # Code actions

    @cached_property
    def takes_code_actions(self) -> bool:
        """Whether a code action may carry its edit; older clients know nothing but commands."""
        action = self._document.code_action
        return action is not None and action.code_action_literal_support is not None

    @cached_property
    def takes_preferred(self) -> bool:
        """Whether one of the code actions may be marked as the one to take."""
        action = self._document.code_action
        return action is not None and bool(action.is_preferred_support)

    # What the server may ask the client

    @cached_property
    def shows_progress(self) -> bool:
        """Whether the server may show progress that nobody asked for."""
        return bool(self._window.work_done_progress)

    @cached_property
    def watches(self) -> bool:
        """Whether the client tells about files, once it is asked to."""
        watched = self._workspace.did_change_watched_files
        return watched is not None and bool(watched.dynamic_registration)

    @cached_property
    def watches_elsewhere(self) -> bool:
        """Whether the client can watch folders outside of the workspace."""
        watched = self._workspace.did_change_watched_files
        return self.watches and watched is not None and bool(watched.relative_pattern_support)

    @cached_property
    def is_asked_for_settings(self) -> bool:
        """Whether the client gives its settings when it is asked for them."""
        return bool(self._workspace.configuration)

    @cached_property
    def registers_settings(self) -> bool:
        """Whether the client has to be asked to tell that settings changed."""
        changes = self._workspace.did_change_configuration
        return changes is not None and bool(changes.dynamic_registration)

    @cached_property
    def shows_documents(self) -> bool:
        """Whether the client opens a document when it is asked to."""
        return self._window.show_document is not None and self._window.show_document.support

    @cached_property
    def takes_content(self) -> bool:
        """Whether the client asks the server for documents that are not on disk."""
        return self._workspace.text_document_content is not None

    @cached_property
    def refreshes_hints(self) -> bool:
        hints = self._workspace.inlay_hint
        return hints is not None and bool(hints.refresh_support)

    @cached_property
    def refreshes_lenses(self) -> bool:
        lenses = self._workspace.code_lens
        return lenses is not None and bool(lenses.refresh_support)

    @cached_property
    def refreshes_tokens(self) -> bool:
        tokens = self._workspace.semantic_tokens
        return tokens is not None and bool(tokens.refresh_support)


def _first(one: bool | None, other: bool | None) -> bool | None:
    return other if one is None else one
