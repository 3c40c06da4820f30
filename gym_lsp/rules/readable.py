"""Which findings of a file are worth telling.

What YAML stumbled over is missing from the tree, and a block that holds it looks as if its author had left something
out. Such a block is not judged until it can be read; the others are. And what another finding explains is not told.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from gym_lsp.diagnostic import Diagnostic
from gym_lsp.rules.duplicate_key import duplicate_key
from gym_lsp.rules.explained import without_explained
from gym_lsp.rules.invalid_yaml import invalid_yaml
from gym_lsp.syntax import Document, Kind, Mapping

_ABOUT_YAML = frozenset({invalid_yaml.name, duplicate_key.name})


def of_readable_blocks(document: Document, found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings about YAML itself, and those about top-level blocks of which every line could be read."""
    broken = [*document.given_up, *(each.span for each in document.problems if each.kind is not Kind.DUPLICATE_KEY)]
    if not broken:
        return without_explained(found)
    root = document.root
    starts = [entry.span.start for entry in root.entries] if isinstance(root, Mapping) else []
    blocks = {bisect_right(starts, span.start) for span in broken}
    return without_explained(
        each for each in found if each.rule in _ABOUT_YAML or bisect_right(starts, each.span.start) not in blocks
    )
