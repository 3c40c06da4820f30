"""The settings in docs/editors.md, for the tests to use them word for word."""

from __future__ import annotations

import re

from tests.editors.programs import REPOSITORY

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def snippets(editor: str) -> list[str]:
    """The code blocks of an editor's section, in their order."""
    page = (REPOSITORY / "docs/editors.md").read_text(encoding="utf-8")
    section = page.split(f"\n## {editor}\n", 1)[1].split("\n## ", 1)[0]
    return [block for _, block in _BLOCK.findall(section)]
