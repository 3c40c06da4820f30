"""The simple commands in shell text, as far as they are known without running it.

A command is a list of words, and a word has a text in which UNKNOWN stands for everything that only a shell can find
out: variables, substitutions, patterns, and placeholders that a reader replaces. Any text is read, with work that is
proportional to its length: a quote or a bracket that is not closed makes the rest of the text unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from msgspec import Struct

from gym_lsp.text import Span

UNKNOWN = "\0"
"""Stands for any text, including none and, in an open word, several words."""

_Add: TypeAlias = Callable[[str, int], None]

_SPACES = " \t\r"
_ENDS = ";&|()\n"
_SEPARATORS = frozenset(_SPACES + _ENDS)
_PLACEHOLDER = re.compile(r"<[^<>\s|;&][^<>\n|;&]{0,78}>")
_HEREDOC = re.compile(r"<<-?[ \t]*(?P<quote>['\"\\]?)(?P<end>[A-Za-z_]\w*)")
_CONTINUATION = re.compile(r"\\[ \t]*\r?\n")
_VARIABLE = re.compile(r"\$(?:[A-Za-z_]\w*|[0-9@*#?$!-])")
_PATTERN = frozenset("*?{}~")
_KEYWORDS = frozenset(("if", "then", "elif", "else", "do", "while", "until", "!", "{", "$", "%"))
"""What may be before a command: the words of a shell's own statements, and its prompts."""


class Word(Struct, frozen=True):
    """A word after the quotes are removed, with the offset in the document of each of its characters.

    An open word can be several words or none, as an unquoted variable is.
    """

    text: str
    offsets: tuple[int, ...]
    span: Span
    is_open: bool = False

    @property
    def is_known(self) -> bool:
        return UNKNOWN not in self.text

    def span_of(self, start: int, end: int) -> Span:
        """Return the place in the document of some characters of the text; of none, that of the word."""
        return Span(self.offsets[start], self.offsets[end - 1] + 1) if start < end else self.span


class SimpleCommand(Struct, frozen=True):
    """The words between two separators. If it is cut, words that belong to it may be missing at its end."""

    words: tuple[Word, ...]
    is_cut: bool = False


class HereDocument(Struct, frozen=True):
    """The text that a command is given on its standard input. `words` are those of the command."""

    words: tuple[Word, ...]
    text: Word


def simple_commands(text: str, start: int, end: int) -> Iterator[SimpleCommand]:
    """Yield the commands of one part of a text, without those that are in substitutions and in here documents."""
    return (each for each in shell_text(text, start, end) if isinstance(each, SimpleCommand))


def shell_text(text: str, start: int, end: int) -> Iterator[SimpleCommand | HereDocument]:
    """Yield the commands and the here documents of one part of a text, without what is in substitutions."""
    return _Reader(text, start, end).commands()


def shell_text_in(word: Word) -> Iterator[SimpleCommand | HereDocument]:
    """Yield the commands and the here documents of a word that is itself shell text, at their places in the document.

    What is unknown in the word can be any text, so it is an open part of a word.
    """
    for each in shell_text(word.text, 0, len(word.text)):
        words = tuple(_within(word, inner) for inner in each.words)
        if isinstance(each, HereDocument):
            yield HereDocument(words, _within(word, each.text))
        else:
            yield SimpleCommand(words, each.is_cut)


def _within(outer: Word, inner: Word) -> Word:
    """Return a word that was read in the text of another one, with its places in the document."""
    offsets = tuple(outer.offsets[offset] for offset in inner.offsets)
    start, end = inner.span.start, inner.span.end
    span = Span(outer.offsets[start], outer.offsets[end - 1] + 1) if start < end else outer.span
    return Word(inner.text, offsets, span, inner.is_open)


def shell_comments(text: str, start: int, end: int) -> tuple[Span, ...]:
    """Return the comments of one part of a text, from `#` to the end of the line."""
    reader = _Reader(text, start, end)
    for _ in reader.commands():
        pass
    return tuple(reader.comments)


