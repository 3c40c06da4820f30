"""Selection ranges: a word, a value, an entry, a block, and so on to the whole text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.ide.target import classify, locate
from gym_lsp.syntax import Document, Mapping, Scalar
from gym_lsp.text import Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import inner_span
from gym_lsp.workspace.workspace import Workspace


def selection_ranges(workspace: Workspace, path: PurePath, offset: int) -> tuple[Span, ...]:
    """Return the spans around an offset, the smallest first, the whole text last. Each contains the previous one.

    The result is empty for files that are not part of NeMo Gym.
    """
    if workspace.kind(path) is FileKind.OTHER:
        return ()
    document = workspace.load(path).document
    target = classify(workspace, path, offset)
    smallest = () if target is None else (target.span,)
    found = [Span(offset, offset)]
    candidates = sorted({*smallest, *_around(document, offset)}, key=lambda span: (span.end - span.start, -span.start))
    for span in candidates:
        if span.contains(offset) and span.covers(found[-1]) and span != found[-1]:
            found.append(span)
    return tuple(found if len(found) == 1 else found[1:])


def _around(document: Document, offset: int) -> Iterator[Span]:
    yield Span(0, len(document.text))
    line = document.lines.line_span(document.lines.line_of(min(offset, len(document.text))))
    written = line.of(document.text)
    yield Span(line.start + len(written) - len(written.lstrip()), line.start + len(written.rstrip()))
    yield from (comment for comment in document.comments if comment.contains(offset))
    spot = locate(document, offset)
    for parent in spot.parents:
        yield parent.span
        if isinstance(parent, Mapping):
            yield from (entry.span for entry in parent.entries if entry.span.contains(offset))
        else:
            yield from (item.span for item in parent.items if item.span.contains(offset))
    if spot.node is not None:
        yield spot.node.span
        if isinstance(spot.node, Scalar) and inner_span(spot.node).contains(offset):
            yield inner_span(spot.node)
