"""Where a field is spelled in the source of its class, and what the comments beside it say."""

from __future__ import annotations

import re

from gym_lsp.gym.fields import Field
from gym_lsp.text import Span

_DIRECTIVE = re.compile(r"(noqa|type:|pragma|pyright:|fmt:|ruff:|pylint:|(?:TO|FIX)[A-Z]{2}\b)")
"""Comments that speak to tools and not to readers."""

_RULE = re.compile(r"[-=#*~_\s]*")
"""A line that only divides."""


def field_span(text: str, field: Field) -> Span | None:
    """The name of a field in the text of the file that `field.path` names; None where it is no longer there."""
    start = line_start(text, field.line)
    name = field.attribute or field.name
    match = None if start is None else re.compile(rf"[ \t]*(?P<name>{re.escape(name)})\b").match(text, start)
    return None if match is None else Span(*match.span("name"))


def field_comment(text: str, line: int | None) -> str | None:
    """Return the comment after the field at a line, or else right above it, as one paragraph; None if there is none."""
    start = line_start(text, line)
    if start is None:
        return None
    behind = _joined(_behind(text[start:]))
    return behind or _joined(_above(text[:start].split("\n")[:-1]))


def line_start(text: str, line: int | None) -> int | None:
    """Where a line begins, counted from 1; None where the text has no such line."""
    start = 0
    for _ in range((line or 1) - 1):
        start = text.find("\n", start) + 1
        if not start:
            return None
    return None if line is None else start


def _behind(text: str) -> list[str]:
    """The comments of the statement that `text` begins with."""
    # These are costly to import, and only who hovers wants to know.
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
    kept = [text for text in texts if not _RULE.fullmatch(text) and not _DIRECTIVE.match(text)]
    return " ".join(kept) or None
