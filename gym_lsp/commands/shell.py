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


def simple_commands(text: str, start: int, end: int) -> Iterator[SimpleCommand]:
    """Yield the commands of one part of a text, without those that are in substitutions and in here documents."""
    yield from _Reader(text, start, end).commands()


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
        self.heredocs: list[str] = []
        self.comments: list[Span] = []

    def commands(self) -> Iterator[SimpleCommand]:
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
                    self._skip_heredocs()
            elif character == "<" and (heredoc := self._match(_HEREDOC)) is not None:
                self.heredocs.append(heredoc["end"])
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

    def _skip_heredocs(self) -> None:
        """Go to the line after the here documents that the last line has announced."""
        for word in self.heredocs:
            while self.at < self.end:
                line = Span(self.at, self._line_end())
                self.at = min(self.end, line.end + 1)
                if line.of(self.text).strip() == word:
                    break
        self.heredocs.clear()

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
        while self.at < self.end:
            character = self.text[self.at]
            if character == '"':
                self.at += 1
                return
            if character == "\\" and (match := self._match(_CONTINUATION)) is not None:
                self.at = match.end()
            elif character == "\\" and self.text[self.at + 1 : self.at + 2] in ('"', "\\", "$", "`"):
                if self.at + 1 < self.end:
                    add(self.text[self.at + 1], self.at + 1)
                self.at += 2
            elif character in "$`":
                self._substitution(add)
            else:
                add(character, self.at)
                self.at += 1
        # Not closed, so the text of the word is a guess.
        add(UNKNOWN, self.end - 1)

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
