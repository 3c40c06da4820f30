"""Findings that another finding about the very same text explains.

How a text is written comes before what it means: of a key with a character in it that nobody sees, and of two question
marks, it is of no use to hear that no field is called so, or that a number was expected.
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
    """The findings about one file without those at a place of which another one says how it is written.

    That one is then as grave as they were, and foretells the error that they foretold.
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
        _in_place_of(each, explained[each.span]) if each.rule in _ABOUT_WRITING else each
        for each in found
        if each.rule in _ABOUT_WRITING or each.span not in writing
    ]


def _in_place_of(writing: Diagnostic, explained: list[Diagnostic]) -> Diagnostic:
    if not explained:
        return writing
    gravest = min(explained, key=lambda each: each.severity)
    if gravest.severity >= writing.severity:
        return replace(writing, fixes=writing.fixes or gravest.fixes)
    return replace(
        writing,
        severity=gravest.severity,
        gym_error=gravest.gym_error,
        run=gravest.run,
        fixes=writing.fixes or gravest.fixes,
    )
