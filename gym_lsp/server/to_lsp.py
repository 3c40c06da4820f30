"""From our words to LSP's. Spans become ranges in the encoding that the client asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePath

from lsprotocol import types as lsp
from pygls import uris

from gym_lsp.diagnostic import Diagnostic, FileEdit, Severity, Tag
from gym_lsp.ide.target import Place
from gym_lsp.text import Encoding, LineIndex, Span

SOURCE = "gym-lsp"
_TAGS = {Tag.UNNECESSARY: lsp.DiagnosticTag.Unnecessary, Tag.DEPRECATED: lsp.DiagnosticTag.Deprecated}
_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.INFORMATION: lsp.DiagnosticSeverity.Information,
    Severity.HINT: lsp.DiagnosticSeverity.Hint,
}


class Converter:
    """Makes ranges and locations for one client.

    `text` gives the text that the spans of a path speak of; `uri` the spelling of an open document.
    """

    def __init__(
        self, encoding: Encoding, text: Callable[[PurePath], str], uri: Callable[[PurePath], str | None]
    ) -> None:
        self.encoding = encoding
        self._text = text
        self._uri = uri
        self._lines: dict[PurePath, LineIndex] = {}

    def lines(self, path: PurePath) -> LineIndex:
        index = self._lines.get(path)
        if index is None:
            index = self._lines[path] = LineIndex(self._text(path))
        return index

    def uri(self, path: PurePath) -> str:
        """The client's own spelling where the document is open."""
        return self._uri(path) or uri_of(path)

    def range(self, path: PurePath, span: Span) -> lsp.Range:
        index = self.lines(path)
        start, end = index.position(span.start, self.encoding), index.position(span.end, self.encoding)
        return lsp.Range(lsp.Position(start.line, start.column), lsp.Position(end.line, end.column))

    def location(self, place: Place) -> lsp.Location:
        return lsp.Location(self.uri(place.path), self.range(place.path, place.selection))

    def link(self, origin: lsp.Range, place: Place) -> lsp.LocationLink:
        return lsp.LocationLink(
            target_uri=self.uri(place.path),
            target_range=self.range(place.path, place.span),
            target_selection_range=self.range(place.path, place.selection),
            origin_selection_range=origin,
        )

    def diagnostic(self, found: Diagnostic, url: str | None) -> lsp.Diagnostic:
        related = [
            lsp.DiagnosticRelatedInformation(
                lsp.Location(self.uri(each.path), self.range(each.path, each.span)), each.message
            )
            for each in found.related
        ]
        return lsp.Diagnostic(
            range=self.range(found.path, found.span),
            message=found.message,
            severity=_SEVERITIES[found.severity],
            code=found.rule,
            code_description=None if url is None else lsp.CodeDescription(url),
            source=SOURCE,
            tags=[_TAGS[tag] for tag in sorted(found.tags, key=lambda tag: tag.value)] or None,
            related_information=related or None,
        )

    def workspace_edit(self, edits: Iterable[FileEdit]) -> lsp.WorkspaceEdit:
        changes: dict[str, list[lsp.TextEdit]] = {}
        for path, edit in edits:
            text_edit = lsp.TextEdit(self.range(path, edit.span), edit.text)
            changes.setdefault(self.uri(path), []).append(text_edit)
        return lsp.WorkspaceEdit(changes=dict(changes))


def uri_of(path: PurePath) -> str:
    found = uris.from_fs_path(str(path))
    assert found is not None
    return found


def path_of(uri: str) -> PurePath | None:
    """The path of a `file:` URI; None for documents that are not on disk."""
    if not uri.startswith("file:"):
        return None
    found = uris.to_fs_path(uri)
    return None if found is None else PurePath(found)