class _Reader:
    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.at = start
        self.end = end
        self.heredocs: list[tuple[str, bool, list[Word]]] = []
        self.comments: list[Span] = []

    def commands(self) -> Iterator[SimpleCommand | HereDocument]:
        words: list[Word] = []
        is_cut = is_continued = is_target = False
        while self.at < self.end:
            character = self.text[self.at]
            if character in _SPACES:
                self.at += 1
            elif character == "\\" and (match := self._match(_CONTINUATION)) is not None:
                self.at = match.end()
                is_continued = True
            elif character == "#":
                # A comment after a continued line ends the command, although its author did not intend that.
                is_cut = is_cut or is_continued
                begin, self.at = self.at, self._line_end()
                self.comments.append(Span(begin, self.at))
            elif character in _ENDS:
                if words:
                    yield SimpleCommand(tuple(words), is_cut)
                words, is_cut, is_continued, is_target = [], False, False, False
                self.at += 1
                if character == "\n":
                    yield from self._read_heredocs()
            elif character == "<" and (heredoc := self._match(_HEREDOC)) is not None:
                self.heredocs.append((heredoc["end"], not heredoc["quote"], words))
                self.at = heredoc.end()
                if heredoc["quote"] and self.text.startswith(heredoc["quote"], self.at):
                    self.at += 1
            elif character == ">" or (character == "<" and self._match(_PLACEHOLDER) is None):
                self.at += 1
                is_target = True
            else:
                word = self._word()
                if is_target:
                    is_target = False
                elif words or word.text not in _KEYWORDS:
                    words.append(word)
                is_continued = False
        if words:
            yield SimpleCommand(tuple(words), is_cut)

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        return pattern.match(self.text, self.at, self.end)

    def _line_end(self) -> int:
        found = self.text.find("\n", self.at, self.end)
        return self.end if found < 0 else found

    def _read_heredocs(self) -> Iterator[HereDocument]:
        """Read the here documents that the last line has announced, and go to the line after them."""
        for name, is_expanded, words in self.heredocs:
            begin = end = self.at
            while self.at < self.end:
                line = Span(self.at, self._line_end())
                self.at = end = min(self.end, line.end + 1)
                if line.of(self.text).strip() == name:
                    end = line.start
                    break
            if words and begin < end:
                yield HereDocument(tuple(words), self._body(Span(begin, end), is_expanded=is_expanded))
        self.heredocs.clear()

    def _body(self, span: Span, *, is_expanded: bool) -> Word:
        """Return the text of a here document."""
        if not is_expanded:
            return Word(span.of(self.text), tuple(range(span.start, span.end)), span)
        body = _Reader(self.text, span.start, span.end)
        characters: list[str] = []
        offsets: list[int] = []

        def add(character: str, offset: int) -> None:
            characters.append(character)
            offsets.append(offset)

        body.expanded(add, "")
        return Word("".join(characters), tuple(offsets), span)

    def _word(self) -> Word:
        """Read the word that begins here."""
        begin = self.at
        characters: list[str] = []
        offsets: list[int] = []
        is_open = False

        def add(character: str, offset: int) -> None:
            characters.append(character)
            offsets.append(offset)

        while self.at < self.end:
            character = self.text[self.at]
            if character in _SEPARATORS or character == ">":
                break
            if character == "\\" and (match := self._match(_CONTINUATION)) is not None:
                if match.end() >= self.end or self.text[match.end()] in _SEPARATORS:
                    break
                # The word goes on in the next line.
                self.at = match.end()
                continue
            if character == "<":
                placeholder = self._match(_PLACEHOLDER)
                if placeholder is None:
                    break
                add(UNKNOWN, self.at)
                self.at = placeholder.end()
            elif character == "'":
                self._quoted(add)
            elif character == '"':
                self._double_quoted(add)
            elif character == "\\":
                if self.at + 1 < self.end:
                    add(self.text[self.at + 1], self.at + 1)
                self.at += 2
            elif character in "$`":
                is_known = self._substitution(add)
                is_open = is_open or not is_known
            elif character in _PATTERN:
                add(UNKNOWN, self.at)
                self.at += 1
            elif character == UNKNOWN:
                # In the text of a word, a variable can be several words.
                is_open = True
                add(UNKNOWN, self.at)
                self.at += 1
            else:
                add(character, self.at)
                self.at += 1
        self.at = min(self.at, self.end)
        return Word("".join(characters), tuple(offsets), Span(begin, self.at), is_open and begin < self.at)

    def _quoted(self, add: _Add) -> None:
        close = self.text.find("'", self.at + 1, self.end)
        if close < 0:
            add(UNKNOWN, self.at)
            self.at = self.end
            return
        for offset in range(self.at + 1, close):
            add(self.text[offset], offset)
        self.at = close + 1

    def _double_quoted(self, add: _Add) -> None:
        self.at += 1
        if not self.expanded(add, '"'):
            # Not closed, so the text of the word is a guess.
            add(UNKNOWN, self.end - 1)

    def expanded(self, add: _Add, close: str) -> bool:
        """Read text in which a shell only expands variables and substitutions. Return whether it is closed."""
        escaped = (close, "\\", "$", "`")
        while self.at < self.end:
            character = self.text[self.at]
            if character == close:
                self.at += 1
                return True
            if character == "\\" and (match := self._match(_CONTINUATION)) is not None:
                self.at = match.end()
            elif character == "\\" and self.text[self.at + 1 : self.at + 2] in escaped:
                if self.at + 1 < self.end:
                    add(self.text[self.at + 1], self.at + 1)
                self.at += 2
            elif character in "$`":
                self._substitution(add)
            else:
                add(character, self.at)
                self.at += 1
        return False

    def _substitution(self, add: _Add) -> bool:
        """Read a variable or a substitution. Return whether it is known, because the dollar sign is only a text."""
        if self.text[self.at] == "`":
            close = self.text.find("`", self.at + 1, self.end)
            add(UNKNOWN, self.at)
            self.at = self.end if close < 0 else close + 1
            return False
        if (variable := self._match(_VARIABLE)) is not None:
            add(UNKNOWN, self.at)
            self.at = variable.end()
            return False
        opening = self.text[self.at + 1 : self.at + 2] if self.at + 1 < self.end else ""
        if opening in ("(", "{"):
            add(UNKNOWN, self.at)
            self.at += 1
            self._skip_brackets(opening, ")" if opening == "(" else "}")
            return False
        add("$", self.at)
        self.at += 1
        return True

    def _skip_brackets(self, opening: str, closing: str) -> None:
        depth = 0
        while self.at < self.end:
            character = self.text[self.at]
            self.at += 1
            if character == opening:
                depth += 1
            elif character == closing:
                depth -= 1
                if depth == 0:
                    return
            elif character == "\\":
                self.at += 1
        self.at = min(self.at, self.end)
