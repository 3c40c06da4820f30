"""Takes out what comments silence, and finds which of those comments are wrong or silence nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import Struct

from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Diagnostic
from gym_lsp.rules.engine.context import BadSuppression, IdleSuppression
from gym_lsp.rules.engine.suppression import apply, find_invalid


class Silenced(Struct, frozen=True):
    """The findings that comments leave, and the comments to speak about."""

    kept: tuple[Diagnostic, ...]
    subjects: tuple[IdleSuppression | BadSuppression, ...]


def mentions_us(text: str) -> bool:
    """Whether a text may hold a comment that speaks to gym-lsp, which most do not."""
    return "gym-lsp" in text


def silence(file: ConfigFile, found: Iterable[Diagnostic], active: Collection[str], known: Collection[str]) -> Silenced:
    """Apply the comments of one file to its findings.

    `active` names the rules that were asked, `known` all rules that there are.
    """
    if not mentions_us(file.document.text):
        return Silenced(tuple(found), ())
    outcome = apply(file.document, found, active)
    idle = tuple(IdleSuppression(file, unused) for unused in outcome.unused)
    bad = tuple(BadSuppression(file, invalid) for invalid in find_invalid(file.document, known))
    return Silenced(outcome.kept, (*idle, *bad))
