"""Comments that suppress findings: on its line, above its block, or for its whole file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from gym_lsp.diagnostic import Applicability, Diagnostic, FileEdit, Fix
from gym_lsp.rules import ALL_RULES
from gym_lsp.rules.engine.edits import line_break
from gym_lsp.rules.engine.suppression import InvalidSuppression, UnusedSuppression, find_suppressions
from gym_lsp.syntax import Document, parse, plain
from gym_lsp.text import Edit, Span, apply_edits

_ABOUT_COMMENTS = frozenset(rule.name for rule in ALL_RULES if {InvalidSuppression, UnusedSuppression} & {*rule.on})
"""Rules about these comments, which no comment can suppress."""

REASON = "say why"
"""The placeholder for the reason, which only the user knows."""


def suppression_fixes(document: Document, diagnostic: Diagnostic) -> tuple[Fix, ...]:
    """Return the fixes that suppress a finding, here and in the whole file; empty if the text has syntax errors."""
    if document.is_broken or diagnostic.rule in _ABOUT_COMMENTS:
        return ()
    rule, start = diagnostic.rule, diagnostic.span.start
    here = _edit_here(document, rule, start, REASON)
    everywhere = Edit(Span(0, 0), f"# gym-lsp: file-ignore[{rule}] {REASON}{line_break(document.text)}")
    fixes: list[Fix] = []
    if here is not None:
        fixes.append(_fix(f"Ignore `{rule}` here", diagnostic, here))
    if _suppresses(document, everywhere, rule, start):
        fixes.append(_fix(f"Ignore `{rule}` in this file", diagnostic, everywhere))
    return tuple(fixes)


class Commented(Struct, frozen=True):
    """A text with comments, and the number of findings that they suppress."""

    text: str
    count: int


def with_comments(document: Document, findings: Iterable[Diagnostic], reason: str) -> Commented:
    """Return the text of a file with a comment for each of its findings, where one can suppress it.

    Apart from the comments, the text stays the same, and so do all of its values.
    """
    findings = [each for each in findings if each.rule not in _ABOUT_COMMENTS]
    if document.is_broken:
        return Commented(document.text, 0)
    # The last one first: most edits move nothing that is still to be done.
    findings.sort(key=lambda each: each.span.start, reverse=True)
    starts = [each.span.start for each in findings]
    count = 0
    for number, finding in enumerate(findings):
        if not _is_suppressed(document, finding.rule, starts[number]):
            edit = _edit_here(document, finding.rule, starts[number], reason)
            if edit is None:
                continue
            starts = [_moved(start, edit) for start in starts]
            document = parse(apply_edits(document.text, [edit]))
        count += 1
    return Commented(document.text, count)


def _fix(title: str, diagnostic: Diagnostic, edit: Edit) -> Fix:
    return Fix(title, (FileEdit(diagnostic.path, edit),), Applicability.UNSAFE)


def _edit_here(document: Document, rule: str, start: int, reason: str) -> Edit | None:
    """Return the edit that suppresses a finding with the smallest effect on others."""
    candidates = _candidates(document, rule, start, reason)
    return next((edit for edit in candidates if _suppresses(document, edit, rule, start)), None)


def _candidates(document: Document, rule: str, start: int, reason: str) -> Iterator[Edit]:
    """Yield the edits to try: a name in an existing comment, a comment after the line, a comment above each line."""
    comment = f"# gym-lsp: ignore[{rule}] {reason}".rstrip()
    number = document.lines.line_of(start)
    line = document.lines.line_span(number)
    for suppression in find_suppressions(document):
        if suppression.names and suppression.span.end == line.end:
            end = suppression.names[-1].span.end
            yield Edit(Span(end, end), f", {rule}")
    yield Edit(Span(line.end, line.end), f"  {comment}")
    for above in range(number, -1, -1):
        at = document.lines.line_span(above).start
        text = document.lines.line_span(above).of(document.text)
        margin = text[: len(text) - len(text.lstrip())]
        yield Edit(Span(at, at), f"{margin}{comment}{line_break(document.text)}")
        if not margin:
            return


def _suppresses(document: Document, edit: Edit, rule: str, start: int) -> bool:
    """Whether an edit adds a comment that covers the finding and leaves the values of the document unchanged."""
    after = parse(apply_edits(document.text, [edit]))
    if after.is_broken or plain(after.root) != plain(document.root):
        return False
    return _is_suppressed(after, rule, _moved(start, edit), by_name=True)


def _is_suppressed(document: Document, rule: str, start: int, *, by_name: bool = False) -> bool:
    """Whether a comment covers the place and names the rule, or all rules."""
    return any(
        suppression.covered.contains(start)
        and (any(name.name == rule for name in suppression.names) or not (suppression.names or by_name))
        for suppression in find_suppressions(document)
    )


def _moved(start: int, edit: Edit) -> int:
    """Return a place after an edit that inserts text."""
    return start + (len(edit.text) if edit.span.start <= start else 0)
