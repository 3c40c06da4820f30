"""What a client supports, read once from the capabilities that it sent when it connected.

A client that does not declare a capability gets the plainest form: it may display anything else as raw text.
"""

from __future__ import annotations

from functools import cached_property

from lsprotocol import types as lsp

from gym_lsp.server.to_lsp import Forms

_NO_TAGS: frozenset[lsp.DiagnosticTag] = frozenset()


class Capabilities:
    """The capabilities of one client as properties that the handlers need."""

    def __init__(self, capabilities: lsp.ClientCapabilities) -> None:
        self._document = capabilities.text_document or lsp.TextDocumentClientCapabilities()
        self._workspace = capabilities.workspace or lsp.WorkspaceClientCapabilities()
        self._window = capabilities.window or lsp.WindowClientCapabilities()

    # Diagnostics

    @cached_property
    def pulls(self) -> bool:
        """Whether the client pulls diagnostics and supports refresh requests for them."""
        refreshes = self._workspace.diagnostics
        return self._document.diagnostic is not None and refreshes is not None and bool(refreshes.refresh_support)

    @cached_property
    def forms(self) -> Forms:
        """The forms of diagnostics and edits. They can differ between pulled and pushed diagnostics."""
        published = self._document.publish_diagnostics or lsp.PublishDiagnosticsClientCapabilities()
        pulled = (self._document.diagnostic if self.pulls else None) or lsp.DiagnosticClientCapabilities()
        tags = pulled.tag_support or published.tag_support
        edit = self._workspace.workspace_edit
        return Forms(
            related=bool(_first(pulled.related_information, published.related_information)),
            code_descriptions=bool(_first(pulled.code_description_support, published.code_description_support)),
            opens_documents=self.supports_content,
            data=bool(_first(pulled.data_support, published.data_support)),
            tags=_NO_TAGS if tags is None else frozenset(tags.value_set),
            versioned_edits=edit is not None and bool(edit.document_changes),
        )

    @cached_property
    def supports_annotations(self) -> bool:
        """Whether an edit may contain parts that the user has to confirm."""
        # Annotated edits exist only in `documentChanges`, which Neovim supports without declaring it.
        edit = self._workspace.workspace_edit
        return edit is not None and edit.change_annotation_support is not None

    @cached_property
    def supports_versions(self) -> bool:
        """Whether published diagnostics may contain the version of their document."""
        published = self._document.publish_diagnostics
        return published is not None and bool(published.version_support)

    # Hover and completion

    @cached_property
    def supports_markdown(self) -> bool:
        """Whether hovers may be Markdown."""
        hover = self._document.hover
        return hover is not None and lsp.MarkupKind.Markdown in (hover.content_format or ())

    @cached_property
    def _completion(self) -> lsp.ClientCompletionItemOptions:
        completion = self._document.completion
        return (None if completion is None else completion.completion_item) or lsp.ClientCompletionItemOptions()

    @cached_property
    def supports_snippets(self) -> bool:
        """Whether completions may contain tab stops."""
        return bool(self._completion.snippet_support)

    @cached_property
    def supports_markdown_in_completions(self) -> bool:
        """Whether the documentation of a completion may be Markdown."""
        return lsp.MarkupKind.Markdown in (self._completion.documentation_format or ())

    @cached_property
    def supports_completion_tags(self) -> bool:
        """Whether a completion may be marked as deprecated with a tag."""
        support = self._completion.tag_support
        return support is not None and lsp.CompletionItemTag.Deprecated in support.value_set

    @cached_property
    def supports_deprecated_completions(self) -> bool:
        """Whether a completion may be marked as deprecated with the older boolean."""
        return bool(self._completion.deprecated_support) and not self.supports_completion_tags

    @cached_property
    def supports_text_as_is(self) -> bool:
        """Whether a completion may declare that its lines are already indented."""
        support = self._completion.insert_text_mode_support
        return support is not None and lsp.InsertTextMode.AsIs in support.value_set

    # Navigation

    def supports_links(self, method: str) -> bool:
        """Whether the answer to a goto request may be links, which contain the range of their origin."""
        capability = {
            lsp.TEXT_DOCUMENT_DEFINITION: self._document.definition,
            lsp.TEXT_DOCUMENT_DECLARATION: self._document.declaration,
            lsp.TEXT_DOCUMENT_TYPE_DEFINITION: self._document.type_definition,
            lsp.TEXT_DOCUMENT_IMPLEMENTATION: self._document.implementation,
        }[method]
        return capability is not None and bool(capability.link_support)

    @cached_property
    def supports_nested_symbols(self) -> bool:
        """Whether the outline may be a tree."""
        symbols = self._document.document_symbol
        return symbols is not None and bool(symbols.hierarchical_document_symbol_support)

    # Code actions

    @cached_property
    def supports_code_actions(self) -> bool:
        """Whether a code action may contain its edit. Older clients support only commands."""
        action = self._document.code_action
        return action is not None and action.code_action_literal_support is not None

    @cached_property
    def supports_preferred(self) -> bool:
        """Whether a code action may be marked as preferred."""
        action = self._document.code_action
        return action is not None and bool(action.is_preferred_support)

    # Requests of the server to the client

    @cached_property
    def shows_progress(self) -> bool:
        """Whether the client shows progress of work that the server starts."""
        return bool(self._window.work_done_progress)

    @cached_property
    def watches_files(self) -> bool:
        """Whether the client reports changes of files, if the server registers for them."""
        watched = self._workspace.did_change_watched_files
        return watched is not None and bool(watched.dynamic_registration)

    @cached_property
    def watches_outside(self) -> bool:
        """Whether the client can watch folders outside the workspace."""
        watched = self._workspace.did_change_watched_files
        return self.watches_files and watched is not None and bool(watched.relative_pattern_support)

    @cached_property
    def supports_configuration(self) -> bool:
        """Whether the client answers requests for its settings."""
        return bool(self._workspace.configuration)

    @cached_property
    def registers_configuration(self) -> bool:
        """Whether the client reports changed settings only if the server registers for them."""
        changes = self._workspace.did_change_configuration
        return changes is not None and bool(changes.dynamic_registration)

    @cached_property
    def shows_documents(self) -> bool:
        """Whether the client can open a document for the server."""
        return self._window.show_document is not None and self._window.show_document.support

    @cached_property
    def supports_content(self) -> bool:
        """Whether the client requests documents that are not on disk from the server."""
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
