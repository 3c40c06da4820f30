"""Comments that silence findings: what they say, what they cover, and which of them silence nothing.

    domain: chemistry  # gym-lsp: ignore[unknown-domain] ours, until the next release has it

    # gym-lsp: ignore[unknown-server-ref, missing-license] both come with env.yaml
    judge:
      responses_api_models: ...

    # gym-lsp: file-ignore[open-reference] only ever run together with a model config

Behind other text, a comment covers its line. On a line of its own, it covers the entry that starts on the next
line that is neither blank nor a comment, with everything below that entry; `file-ignore` covers the file.
Without brackets, all rules are meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from enum import Enum

from msgspec import Struct

from gym_lsp.diagnostic import Diagnostic
from gym_lsp.syntax import Document, Mapping, Node, Sequence
from gym_lsp.text import Edit, Span

_DIRECTIVE = re.compile(r"(?:^|(?<=\s))#+\s*gym-lsp\b\s*(?P<colon>:?)\s*(?P<rest>.*?)(?=\s+#|\s*$)")
_FORGOTTEN_COLON = re.compile(r"(file-)?ignore\s*(\[|$)")
_WORD = re.compile(r"[\w-]*")


class RuleName(Struct, frozen=True):
    """The name of a rule, and where the comment writes it."""

    name: str
    span: Span


class Suppression(Struct, frozen=True):
    """One `ignore` or `file-ignore`.

    `span` reaches from its `#` to its last character. `names` is empty where all rules are meant.
    """

    span: Span
    names: tuple[RuleName, ...]
    reason: str
    covered: Span

    def reaches(self, diagnostic: Diagnostic) -> bool:
        """Whether a finding starts in what is covered, whatever its rule."""
        return self.covered.contains(diagnostic.span.start)


class SuppressionError(Enum):
    """What keeps a comment from being a suppression, or from being a good one."""

    UNKNOWN_DIRECTIVE = "neither `ignore` nor `file-ignore`"
    NO_COLON = "no colon behind `gym-lsp`"
    UNCLOSED = "no closing bracket"
    NO_RULE = "no rule between the brackets"
    NOT_ALONE = "`file-ignore` behind other text"
    UNKNOWN_RULE = "no such rule"


class InvalidSuppression(Struct, frozen=True):
    """A comment that was meant to silence something, and what is wrong with it; `text` is what `span` covers."""

    error: SuppressionError
    span: Span
    text: str


class UnusedSuppression(Struct, frozen=True):
    """A suppression, and those of its names that silence nothing: all of them, or none where it names none."""

    suppression: Suppression
    names: tuple[RuleName, ...]

    @property
    def is_whole(self) -> bool:
        return len(self.names) == len(self.suppression.names)


class Outcome(Struct, frozen=True):
    """The findings that are left, in their order, and the suppressions that were not needed."""

    kept: tuple[Diagnostic, ...]
    unused: tuple[UnusedSuppression, ...]


def find_suppressions(document: Document) -> tuple[Suppression, ...]:
    """The suppressions that a document's comments spell, in the order of the text."""
    return tuple(found for found in _read(document) if isinstance(found, Suppression))


def find_invalid(document: Document, known: Collection[str]) -> tuple[InvalidSuppression, ...]:
    """The comments that fail to be suppressions, and the names in suppressions that are not in `known`."""
    invalid: list[InvalidSuppression] = []
    for found in _read(document):
        if isinstance(found, InvalidSuppression):
            invalid.append(found)
        else:
            unknown = (name for name in found.names if name.name not in known)
            invalid.extend(InvalidSuppression(SuppressionError.UNKNOWN_RULE, name.span, name.name) for name in unknown)
    return tuple(invalid)


def apply(document: Document, diagnostics: Iterable[Diagnostic], active: Collection[str]) -> Outcome:
    """Take out the findings of this document that its comments silence.

    `active` names the rules that were asked. A suppression that names another may well be needed when that one is
    asked too, so it is not unused.
    """
    suppressions = find_suppressions(document)
    if not suppressions:
        return Outcome(tuple(diagnostics), ())
    kept: list[Diagnostic] = []
    silenced: dict[Suppression, set[str]] = {suppression: set() for suppression in suppressions}
    for diagnostic in diagnostics:
        silencers = [suppression for suppression in suppressions if _silences(suppression, diagnostic)]
        for suppression in silencers:
            silenced[suppression].add(diagnostic.rule)
        if not silencers:
            kept.append(diagnostic)
    unused = (_unused(suppression, silenced[suppression], active) for suppression in suppressions)
    return Outcome(tuple(kept), tuple(found for found in unused if found))


