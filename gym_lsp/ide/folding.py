"""Folding ranges of a config."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.gym.layout import CONFIG_PATHS
from gym_lsp.syntax import Alias, Document, Mapping, Node, Scalar, Sequence
from gym_lsp.text import Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace


class FoldKind(Enum):
    """The kinds of folds; an editor can fold all of one kind at once."""

    REGION = "region"
    IMPORTS = "imports"
    COMMENT = "comment"


class Fold(Struct, frozen=True):
    """A span of several lines; the first line stays visible."""

    span: Span
    kind: FoldKind


def folding_ranges(workspace: Workspace, path: PurePath) -> tuple[Fold, ...]:
    """Return the blocks, lists, long texts and consecutive comment lines of a file, in the order of the text."""
    if workspace.kind(path) in (FileKind.OTHER, FileKind.PROMPT):
        return ()
    document = workspace.load(path).document
    found = (*_below(document.root, FoldKind.REGION), *_comments(document))
    lines = document.lines
    several = (fold for fold in found if lines.line_of(fold.span.start) < lines.line_of(fold.span.end))
    return tuple(sorted(several, key=lambda fold: (fold.span.start, -fold.span.end)))


def _below(node: Node | None, kind: FoldKind) -> Iterator[Fold]:
    if isinstance(node, Mapping):
        for entry in node.entries:
            if not isinstance(entry.value, Alias):
                inside = FoldKind.IMPORTS if entry.name == CONFIG_PATHS else kind
                yield Fold(entry.span, inside)
                yield from _below(entry.value, inside)
    elif isinstance(node, Sequence):
        for item in node.items:
            if not isinstance(item, Scalar | Alias):
                yield Fold(item.span, kind)
            yield from _below(item, kind)


def _comments(document: Document) -> Iterator[Fold]:
    """Yield the groups of consecutive comment lines."""
    lines, text = document.lines, document.text
    first: Span | None = None
    last: Span | None = None
    for comment in document.comments:
        line = lines.line_of(comment.start)
        if text[lines.line_span(line).start : comment.start].strip():
            continue
        if first is None or last is None or lines.line_of(last.start) != line - 1:
            if first is not None and last is not None:
                yield Fold(Span(first.start, last.end), FoldKind.COMMENT)
            first = comment
        last = comment
    if first is not None and last is not None:
        yield Fold(Span(first.start, last.end), FoldKind.COMMENT)
