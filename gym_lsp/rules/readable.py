"""Which findings of a file are worth telling.

What YAML stumbled over is missing from the tree, and a block that holds it looks as if its author had left something
out. Such a block is not judged until it can be read; the others are.
"""

from __future__ import annotations

from bisect import bisect_right

from gym_lsp.diagnostic import Diagnostic
from gym_lsp.rules.duplicate_key import duplicate_key
from gym_lsp.rules.invalid_yaml import invalid_yaml
from gym_lsp.syntax import Document, Kind, Mapping

_ABOUT_YAML = frozenset({invalid_yaml.name, duplicate_key.name})


def is_of_readable_block(document: Document, found: Diagnostic) -> bool:
    """Whether a finding is about YAML itself, or about a top-level block of which every line could be read."""
    broken = [*document.given_up, *(each.span for each in document.problems if each.kind is not Kind.DUPLICATE_KEY)]
    if not broken or found.rule in _ABOUT_YAML:
        return True
    root = document.root
    starts = [entry.span.start for entry in root.entries] if isinstance(root, Mapping) else []
    block = bisect_right(starts, found.span.start)
    return all(bisect_right(starts, span.start) != block for span in broken)
