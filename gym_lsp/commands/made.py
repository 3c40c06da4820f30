"""The configs that a document has its reader make, so that they need not be there."""

from __future__ import annotations

import re
from collections.abc import Container

_FILE = re.compile(r"[\w.-]{1,100}\.ya?ml\b")
_MAKING = re.compile(
    r"""
    \b(?:creat|writ|wrote|sav|add|cop|edit|updat|generat|produc|mak|renam)(?:e|es|ed|ing|ten|y|ies|ied)?\b
    |\b(?:cp|mv|touch|tee|cat|vim|nano|title|filename|output|new|own|export|dump)\b
    |```|~~~
    |>[ ]?[\w./$"'{}-]{0,100}\.ya?ml
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NEAR = 200
"""Characters around the name of a file in which the words for making one are looked for."""


def made_files(text: str, used: Container[int]) -> frozenset[str]:
    """Return the names, without folders, of the files that a document seems to have its reader make.

    Such a name has a word such as "create" in its line or in the line above, or is at the top of a block. `used` are
    the offsets at which the names end that are arguments of commands.
    """
    found: set[str] = set()
    for match in _FILE.finditer(text):
        if match[0] in found or match.end() in used:
            continue
        nearest = max(0, match.start() - _NEAR)
        line = text.rfind("\n", nearest, match.start())
        above = text.rfind("\n", nearest, line) if line > 0 else -1
        end = text.find("\n", match.end(), match.end() + _NEAR)
        end = min(len(text), match.end() + _NEAR) if end < 0 else end
        if _MAKING.search(text, max(nearest, above + 1), end):
            found.add(match[0])
    return frozenset(found)
