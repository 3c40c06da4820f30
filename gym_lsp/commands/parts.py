"""The parts of a document that are shell text: all of a script, and the blocks of Markdown that show commands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gym_lsp.text import Span

SCRIPTS = (".sh",)
MARKDOWN = (".md", ".mdx")
DOCUMENTS = (*MARKDOWN, *SCRIPTS)
"""The suffixes of files whose commands can be checked."""

_FENCE = re.compile(r"[ \t]*(?:[-*>][ \t]+)*(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)")
_LANGUAGES = frozenset(("", "bash", "sh", "shell", "zsh", "console", "shell-session", "shellsession", "text"))
_INFO_WORD = re.compile(r"[\w-]+")


def shell_parts(suffix: str, text: str) -> Iterator[Span]:
    """Yield the parts of a document that are shell text, in their order."""
    if suffix in SCRIPTS:
        yield Span(0, len(text))
    else:
        yield from _blocks(text)


def _blocks(text: str) -> Iterator[Span]:
    """Yield the fenced blocks of Markdown whose language is that of a shell, or that have none."""
    fence = ""
    begin: int | None = None
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        # A long line is not a fence.
        match = _FENCE.fullmatch(text, start, end) if end - start < 1_000 else None
        if match is not None and not fence:
            fence = match["fence"]
            begin = end + 1 if _language(match["info"]) in _LANGUAGES else None
        elif match is not None and match["fence"].startswith(fence) and not match["info"].strip():
            if begin is not None:
                yield Span(begin, start)
            fence, begin = "", None
        start = end + 1
    if fence and begin is not None and begin < len(text):
        yield Span(begin, len(text))


def _language(info: str) -> str:
    """Return the language of a fence: its first word, or the second after `{code-block}`."""
    words = [word.lower() for word in _INFO_WORD.findall(info)[:2]]
    if len(words) == 2 and info.lstrip().startswith("{code"):
        return words[1]
    return words[0] if words else ""
