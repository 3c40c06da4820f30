"""Scans the line of the cursor for words, without the parser, because an incomplete line is rarely valid YAML."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from gym_lsp.syntax.marks import line_end
from gym_lsp.text import Span


class Mark(Enum):
    """The kinds of words."""

    PLAIN = "plain"
    QUOTED = "quoted"
    COLON = ":"
    COMMA = ","
    OPEN_MAPPING = "{"
    OPEN_LIST = "["
    CLOSE = "}"
    COMMENT = "#"


class Word(Struct, frozen=True):
    """One word. `closed` is False for quoted text without a closing quote."""

    mark: Mark
    span: Span
    closed: bool = True


class ScannedLine(Struct, frozen=True):
    """The words of a line, and the closing brackets that are missing after the last one."""

    words: tuple[Word, ...]
    open: str


def scan(text: str, start: int, end: int) -> ScannedLine:
    """Return the words of a line, or of the lines of a flow collection. Never fails."""
    words: list[Word] = []
    stack: list[str] = []
    at = start
    while at < end:
        character = text[at]
        if character in " \t\r\n":
            at += 1
            continue
        word = _word(text, at, end, words, stack)
        if word.mark is Mark.OPEN_MAPPING:
            stack.append("}")
        elif word.mark is Mark.OPEN_LIST:
            stack.append("]")
        elif word.mark is Mark.CLOSE and stack:
            stack.pop()
        words.append(word)
        at = word.span.end
    return ScannedLine(tuple(words), "".join(reversed(stack)))


def _word(text: str, at: int, end: int, words: list[Word], stack: list[str]) -> Word:
    character = text[at]
    if character == "#" and (at == 0 or text[at - 1] in " \t\r\n\ufeff"):
        return Word(Mark.COMMENT, Span(at, min(line_end(text, at), end)))
    begins = not words or words[-1].mark not in (Mark.PLAIN, Mark.QUOTED)
    if begins and character in "{[":
        return Word(Mark.OPEN_MAPPING if character == "{" else Mark.OPEN_LIST, Span(at, at + 1))
    if stack and character in "]},":
        return Word(Mark.COMMA if character == "," else Mark.CLOSE, Span(at, at + 1))
    if character == ":" and _separates(text, at, end, words, stack):
        return Word(Mark.COLON, Span(at, at + 1))
    if begins and character in "\"'":
        return _quoted(text, at, end)
    return Word(Mark.PLAIN, Span(at, _plain_end(text, at, end, words, stack)))


def _separates(text: str, at: int, end: int, words: list[Word], stack: list[str]) -> bool:
    """Whether a colon separates a key from its value."""
    if not stack and any(word.mark is Mark.COLON for word in words):
        return False
    after = text[at + 1] if at + 1 < end else " "
    if after in " \t\r\n" or (stack and after in ",[]{}"):
        return True
    return bool(words) and words[-1].mark is Mark.QUOTED and words[-1].span.end == at and bool(stack)


def _quoted(text: str, at: int, end: int) -> Word:
    quote = text[at]
    place = at + 1
    while place < end:
        if text[place] == "\\" and quote == '"':
            place += 2
            continue
        if text[place] == quote:
            if quote == "'" and text[place + 1 : place + 2] == "'":
                place += 2
                continue
            return Word(Mark.QUOTED, Span(at, place + 1))
        place += 1
    return Word(Mark.QUOTED, Span(at, end), closed=False)


def _plain_end(text: str, at: int, end: int, words: list[Word], stack: list[str]) -> int:
    """Return the end of a plain scalar without trailing spaces. `${...}` is always part of the scalar."""
    place = last = at
    depth = 0
    while place < end:
        character = text[place]
        if character in "\r\n" or (character == "#" and place > at and text[place - 1] in " \t"):
            break
        if text.startswith("${", place):
            depth += 1
            place += 2
            last = place
            continue
        if depth and character == "}":
            depth -= 1
        elif not depth:
            if stack and character in ",[]{}":
                break
            if character == ":" and place > at and _separates(text, place, end, words, stack):
                break
        place += 1
        if character not in " \t":
            last = place
    return max(last, min(at + 1, end))
