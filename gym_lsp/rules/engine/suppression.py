"""Comments that suppress findings: their content, what they cover, and which of them are invalid or unused.

    domain: chemistry  # gym-lsp: ignore[unknown-domain] ours, until the next release has it

    # gym-lsp: ignore[unknown-server-ref, missing-license] both come with env.yaml
    judge:
      responses_api_models: ...

    # gym-lsp: file-ignore[open-reference] only ever run together with a model config

After other text, a comment covers its line. On its own line, it covers the entry that starts on the next line that is
neither blank nor a comment, with everything below that entry; `file-ignore` covers the file. Without brackets, it
suppresses all rules. Shell scripts and Markdown have such comments, too: `gym_lsp.commands.comments` finds them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from enum import Enum
from functools import cached_property
from pathlib import PurePath
from typing import TypeAlias

from msgspec import Struct

from gym_lsp.commands.comments import comments
from gym_lsp.compose.config import Origin, table
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Diagnostic
from gym_lsp.project import NAME
from gym_lsp.syntax import Document, Mapping, Node, Scalar, Sequence
from gym_lsp.text import Edit, Span

_DIRECTIVE = re.compile(r"(?:^|(?<=\s))#+\s*gym-lsp\b\s*(?P<colon>:?)\s*(?P<rest>.*?)(?=\s+#|\s*$)")
_MARKUP = re.compile(r"(?:<!--|\{/\*)\s*gym-lsp\b\s*(?P<colon>:?)\s*(?P<rest>.*?)\s*(?:-->|\*/\})")
"""A comment of Markdown, or of MDX."""
_FORGOTTEN_COLON = re.compile(r"(file-)?ignore\s*(\[|$)")
_ALL = ""
"""Stands for all rules. A name in a comment is never empty."""
_WORD = re.compile(r"[\w-]*")
_Error: TypeAlias = "tuple[SuppressionError, Span]"


class RuleName(Struct, frozen=True):
    """The name of a rule, and its place in the comment."""

    name: str
    span: Span


class Suppression(Struct, frozen=True):
    """One `ignore` or `file-ignore`.

    `span` extends from its `#` to its last character. `names` is empty if all rules are suppressed.
    """

    span: Span
    names: tuple[RuleName, ...]
    reason: str
    covered: Span

    def reaches(self, diagnostic: Diagnostic) -> bool:
        """Whether a finding of any rule starts in the covered span."""
        return self.covered.contains(diagnostic.span.start)


class SuppressionError(Enum):
    """What is wrong with a comment. The values are followed by the text that is wrong."""

    UNKNOWN_DIRECTIVE = "unknown suppression"
    NO_COLON = "missing colon after `gym-lsp` in"
    UNCLOSED = "missing closing bracket in"
    NO_RULE = "no rule between the brackets of"
    NOT_ALONE = "other text before"
    UNKNOWN_RULE = "unknown rule"


class InvalidSuppression(Struct, frozen=True):
    """What is wrong with a comment of a file that was meant to suppress something; `text` is what `span` covers."""

    file: ConfigFile
    error: SuppressionError
    span: Span
    text: str


class UnusedSuppression(Struct, frozen=True):
    """A suppression in a file, and those of its names that suppress nothing; `names` is empty if it has no names."""

    file: ConfigFile
    suppression: Suppression
    names: tuple[RuleName, ...]

    @property
    def is_whole(self) -> bool:
        return len(self.names) == len(self.suppression.names)


class Outcome(Struct, frozen=True):
    """The findings that are not suppressed, in their order, and the unused suppressions."""

    kept: tuple[Diagnostic, ...]
    unused: tuple[UnusedSuppression, ...]


def may_suppress(text: str) -> bool:
    """Whether a text may contain a comment for gym-lsp. Most texts do not, so their comments need not be read."""
    return NAME in text


def find_suppressions(document: Document) -> tuple[Suppression, ...]:
    """Return the suppressions in the comments of a document, in the order of the text."""
    return tuple(found for found in _read(document) if isinstance(found, Suppression))


def find_invalid(file: ConfigFile, known: Collection[str]) -> tuple[InvalidSuppression, ...]:
    """Return the comments that are not valid suppressions, and the names in suppressions that are not in `known`."""
    return _invalid(file, _read(file.document), known)


def _invalid(
    file: ConfigFile, read: Iterable[Suppression | _Error], known: Collection[str]
) -> tuple[InvalidSuppression, ...]:
    invalid: list[InvalidSuppression] = []
    for found in read:
        if isinstance(found, Suppression):
            unknown = (name.span for name in found.names if name.name not in known)
            errors = [(SuppressionError.UNKNOWN_RULE, span) for span in unknown]
        else:
            errors = [found]
        invalid.extend(InvalidSuppression(file, error, span, span.of(file.document.text)) for error, span in errors)
    return tuple(invalid)


def apply(file: ConfigFile, diagnostics: Iterable[Diagnostic], active: Collection[str]) -> Outcome:
    """Remove the findings of a file that its comments suppress.

    `active` contains the names of the rules that were checked. A suppression of another rule may be needed when that
    rule is checked too, so it is not unused.
    """
    return _applied(file, find_suppressions(file.document), diagnostics, active)


def apply_in_document(
    path: PurePath, text: str, diagnostics: Iterable[Diagnostic], active: Collection[str], known: Collection[str]
) -> tuple[Outcome, tuple[InvalidSuppression, ...]]:
    """Remove the findings of a shell script or Markdown that its comments suppress.

    Return also the comments that are not valid suppressions.
    """
    read = tuple(_read_document(path.suffix, text))
    origin = Origin(path, text)
    nothing = Scalar(0, 0, None, "", None)
    file = ConfigFile(path, Document(text, None, (), ()), origin, table({}, origin, None, nothing), False)
    suppressions = tuple(each for each in read if isinstance(each, Suppression))
    return _applied(file, suppressions, diagnostics, active), _invalid(file, read, known)


def _applied(
    file: ConfigFile, suppressions: tuple[Suppression, ...], diagnostics: Iterable[Diagnostic], active: Collection[str]
) -> Outcome:
    if not suppressions:
        return Outcome(tuple(diagnostics), ())
    found = tuple(diagnostics)
    reaching = _reaching({suppression.covered for suppression in suppressions}, found)
    silenced: dict[Span, set[str]] = {suppression.covered: set() for suppression in suppressions}
    for suppression in suppressions:
        silenced[suppression.covered].update([name.name for name in suppression.names] or [_ALL])
    present: dict[Span, set[str]] = {span: set() for span in silenced}
    kept: list[Diagnostic] = []
    for diagnostic, spans in zip(found, reaching, strict=True):
        for span in spans:
            present[span].add(diagnostic.rule)
        if not any(silenced[span] & {diagnostic.rule, _ALL} for span in spans):
            kept.append(diagnostic)
    unused = (_unused(file, suppression, present[suppression.covered], active) for suppression in suppressions)
    return Outcome(tuple(kept), tuple(each for each in unused if each))


def removal(unused: UnusedSuppression) -> Edit:
    """Return the edit that removes an unused suppression from the text, or only its unused names."""
    document, suppression = unused.file.document, unused.suppression
    if not unused.is_whole:
        dropped = set(unused.names)
        left = [name.name for name in suppression.names if name not in dropped]
        return Edit(Span(suppression.names[0].span.start, suppression.names[-1].span.end), ", ".join(left))
    number = document.lines.line_of(suppression.span.start)
    line = document.lines.line_span(number)
    before = document.text[line.start : suppression.span.start]
    after = document.text[suppression.span.end : line.end]
    if before.strip():
        return Edit(Span(line.start + len(before.rstrip()), suppression.span.end), "")
    if after.strip():
        return Edit(Span(suppression.span.start, line.end - len(after.lstrip())), "")
    is_last = number + 1 == len(document.lines)
    return Edit(Span(line.start, line.end if is_last else document.lines.line_span(number + 1).start), "")


def _reaching(covered: Collection[Span], diagnostics: tuple[Diagnostic, ...]) -> list[tuple[Span, ...]]:
    """Return for each finding the covered spans that it starts in.

    Entries are nested in each other and not deeply, so only few spans are open at any place.
    """
    reaching: list[tuple[Span, ...]] = [()] * len(diagnostics)
    waiting = sorted(covered, reverse=True)
    spans: list[Span] = []
    for index in sorted(range(len(diagnostics)), key=lambda index: diagnostics[index].span.start):
        start = diagnostics[index].span.start
        while waiting and waiting[-1].start <= start:
            spans.append(waiting.pop())
        spans = [span for span in spans if span.contains(start)]
        reaching[index] = tuple(spans)
    return reaching


def _unused(
    file: ConfigFile, suppression: Suppression, present: set[str], active: Collection[str]
) -> UnusedSuppression | None:
    """Return what of a suppression is unused; `present` contains the rules of the findings in the covered span."""
    if not suppression.names:
        return None if present else UnusedSuppression(file, suppression, ())
    unused = tuple(name for name in suppression.names if name.name in active and name.name not in present)
    return UnusedSuppression(file, suppression, unused) if unused else None


def _read(document: Document) -> Iterator[Suppression | _Error]:
    if not may_suppress(document.text):
        return
    entries = _Entries(document)
    whole = Span(0, len(document.text))
    for comment in document.comments:
        for match in _DIRECTIVE.finditer(comment.of(document.text)):
            span = Span(comment.start + match.start(), comment.start + match.end())
            found = _parse(
                match,
                comment.start,
                whole,
                lambda span=span: _covered(document, span, entries),
                is_alone=_is_alone(document, span),
            )
            if found is not None:
                yield found


def _read_document(suffix: str, text: str) -> Iterator[Suppression | _Error]:
    for comment in comments(suffix, text):
        pattern = _DIRECTIVE if text[comment.span.start] == "#" else _MARKUP
        for match in pattern.finditer(comment.span.of(text)):
            whole = Span(0, len(text))
            found = _parse(
                match,
                comment.span.start,
                whole,
                lambda comment=comment: comment.covered,
                is_alone=comment.is_alone,
            )
            if found is not None:
                yield found


def _parse(
    match: re.Match[str], offset: int, whole: Span, covered: Callable[[], Span], *, is_alone: bool
) -> Suppression | _Error | None:
    """Read one directive of the comment that starts at `offset`; None if the comment only mentions gym-lsp.

    `covered` returns what it covers if it is not about the `whole` text.
    """
    rest, at = match["rest"], offset + match.start("rest")
    span = Span(offset + match.start(), offset + match.end())
    if not match["colon"]:
        forgotten = _FORGOTTEN_COLON.match(rest)
        return (SuppressionError.NO_COLON, span) if forgotten else None
    word = rest[: _end_of_word(rest)]
    if word not in {"ignore", "file-ignore"}:
        return SuppressionError.UNKNOWN_DIRECTIVE, Span(at, at + len(word)) if word else span
    covers_file = word == "file-ignore"
    if covers_file and not is_alone:
        return SuppressionError.NOT_ALONE, span
    reached = whole if covers_file else covered()
    tail = rest[len(word) :].lstrip()
    if not tail.startswith("["):
        return Suppression(span, (), tail, reached)
    opening = at + len(rest) - len(tail)
    inside, bracket, reason = tail[1:].partition("]")
    if not bracket:
        return SuppressionError.UNCLOSED, Span(opening, span.end)
    names = tuple(_names(inside, opening + 1))
    if not names:
        return SuppressionError.NO_RULE, Span(opening, opening + len(inside) + 2)
    return Suppression(span, names, reason.strip(), reached)


def _end_of_word(text: str) -> int:
    word = _WORD.match(text)
    return word.end() if word else 0


def _names(inside: str, offset: int) -> Iterator[RuleName]:
    for piece in inside.split(","):
        name = piece.strip()
        if name:
            start = offset + len(piece) - len(piece.lstrip())
            yield RuleName(name, Span(start, start + len(name)))
        offset += len(piece) + 1


def _is_alone(document: Document, span: Span) -> bool:
    line = document.lines.line_span(document.lines.line_of(span.start))
    before = document.text[line.start : span.start].strip(" \t\ufeff")
    return not before or before.startswith("#")


def _covered(document: Document, span: Span, entries: _Entries) -> Span:
    number = document.lines.line_of(span.start)
    if not _is_alone(document, span):
        return document.lines.line_span(number)
    following = entries.following[number]
    if following is None:
        # Nothing follows, so the comment covers nothing but itself.
        return span
    line = document.lines.line_span(following)
    return Span(line.start, max(line.end, entries.ends.get(following, 0)))


class _Entries:
    """Where the entries of a document are: found in one pass for all of its suppressions, and only if one asks."""

    def __init__(self, document: Document) -> None:
        self._document = document

    @cached_property
    def following(self) -> list[int | None]:
        """For each line, the next line below it that is neither blank nor a comment."""
        lines, text = self._document.lines, self._document.text
        following: list[int | None] = [None] * len(lines)
        for number in range(len(lines) - 1, 0, -1):
            written = lines.line_span(number).of(text).strip()
            is_entry = written and written != "---" and not written.startswith("#")
            following[number - 1] = number if is_entry else following[number]
        return following

    @cached_property
    def ends(self) -> dict[int, int]:
        """The end of the longest entry or element that starts on a line."""
        ends: dict[int, int] = {}
        pending: list[Node | None] = [self._document.root]
        while pending:
            node = pending.pop()
            children: list[tuple[Span, Node]] = []
            if isinstance(node, Mapping):
                children = [(entry.span, entry.value) for entry in node.entries]
            elif isinstance(node, Sequence):
                children = [(item.span, item) for item in node.items]
            for span, child in children:
                line = self._document.lines.line_of(span.start)
                ends[line] = max(span.end, ends.get(line, 0))
                pending.append(child)
        return ends
