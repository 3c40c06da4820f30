"""Comments that suppress findings: their content, what they cover, and which of them are invalid or unused.

    domain: chemistry  # gym-lsp: ignore[unknown-domain] ours, until the next release has it

    # gym-lsp: ignore[unknown-server-ref, missing-license] both come with env.yaml
    judge:
      responses_api_models: ...

    # gym-lsp: file-ignore[open-reference] only ever run together with a model config

After other text, a comment covers its line. On its own line, it covers the entry that starts on the next line that is
neither blank nor a comment, with everything below that entry; `file-ignore` covers the file. Without brackets, it
suppresses all rules.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from enum import Enum
from typing import TypeAlias

from msgspec import Struct

from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Diagnostic
from gym_lsp.syntax import Document, Mapping, Node, Sequence
from gym_lsp.text import Edit, Span

_DIRECTIVE = re.compile(r"(?:^|(?<=\s))#+\s*gym-lsp\b\s*(?P<colon>:?)\s*(?P<rest>.*?)(?=\s+#|\s*$)")
_FORGOTTEN_COLON = re.compile(r"(file-)?ignore\s*(\[|$)")
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
    return "gym-lsp" in text


def find_suppressions(document: Document) -> tuple[Suppression, ...]:
    """Return the suppressions in the comments of a document, in the order of the text."""
    return tuple(found for found in _read(document) if isinstance(found, Suppression))


def find_invalid(file: ConfigFile, known: Collection[str]) -> tuple[InvalidSuppression, ...]:
    """Return the comments that are not valid suppressions, and the names in suppressions that are not in `known`."""
    invalid: list[InvalidSuppression] = []
    for found in _read(file.document):
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
    suppressions = find_suppressions(file.document)
    if not suppressions:
        return Outcome(tuple(diagnostics), ())
    kept: list[Diagnostic] = []
    used: dict[Suppression, set[str]] = {suppression: set() for suppression in suppressions}
    for diagnostic in diagnostics:
        matching = [suppression for suppression in suppressions if _suppresses(suppression, diagnostic)]
        for suppression in matching:
            used[suppression].add(diagnostic.rule)
        if not matching:
            kept.append(diagnostic)
    unused = (_unused(file, suppression, used[suppression], active) for suppression in suppressions)
    return Outcome(tuple(kept), tuple(found for found in unused if found))


def removal(unused: UnusedSuppression) -> Edit:
    """Return the edit that removes an unused suppression from the text, or only its unused names."""
    document, suppression = unused.file.document, unused.suppression
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


def _suppresses(suppression: Suppression, diagnostic: Diagnostic) -> bool:
    named = not suppression.names or any(name.name == diagnostic.rule for name in suppression.names)
    return named and suppression.reaches(diagnostic)


def _unused(
    file: ConfigFile, suppression: Suppression, used: set[str], active: Collection[str]
) -> UnusedSuppression | None:
    if not suppression.names:
        return None if used else UnusedSuppression(file, suppression, ())
    unused = tuple(name for name in suppression.names if name.name in active and name.name not in used)
    return UnusedSuppression(file, suppression, unused) if unused else None


def _read(document: Document) -> Iterator[Suppression | _Error]:
    if not may_suppress(document.text):
        return
    for comment in document.comments:
        for match in _DIRECTIVE.finditer(comment.of(document.text)):
            found = _parse(document, match, comment.start)
            if found is not None:
                yield found


def _parse(document: Document, match: re.Match[str], offset: int) -> Suppression | _Error | None:
    """Read one directive of the comment that starts at `offset`; None if the comment only mentions gym-lsp."""
    rest, at = match["rest"], offset + match.start("rest")
    span = Span(offset + match.start(), offset + match.end())
    if not match["colon"]:
        forgotten = _FORGOTTEN_COLON.match(rest)
        return (SuppressionError.NO_COLON, span) if forgotten else None
    word = rest[: _end_of_word(rest)]
    if word not in {"ignore", "file-ignore"}:
        return SuppressionError.UNKNOWN_DIRECTIVE, Span(at, at + len(word)) if word else span
    covers_file = word == "file-ignore"
    if covers_file and not _is_alone(document, span):
        return SuppressionError.NOT_ALONE, span
    covered = Span(0, len(document.text)) if covers_file else _covered(document, span)
    tail = rest[len(word) :].lstrip()
    if not tail.startswith("["):
        return Suppression(span, (), tail, covered)
    opening = at + len(rest) - len(tail)
    inside, bracket, reason = tail[1:].partition("]")
    if not bracket:
        return SuppressionError.UNCLOSED, Span(opening, span.end)
    names = tuple(_names(inside, opening + 1))
    if not names:
        return SuppressionError.NO_RULE, Span(opening, opening + len(inside) + 2)
    return Suppression(span, names, reason.strip(), covered)


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
    # Nothing follows, so the comment covers nothing but itself.
    return span


def _ends(root: Node | None, line: Span) -> Iterator[int]:
    """Yield the ends of the outermost entries and elements that start on a line, after a 0 in case there are none."""
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
