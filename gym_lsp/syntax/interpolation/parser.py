"""A recursive descent parser for the grammar of `${...}`, for any string, finished or not.

The rules are those of OmegaConf 2.3, the newest that Hydra 1.3 and so NeMo Gym accept. 2.4 differs in one rule:
see `GrammarError.ESCAPED_KEY`.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from gym_lsp.syntax.interpolation.tree import (
    Argument,
    Call,
    DictEntry,
    DictValue,
    GrammarError,
    GrammarProblem,
    Interpolation,
    Joined,
    ListValue,
    Literal,
    Part,
    Primitive,
    Quoted,
    Reference,
    Step,
    Template,
    Value,
)
from gym_lsp.syntax.interpolation.values import primitive_value, unescaped
from gym_lsp.text import Span

DEEPEST = 60
"""Nested interpolations, lists and mappings. OmegaConf itself fails somewhere above 80."""

# The tokens below are OmegaConf's lexer modes. White space is spaces and tabs, without line breaks.
_SPACES = re.compile(r"[ \t]*")
_UNQUOTED_RUN = {None: re.compile(r"[^$]*"), "'": re.compile(r"[^$']*"), '"': re.compile(r'[^$"]*')}

# Inside an interpolation, before a colon.
_KEY = re.compile(r"""(?: [^\\{}()\[\]:. \t'"$] | \$(?!\{) | \\[\\.\[\]:=] )+""", re.VERBOSE)
_KEY_ESCAPE = re.compile(r"\\([\\.\[\]:=])")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_HEAD_END = re.compile(r"[ \t]*(?:(:)[ \t]*|\})")
# What is skipped to find the closing brace of a broken reference. If another interpolation starts, there is none.
_RESUME = re.compile(r"(?:(?!\$\{)[^}])*(\}?)")

# After the colon. Spaces before punctuation belong to the punctuation, other spaces to the text.
_COLON = re.compile(r"[ \t]*:[ \t]*")
_COMMA = re.compile(r"[ \t]*,[ \t]*")
_CLOSERS = {"]": re.compile(r"[ \t]*\]"), "}": re.compile(r"[ \t]*\}")}
_ELEMENT_END = re.compile(r"[ \t]*(?:[,\]}]|\Z)")
_NOT_AN_END = re.compile(r"[ \t]*\]?[^,\]}]*")
_ESCAPE = r"\\[\\()\[\]{}:=, \t]"
_CHARACTERS = rf"[A-Za-z0-9_/\-+.%*@?|]+ | \$(?!\{{) | {_ESCAPE} | \\"
_UNQUOTED = re.compile(rf"(?: {_CHARACTERS} | [ \t]*+:[ \t]*+ | [ \t]++(?![,\]}}]) )+", re.VERBOSE)
_DICT_KEY = re.compile(rf"(?: {_CHARACTERS} | [ \t]++(?![,\]}}:]) )+", re.VERBOSE)
_FOREIGN = re.compile(r"""[^A-Za-z0-9_/\-\\+.$%*@?|: \t,\[\]{}'"]+""")


def parse(text: str) -> Template:
    """Return the tree of a text that contains `${`; see parse_template."""
    parser = _Parser(text)
    parts = parser.text_until(None)
    problems = sorted(parser.problems, key=lambda problem: problem.span) if parser.problems else ()
    return Template(text, parts, tuple(problems))


class _Parser:
    """One pass over one text. Each method reads one rule of the grammar at `position` and moves `position` to its end.

    A method that finds unexpected text records a problem and continues, so that the rest of the text keeps its meaning.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.depth = 0
        self.problems: list[GrammarProblem] = []

    def text_until(self, quote: str | None) -> tuple[Part, ...]:
        """Read text with interpolations, up to the closing quote, which is not consumed, or to the end."""
        parts: list[Part] = []
        start, pieces = self.position, list[str]()
        while True:
            run = self._take(_UNQUOTED_RUN[quote])
            follower = "${" if self.text.startswith("${", self.position) else self._peek()
            if follower == "$":
                pieces.append(run + "$")
                self.position += 1
                continue
            if follower not in ("${", quote):
                pieces.append(run)
                break
            # Backslashes are escapes only before an interpolation or a closing quote.
            body = run.rstrip("\\")
            backslashes = len(run) - len(body)
            pieces.append(body + "\\" * (backslashes // 2))
            if backslashes % 2:
                pieces.append(follower)
                self.position += len(follower)
                continue
            if follower == quote:
                break
            self._add_literal(parts, start, pieces)
            parts.append(self.interpolation())
            start, pieces = self.position, []
        self._add_literal(parts, start, pieces)
        return tuple(parts)

    def _add_literal(self, parts: list[Part], start: int, pieces: list[str]) -> None:
        if self.position > start:
            parts.append(Literal(Span(start, self.position), "".join(pieces)))

    def interpolation(self) -> Interpolation:
        start = self.position
        self.position += 2
        self._take(_SPACES)
        if not self._descend(start):
            self.depth -= 1
            nowhere = Span(self.position, self.position)
            return Reference(Span(start, self.position), "", nowhere, 0, (Step(nowhere, ""),), closed=False)
        key_start = self.position
        while self._peek() == ".":
            self.position += 1
        dots = self.position - key_start
        steps = self._steps()
        key_span = Span(key_start, self.position)
        end = _HEAD_END.match(self.text, self.position)
        if end is not None and end[1]:
            self._check_resolver_name(key_span, dots, steps)
            self.position = end.end()
            interpolation = self._call(start, key_span, steps)
        else:
            closed = self._close_reference(start)
            span = Span(start, self.position)
            interpolation = Reference(span, key_span.of(self.text), key_span, dots, steps, closed)
        self.depth -= 1
        return interpolation

    def _steps(self) -> tuple[Step, ...]:
        steps = [self._bracketed_step() if self._peek() == "[" else self._step()]
        while True:
            match self._peek():
                case ".":
                    self.position += 1
                    steps.append(self._step())
                case "[":
                    steps.append(self._bracketed_step())
                case _:
                    return tuple(steps)

    def _step(self) -> Step:
        start = self.position
        if self.text.startswith("${", start):
            nested = self.interpolation()
            return Step(Span(start, self.position), None, nested)
        raw = self._take(_KEY)
        span = Span(start, self.position)
        if "\\" in raw:
            self._note(span, GrammarError.ESCAPED_KEY)
            return Step(span, _KEY_ESCAPE.sub(r"\1", raw))
        if not raw and start < len(self.text):
            self._note(span, GrammarError.EMPTY_KEY)
        return Step(span, raw)

    def _bracketed_step(self) -> Step:
        start = self.position
        self.position += 1
        step = self._step()
        if self._peek() == "]":
            self.position += 1
        else:
            self._note(Span(start, self.position), GrammarError.UNCLOSED_BRACKET)
        return replace(step, bracketed=True)

    def _close_reference(self, start: int) -> bool:
        if (end := _HEAD_END.match(self.text, self.position)) is not None:
            self.position = end.end()
            return True
        resumed = _RESUME.match(self.text, self.position)
        if resumed is None or not resumed[1]:
            self._note(Span(start, self.position), GrammarError.UNCLOSED)
            return False
        self._note(Span(self.position, resumed.start(1)), GrammarError.UNEXPECTED)
        self.position = resumed.end()
        return True

    def _check_resolver_name(self, span: Span, dots: int, parts: tuple[Step, ...]) -> None:
        for part in parts:
            raw = part.span.of(self.text)
            if part.bracketed or (raw and part.nested is None and _IDENTIFIER.fullmatch(raw) is None):
                self._note(part.span, GrammarError.RESOLVER_NAME)
        if dots:
            self._note(span, GrammarError.RESOLVER_NAME)

    def _call(self, start: int, name_span: Span, parts: tuple[Step, ...]) -> Call:
        args = self._sequence("}")
        closed = self._close("}", start, GrammarError.UNCLOSED)
        span = Span(start, self.position)
        return Call(span, name_span.of(self.text), name_span, parts, args, closed)

    def _sequence(self, closer: str) -> tuple[Argument, ...]:
        """Read values between commas. If there is a comma, an omitted value is an empty text."""
        items: list[Argument] = []
        while True:
            value = self._value(closer)
            comma = _COMMA.match(self.text, self.position)
            if comma or items or not value.span.is_empty:
                items.append(Argument(value.span, value.span.of(self.text), value))
            if comma is None:
                return tuple(items)
            self.position = comma.end()

    def _value(self, closer: str) -> Value:
        """Read one value. Any text between it and the next comma or closing bracket is a problem."""
        match self._peek():
            case "'" | '"' as quote:
                value = self._quoted(quote)
            case "[":
                value = self._list()
            case "{":
                value = self._dict()
            case _:
                value = self._primitive()
        self._skip_junk(closer)
        return value

    def _skip_junk(self, closer: str) -> None:
        while True:
            end = _ELEMENT_END.match(self.text, self.position)
            stray = closer == "}" and end is not None and end[0].endswith("]")
            if end is not None and not stray:
                return
            start = self.position
            self._take(_NOT_AN_END)
            self._note(Span(start, self.position), GrammarError.UNEXPECTED)

    def _primitive(self) -> Value:
        start = self.position
        parts: list[Part] = []
        while True:
            piece_start = self.position
            if self.text.startswith("${", piece_start):
                parts.append(self.interpolation())
                continue
            raw = self._take(_UNQUOTED)
            if not raw:
                raw = self._take(_FOREIGN)
                if not raw:
                    break
                self._note(Span(piece_start, self.position), GrammarError.UNEXPECTED)
            parts.append(Literal(Span(piece_start, self.position), unescaped(raw)))
        span = Span(start, self.position)
        if all(isinstance(part, Literal) for part in parts):
            return Primitive(span, primitive_value(span.of(self.text)))
        if len(parts) == 1 and not isinstance(parts[0], Literal):
            return parts[0]
        return Joined(span, tuple(parts))

    def _quoted(self, quote: str) -> Quoted:
        start = self.position
        self.position += 1
        parts = self.text_until(quote)
        if self._peek() == quote:
            self.position += 1
        else:
            self._note(Span(start, self.position), GrammarError.UNCLOSED_QUOTE)
        return Quoted(Span(start, self.position), parts)

    def _list(self) -> ListValue:
        start = self._open()
        items = self._sequence("]") if self._descend(start) else ()
        self.depth -= 1
        self._close("]", start, GrammarError.UNCLOSED_BRACKET)
        return ListValue(Span(start, self.position), items)

    def _dict(self) -> DictValue:
        start = self._open()
        entries: list[DictEntry] = []
        more = self._descend(start) and self._peek() != "}"
        while more:
            entries.append(self._entry())
            comma = _COMMA.match(self.text, self.position)
            if comma is not None:
                self.position = comma.end()
            more = comma is not None
        self.depth -= 1
        self._close("}", start, GrammarError.UNCLOSED_DICT)
        return DictValue(Span(start, self.position), tuple(entries))

    def _entry(self) -> DictEntry:
        start = self.position
        raw = self._take(_DICT_KEY)
        key = Primitive(Span(start, self.position), primitive_value(raw))
        if not raw:
            self._note(key.span, GrammarError.EMPTY_KEY)
        if self._take(_COLON):
            value = self._value("}")
        else:
            value = Primitive(Span(self.position, self.position), "")
            self._skip_junk("}")
        if value.span.is_empty and self.position < len(self.text):
            self._note(key.span, GrammarError.EMPTY_VALUE)
        return DictEntry(key, value)

    def _open(self) -> int:
        start = self.position
        self.position += 1
        self._take(_SPACES)
        return start

    def _close(self, closer: str, start: int, error: GrammarError) -> bool:
        if self._take(_CLOSERS[closer]):
            return True
        self._note(Span(start, self.position), error)
        return False

    def _descend(self, start: int) -> bool:
        """Go one level down. If that is too deep, skip the rest of the text and return False."""
        self.depth += 1
        if self.depth <= DEEPEST:
            return True
        self._note(Span(start, len(self.text)), GrammarError.TOO_DEEP)
        self.position = len(self.text)
        return False

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def _take(self, pattern: re.Pattern[str]) -> str:
        """What `pattern` matches here, which may be nothing."""
        match = pattern.match(self.text, self.position)
        if match is None:
            return ""
        self.position = match.end()
        return match[0]

    def _note(self, span: Span, error: GrammarError) -> None:
        self.problems.append(GrammarProblem(span, error))
