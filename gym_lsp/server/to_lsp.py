"""Conversion to LSP types. Spans become ranges in the position encoding that the client has chosen."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from urllib.parse import quote, unquote_to_bytes, urlsplit

from lsprotocol import types as lsp
from msgspec import Struct
from pygls import uris

from gym_lsp.diagnostic import Applicability, Diagnostic, FileEdit, Severity, Tag
from gym_lsp.ide.markdown import Link, Markdown, code, linked, plain, render
from gym_lsp.ide.target import Location
from gym_lsp.project import NAME
from gym_lsp.text import Encoding, LineIndex, Span
from gym_lsp.workspace.workspace import Workspace

SOURCE = NAME
_TO_CONFIRM = "confirm"
"""The name of an annotation in its edit."""
_TAGS = {Tag.UNNECESSARY: lsp.DiagnosticTag.Unnecessary, Tag.DEPRECATED: lsp.DiagnosticTag.Deprecated}
_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.INFORMATION: lsp.DiagnosticSeverity.Information,
    Severity.HINT: lsp.DiagnosticSeverity.Hint,
}


class Forms(Struct, frozen=True):
    """The forms of diagnostics and edits that a client supports; the plainest by default.

    `tags` are those that it can display. `opens_documents` says that a link may lead to a document of this server.
    `versioned_edits` says that an edit may contain the versions of its documents.
    """

    related: bool = False
    code_descriptions: bool = False
    opens_documents: bool = False
    data: bool = False
    tags: frozenset[lsp.DiagnosticTag] = frozenset()
    versioned_edits: bool = False


class OpenDocument(Struct, frozen=True):
    """The client's URI and version of an open document."""

    uri: str
    version: int


