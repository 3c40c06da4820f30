"""A generated part of a handwritten page, between two comments.

<!-- figures: `python -m tests.bench --write` writes the lines below -->
...
<!-- end of figures -->
"""

from __future__ import annotations

import re
from pathlib import Path


class NoSlot(ValueError):
    """The page does not have the slot."""


def filled(page: str, name: str, content: str) -> str:
    """Return the page with other content in a slot. Raises NoSlot."""
    opening, closing = rf"<!-- {re.escape(name)}: [^\n]*-->\n", rf"<!-- end of {re.escape(name)} -->"
    found = re.search(f"(?P<opening>{opening}).*?(?P<closing>{closing})", page, re.DOTALL)
    if found is None:
        raise NoSlot(f"there is no slot <!-- {name}: ... --> with its end")
    content = content.strip("\n")
    return f"{page[: found.end('opening')]}\n{content}\n\n{page[found.start('closing') :]}"


def fill(path: Path, name: str, content: str) -> None:
    """Write content into a slot of a page. Raises NoSlot, and OSError where the page cannot be read or written."""
    path.write_text(filled(path.read_text("utf-8"), name, content), encoding="utf-8", newline="\n")
