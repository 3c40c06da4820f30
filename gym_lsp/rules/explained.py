"""Findings that another finding about the same text explains.

How a text is written comes before what it means: it does not help to report an unknown field if its key contains an
invisible character, or that a number was expected if the value is two question marks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from msgspec.structs import replace

from gym_lsp.diagnostic import Diagnostic
from gym_lsp.rules.files.lookalike_character import lookalike_character
from gym_lsp.rules.files.unpaired_quote import unpaired_quote
from gym_lsp.rules.files.unquoted_braces import unquoted_braces
from gym_lsp.rules.names.misspelt_missing_marker import misspelt_missing_marker
from gym_lsp.rules.names.shell_variable import shell_variable
from gym_lsp.text import Span

_ABOUT_WRITING = frozenset(
    rule.name
    for rule in (lookalike_character, misspelt_missing_marker, shell_variable, unpaired_quote, unquoted_braces)
)


def without_explained(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the findings about one file, without those that a finding about the writing of the same text explains.

    The finding about the writing takes over their highest severity and the error that it predicts.
    """
    found = list(found)
    writing = {each.span for each in found if each.rule in _ABOUT_WRITING}
    if not writing:
        return found
    explained: defaultdict[Span, list[Diagnostic]] = defaultdict(list)
    for each in found:
        if each.span in writing and each.rule not in _ABOUT_WRITING:
            explained[each.span].append(each)
    return [
        _replacing(each, explained[each.span]) if each.rule in _ABOUT_WRITING else each
        for each in found
        if each.rule in _ABOUT_WRITING or each.span not in writing
    ]


def _replacing(writing: Diagnostic, explained: list[Diagnostic]) -> Diagnostic:
    if not explained:
        return writing
    worst = min(explained, key=lambda each: each.severity)
    if worst.severity >= writing.severity:
        return replace(writing, fixes=writing.fixes or worst.fixes)
    return replace(
        writing,
        severity=worst.severity,
        gym_error=worst.gym_error,
        run=worst.run,
        fixes=writing.fixes or worst.fixes,
    )