class Converter:
    """Makes LSP types for one client.

    `text` returns the text to which the spans of a path refer. `opened` returns None for a document that is not open.
    """

    def __init__(
        self,
        encoding: Encoding,
        text: Callable[[PurePath], str],
        opened: Callable[[PurePath], OpenDocument | None],
        forms: Forms,
    ) -> None:
        self.encoding = encoding
        self._text = text
        self._opened = opened
        self.forms = forms
        self._lines: dict[PurePath, LineIndex] = {}

    def lines(self, path: PurePath) -> LineIndex:
        index = self._lines.get(path)
        if index is None:
            index = self._lines[path] = LineIndex(self._text(path))
        return index

    def uri(self, path: PurePath) -> str:
        """Return the URI of a path, in the client's own spelling if the document is open."""
        opened = self._opened(path)
        return uri_of(path) if opened is None else opened.uri

    def range(self, path: PurePath, span: Span) -> lsp.Range:
        index = self.lines(path)
        start, end = index.position(span.start, self.encoding), index.position(span.end, self.encoding)
        return lsp.Range(lsp.Position(start.line, start.column), lsp.Position(end.line, end.column))

    def markup(self, workspace: Workspace, markdown: Markdown, *, as_markdown: bool) -> lsp.MarkupContent:
        """Return content as Markdown or as plain text. No link leads out of the workspace."""

        def line(link: Link, lead: str) -> str:
            return "" if link.offset is None else f"{lead}{self.lines(link.path).line_of(link.offset) + 1}"

        def label(link: Link) -> str:
            return f"{link.text}{line(link, ':')}"

        def written(link: Link) -> str:
            if workspace.is_outside(link.path):
                return code(label(link))
            return linked(label(link), f"{self.uri(link.path)}{line(link, '#L')}")

        if as_markdown:
            return lsp.MarkupContent(lsp.MarkupKind.Markdown, render(markdown, written))
        return lsp.MarkupContent(lsp.MarkupKind.PlainText, plain(markdown, label))

    def location(self, place: Location) -> lsp.Location:
        return lsp.Location(self.uri(place.path), self.range(place.path, place.selection))

    def link(self, origin: lsp.Range, place: Location) -> lsp.LocationLink:
        return lsp.LocationLink(
            target_uri=self.uri(place.path),
            target_range=self.range(place.path, place.span),
            target_selection_range=self.range(place.path, place.selection),
            origin_selection_range=origin,
        )

    def diagnostic(self, found: Diagnostic, url: str | None) -> lsp.Diagnostic:
        """Return a finding in the forms that the client supports; `url` is the page of its rule."""
        forms = self.forms
        tags = [tag for each in sorted(found.tags, key=lambda tag: tag.value) if (tag := _TAGS[each]) in forms.tags]
        return lsp.Diagnostic(
            range=self.range(found.path, found.span),
            message=found.message,
            severity=_SEVERITIES[found.severity],
            code=found.rule,
            code_description=lsp.CodeDescription(url) if url is not None and forms.code_descriptions else None,
            source=SOURCE,
            tags=tags or None,
            related_information=(self._related(found) or None) if forms.related else None,
            data=_fixes(found) if forms.data and found.fixes else None,
        )

    def _related(self, found: Diagnostic) -> list[lsp.DiagnosticRelatedInformation]:
        return [
            lsp.DiagnosticRelatedInformation(
                lsp.Location(self.uri(each.path), self.range(each.path, each.span)), each.message
            )
            for each in found.related
        ]

    def text_edits(self, edits: Iterable[FileEdit]) -> dict[PurePath, list[lsp.TextEdit]]:
        """Return the edits of each file."""
        found: dict[PurePath, list[lsp.TextEdit]] = {}
        for path, edit in edits:
            found.setdefault(path, []).append(lsp.TextEdit(self.range(path, edit.span), edit.text))
        return found

    def workspace_edit(self, edits: Iterable[FileEdit]) -> lsp.WorkspaceEdit:
        """Return edits as one, with the versions of their documents if the client supports them."""
        files = self.text_edits(edits)
        if not self.forms.versioned_edits:
            return lsp.WorkspaceEdit(changes={self.uri(path): found for path, found in files.items()})
        return lsp.WorkspaceEdit(
            document_changes=[lsp.TextDocumentEdit(self._versioned(path), list(found)) for path, found in files.items()]
        )

    def edit_to_confirm(
        self, edits: Iterable[FileEdit], to_confirm: Iterable[FileEdit], annotation: lsp.ChangeAnnotation
    ) -> lsp.WorkspaceEdit:
        """Return edits and others that the user has to confirm, for a client that supports annotations."""
        plain = [
            lsp.TextDocumentEdit(self._versioned(path), list(found)) for path, found in self.text_edits(edits).items()
        ]
        annotated = [
            lsp.TextDocumentEdit(
                self._versioned(path), [lsp.AnnotatedTextEdit(_TO_CONFIRM, each.range, each.new_text) for each in found]
            )
            for path, found in self.text_edits(to_confirm).items()
        ]
        return lsp.WorkspaceEdit(document_changes=[*plain, *annotated], change_annotations={_TO_CONFIRM: annotation})

    def _versioned(self, path: PurePath) -> lsp.OptionalVersionedTextDocumentIdentifier:
        opened = self._opened(path)
        # Without a version, the edit refers to the file on disk.
        version = None if opened is None else opened.version
        return lsp.OptionalVersionedTextDocumentIdentifier(self.uri(path), version)


def _fixes(found: Diagnostic) -> Mapping[str, object]:
    """Return the fixes of a finding, for clients that display them without a request for code actions."""
    return {
        "fixes": [{"title": fix.title, "isSafe": fix.applicability is Applicability.SAFE} for fix in found.fixes],
    }


def uri_of(path: PurePath) -> str:
    """Return the URI of a path. `path_of` is its inverse, also for a name that is not UTF-8."""
    if os.name != "nt":
        # pygls takes `/A:` for a drive.
        return "file://" + quote(os.fsencode(path))
    found = uris.from_fs_path(str(path))
    assert found is not None
    return found


def path_of(uri: str) -> PurePath | None:
    """Return the path of a `file:` URI, or None for any other text."""
    if not uri.startswith("file:"):
        return None
    if os.name != "nt":
        try:
            return PurePath(os.fsdecode(unquote_to_bytes(urlsplit(uri).path)))
        except ValueError:  # an invalid host, or half of a character
            return None
    found = uris.to_fs_path(uri)
    return None if found is None else PurePath(found)
