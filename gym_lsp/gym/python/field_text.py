"""The place of a field in the source of its class, and the comments beside it."""

from __future__ import annotations

import re

from gym_lsp.gym.fields import Field
from gym_lsp.text import Span

_DIRECTIVE = re.compile(r"(noqa|type:|pragma|pyright:|fmt:|ruff:|pylint:|(?:TO|FIX)[A-Z]{2}\b)")
"""Comments for tools, not for readers."""

_RULE = re.compile(r"[-=#*~_\s]*")
"""A comment that is only a separator."""


def field_span(text: str, field: Field) -> Span | None:
    """Return the span of the name of a field in the text of `field.path`, or None if it is no longer there."""
    start = line_start(text, field.line)
    name = field.attribute or field.name
    match = None if start is None else re.compile(rf"[ \t]*(?P<name>{re.escape(name)})\b").match(text, start)
    return None if match is None else Span(*match.span("name"))


def field_comment(text: str, line: int | None) -> str | None:
    """Return the comment after the field at a line or directly above it, as one paragraph; None if there is none."""
    start = line_start(text, line)
    if start is None:
        return None
    return _joined(_after(text[start:])) or _joined(_above(text[:start].split("\n")[:-1]))


def line_start(text: str, line: int | None) -> int | None:
    """Return the offset of a line, counted from 1, or None if the text has no such line."""
    start = 0
    for _ in range((line or 1) - 1):
        start = text.find("\n", start) + 1
        if not start:
            return None
    return None if line is None else start


def _after(text: str) -> list[str]:
    """Return the comments in the statement that `text` starts with."""
    # These modules are slow to import, and only a hover needs them.
    import io
    import tokenize

    found: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                found.append(token.string)
            elif token.type == tokenize.NEWLINE:
                break
    except (tokenize.TokenError, SyntaxError):
        return []
    return found


def _above(lines: list[str]) -> list[str]:
    found: list[str] = []
    for line in reversed(lines):
        stripped = line.strip()
        if not stripped.startswith("#"):
            break
        found.append(stripped)
    return found[::-1]


def _joined(comments: list[str]) -> str | None:
    texts = (comment.lstrip("#").strip() for comment in comments)
    return " ".join(text for text in texts if not _RULE.fullmatch(text) and not _DIRECTIVE.match(text)) or None