def removal(document: Document, unused: UnusedSuppression) -> Edit:
    """The edit that takes an unused suppression out of the text, or only its unused names."""
    suppression = unused.suppression
    if not unused.is_whole:
        left = [name.name for name in suppression.names if name not in unused.names]
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


def _silences(suppression: Suppression, diagnostic: Diagnostic) -> bool:
    named = not suppression.names or any(name.name == diagnostic.rule for name in suppression.names)
    return named and suppression.reaches(diagnostic)


def _unused(suppression: Suppression, silenced: set[str], active: Collection[str]) -> UnusedSuppression | None:
    if not suppression.names:
        return None if silenced else UnusedSuppression(suppression, ())
    idle = tuple(name for name in suppression.names if name.name in active and name.name not in silenced)
    return UnusedSuppression(suppression, idle) if idle else None


def _read(document: Document) -> Iterator[Suppression | InvalidSuppression]:
    # Most files hold no suppression, and their comments need not be looked for.
    if "gym-lsp" not in document.text:
        return
    for comment in document.comments:
        for match in _DIRECTIVE.finditer(comment.of(document.text)):
            found = _parse(document, match, comment.start)
            if found is not None:
                yield found


def _parse(document: Document, match: re.Match[str], offset: int) -> Suppression | InvalidSuppression | None:
    """Read one directive of the comment that starts at `offset`; None where the comment only speaks of gym-lsp."""
    rest, at = match["rest"], offset + match.start("rest")
    span = Span(offset + match.start(), offset + match.end())
    if not match["colon"]:
        forgotten = _FORGOTTEN_COLON.match(rest)
        return _invalid(document, SuppressionError.NO_COLON, span) if forgotten else None
    word = rest[: _end_of_word(rest)]
    if word not in {"ignore", "file-ignore"}:
        return _invalid(document, SuppressionError.UNKNOWN_DIRECTIVE, Span(at, at + len(word)) if word else span)
    covers_file = word == "file-ignore"
    if covers_file and not _is_alone(document, span):
        return _invalid(document, SuppressionError.NOT_ALONE, span)
    covered = Span(0, len(document.text)) if covers_file else _covered(document, span)
    tail = rest[len(word) :].lstrip()
    if not tail.startswith("["):
        return Suppression(span, (), tail, covered)
    opening = at + len(rest) - len(tail)
    inside, bracket, reason = tail[1:].partition("]")
    if not bracket:
        return _invalid(document, SuppressionError.UNCLOSED, Span(opening, span.end))
    names = tuple(_names(inside, opening + 1))
    if not names:
        return _invalid(document, SuppressionError.NO_RULE, Span(opening, opening + len(inside) + 2))
    return Suppression(span, names, reason.strip(), covered)


def _invalid(document: Document, error: SuppressionError, span: Span) -> InvalidSuppression:
    return InvalidSuppression(error, span, span.of(document.text))


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


def _covered(document: Document, span: Span) -> Span:
    number = document.lines.line_of(span.start)
    if not _is_alone(document, span):
        return document.lines.line_span(number)
    for following in range(number + 1, len(document.lines)):
        line = document.lines.line_span(following)
        written = line.of(document.text).strip()
        if written and written != "---" and not written.startswith("#"):
            return Span(line.start, max(line.end, *_ends(document.root, line)))
    # Nothing follows: the comment covers itself, which is to say nothing.
    return span


def _ends(root: Node | None, line: Span) -> Iterator[int]:
    """Where the outermost entries and elements end that start on a line; at least one number, 0 for none."""
    yield 0
    pending: list[Node | None] = [root]
    while pending:
        node = pending.pop()
        children: list[tuple[Span, Node]] = []
        if isinstance(node, Mapping):
            children = [(entry.span, entry.value) for entry in node.entries]
        elif isinstance(node, Sequence):
            children = [(item.span, item) for item in node.items]
        for span, child in children:
            if line.contains(span.start):
                yield span.end
            elif span.start < line.start < span.end:
                pending.append(child)
