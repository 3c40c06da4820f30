"""Code actions that suppress a finding with a comment: on its line, above its block, or for the whole file."""

from __future__ import annotations

from collections.abc import Iterator

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
    here = next((edit for edit in _here(document, diagnostic) if _suppresses(document, edit, diagnostic)), None)
    everywhere = Edit(Span(0, 0), f"# gym-lsp: file-ignore[{diagnostic.rule}] {REASON}{line_break(document.text)}")
    fixes: list[Fix] = []
    if here is not None:
        fixes.append(_fix(f"Ignore `{diagnostic.rule}` here", diagnostic, here))
    if _suppresses(document, everywhere, diagnostic):
        fixes.append(_fix(f"Ignore `{diagnostic.rule}` in this file", diagnostic, everywhere))
    return tuple(fixes)


def _fix(title: str, diagnostic: Diagnostic, edit: Edit) -> Fix:
    return Fix(title, (FileEdit(diagnostic.path, edit),), Applicability.UNSAFE)


def _here(document: Document, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Yield the edits to try: a name in an existing comment, a comment after the line, a comment above each line."""
    comment = f"# gym-lsp: ignore[{diagnostic.rule}] {REASON}"
    number = document.lines.line_of(diagnostic.span.start)
    line = document.lines.line_span(number)
    for suppression in find_suppressions(document):
        if suppression.names and suppression.span.end == line.end:
            end = suppression.names[-1].span.end
            yield Edit(Span(end, end), f", {diagnostic.rule}")
    yield Edit(Span(line.end, line.end), f"  {comment}")
    for above in range(number, -1, -1):
        start = document.lines.line_span(above).start
        text = document.lines.line_span(above).of(document.text)
        margin = text[: len(text) - len(text.lstrip())]
        yield Edit(Span(start, start), f"{margin}{comment}{line_break(document.text)}")
        if not margin:
            return


def _suppresses(document: Document, edit: Edit, diagnostic: Diagnostic) -> bool:
    """Whether an edit adds a comment that covers the finding and leaves the values of the document unchanged."""
    after = parse(apply_edits(document.text, [edit]))
    if after.is_broken or plain(after.root) != plain(document.root):
        return False
    start = diagnostic.span.start + (len(edit.text) if edit.span.start <= diagnostic.span.start else 0)
    return any(
        suppression.covered.contains(start) and any(name.name == diagnostic.rule for name in suppression.names)
        for suppression in find_suppressions(after)
    )
