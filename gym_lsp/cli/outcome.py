"""The outcome of a check, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Protocol

from msgspec import Struct

from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.reporters.report import RuleInfo


class Part(Struct, frozen=True):
    """What was checked in one root.

    A finding that is at least as serious as `fail_on` gives exit code 1. `switched_off` are the rules that the settings
    leave out.
    """

    root: PurePath
    files: tuple[PurePath, ...]
    not_checked: tuple[PurePath, ...]
    fail_on: Severity
    switched_off: frozenset[str]


class Outcome(Struct, frozen=True):
    """Everything that a report needs to know of a check, except for the texts of the files.

    `diagnostics` are sorted by their `sort_key`. `release` is that of NeMo Gym, None if there is none. `rules` are
    those of the findings. `notes` are what a person needs to know to understand the result.
    """

    diagnostics: tuple[Diagnostic, ...]
    parts: tuple[Part, ...]
    release: str | None
    rules: Mapping[str, RuleInfo]
    notes: tuple[str, ...]


class Texts(Protocol):
    """The texts of the files of a check; empty for a file that cannot be read."""

    def text(self, path: PurePath) -> str: ...
    def shown(self, path: PurePath) -> str:
        """Return the text with each character of a secret replaced by another one."""
        ...


class ShownTexts:
    """Texts, with a note of those that were shown."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self.seen: dict[str, str] = {}

    def text(self, path: PurePath) -> str:
        return self._texts.text(path)

    def shown(self, path: PurePath) -> str:
        text = self.seen[str(path)] = self._texts.shown(path)
        return text
