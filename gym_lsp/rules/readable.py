"""Which findings of a file are reported although YAML could not read all of it.

A line that YAML could not read is missing from the tree, and the block that contains it looks incomplete. Such a block
is not judged until it can be read; the other blocks are.
"""

from __future__ import annotations

from bisect import bisect_right

from gym_lsp.diagnostic import Diagnostic
from gym_lsp.rules.files.duplicate_key import duplicate_key
from gym_lsp.rules.files.invalid_yaml import invalid_yaml
from gym_lsp.syntax import Document, Mapping, SyntaxProblemKind
from gym_lsp.text import Span

_ABOUT_YAML = frozenset({invalid_yaml.name, duplicate_key.name})


def unreadable_blocks(document: Document) -> tuple[Span, ...]:
    """Return the top-level blocks with a line that could not be read, in order; each ends where the next one begins."""
    broken = [
        *document.given_up,
        *(each.span for each in document.problems if each.kind is not SyntaxProblemKind.DUPLICATE_KEY),
    ]
    if not broken:
        return ()
    entries = document.root.entries if isinstance(document.root, Mapping) else ()
    starts = [0, *(entry.span.start for entry in entries if entry.span.start)]
    ends = [*starts[1:], len(document.text) + 1]
    blocks = sorted({bisect_right(starts, span.start) - 1 for span in broken})
    return tuple(Span(starts[block], ends[block]) for block in blocks)


def should_report(found: Diagnostic, unreadable: tuple[Span, ...]) -> bool:
    """Whether a finding is about YAML itself, or outside the blocks that cannot be read."""
    if not unreadable or found.rule in _ABOUT_YAML:
        return True
    index = bisect_right(unreadable, found.span.start, key=lambda block: block.start) - 1
    return index < 0 or found.span.start >= unreadable[index].end
