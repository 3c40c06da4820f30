"""The parts of a document that are read: all of a script, and the blocks of Markdown that show commands or YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from gym_lsp.text import Span

SCRIPTS = (".sh",)
MARKDOWN = (".md", ".mdx")
DOCUMENTS = (*MARKDOWN, *SCRIPTS)
"""The suffixes of files whose commands can be checked."""

_FENCE = re.compile(r"(?P<before>[ \t]*(?:[-*>][ \t]+)*)(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)")
_SHELLS = frozenset(("", "bash", "sh", "shell", "zsh", "console", "shell-session", "shellsession", "text"))
_YAML = frozenset(("yaml", "yml"))
_INFO_WORD = re.compile(r"[\w-]+")


class Part(Struct, frozen=True):
    """A part of a document. `before` is what is before its fence in the line, such as the mark of a quote."""

    span: Span
    language: str
    before: str = ""

    @property
    def is_quoted(self) -> bool:
        return ">" in self.before

    def text(self, document: str) -> str:
        """Return the text of the part, with spaces for the marks of a quote, so that its length stays the same."""
        text = self.span.of(document)
        if not self.before.strip() and "\t" not in self.before:
            return text
        marks = re.compile(rf"^[ \t>]{{1,{len(self.before)}}}", re.MULTILINE)
        return marks.sub(lambda match: " " * len(match[0]), text)


def shell_parts(suffix: str, text: str) -> Iterator[Span]:
    """Yield the parts of a document that are shell text, in their order."""
    if suffix in SCRIPTS:
        yield Span(0, len(text))
    else:
        yield from (part.span for part in blocks(text) if part.language in _SHELLS)


def yaml_parts(suffix: str, text: str) -> Iterator[Part]:
    """Yield the parts of a document that are YAML, in their order."""
    if suffix in MARKDOWN:
        yield from (part for part in blocks(text) if part.language in _YAML)


def blocks(text: str) -> Iterator[Part]:
    """Yield the fenced blocks of Markdown."""
    fence = before = language = ""
    begin = start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        # A long line is not a fence.
        match = _FENCE.fullmatch(text, start, end) if end - start < 1_000 else None
        if match is not None and not fence:
            fence, before, language = match["fence"], match["before"], _language(match["info"])
            begin = end + 1
        elif match is not None and match["fence"].startswith(fence) and not match["info"].strip():
            yield Part(Span(begin, start), language, before)
            fence = ""
        start = end + 1
    if fence and begin < len(text):
        yield Part(Span(begin, len(text)), language, before)


def _language(info: str) -> str:
    """Return the language of a fence: its first word, or the second after `{code-block}`."""
    words = [word.lower() for word in _INFO_WORD.findall(info)[:2]]
    if len(words) == 2 and info.lstrip().startswith("{code"):
        return words[1]
    return words[0] if words else ""
