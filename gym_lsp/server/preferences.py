"""The user's choices in the editor: initialization options, and later the settings of the section `gymLsp`.

A value that is missing or has a wrong type counts as not set.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, cast

from msgspec import Struct

from gym_lsp.diagnostic import Severity

SECTION = "gymLsp"
HINTS = ("resolvedValues", "inherited", "refTypes", "defaults")
LENSES = ("references", "resolved")
INFORMATION = ("openFiles", "all")
"""The files whose information and hints the client gets; the first value is the default."""
MOST_ROWS = 1_000
"""Rows of an open dataset that are checked if the client sets nothing else."""


class FolderSettings(Struct, frozen=True):
    """The editor's settings for a folder, which override the settings files of the workspace."""

    gym_root: PurePath | None = None
    python_environment: PurePath | None = None
    search_dirs: tuple[PurePath, ...] = ()


class Shown(Struct, frozen=True):
    """Which findings the client gets.

    `everywhere` is whether information and hints are also of interest for files that are not open: a large workspace
    has hundreds, which hide the mistakes in a list of all problems.
    """

    lowest: Severity = Severity.HINT
    everywhere: bool = False

    def contains(self, severity: Severity, *, is_open: bool) -> bool:
        """Whether the client gets a finding in a file that is open or not."""
        return severity <= self.lowest and (is_open or self.everywhere or severity <= Severity.WARNING)


class Preferences(Struct, frozen=True):
    """The editor's settings for itself. `inlay_hints` and `code_lenses` are the enabled kinds."""

    cache: bool = True
    suggests_again: bool = False
    other_yaml_server: bool = False
    rows: int = MOST_ROWS
    documents: bool = True
    shown: Shown = Shown()
    status_notification: bool = False
    commands: frozenset[str] = frozenset()
    inlay_hints: frozenset[str] = frozenset(HINTS)
    code_lenses: frozenset[str] = frozenset(LENSES)


def folder_settings(given: Mapping[str, Any]) -> FolderSettings:
    """Return the settings of a folder among those that the client sent."""
    return FolderSettings(
        _path(given.get("gymRoot")),
        _path(given.get("pythonEnvironment")),
        tuple(PurePath(each) for each in _texts(given.get("searchDirs"))),
    )


def preferences(given: Mapping[str, Any]) -> Preferences:
    """Return the preferences among the settings that the client sent."""
    return Preferences(
        cache=given.get("cache") is not False,
        suggests_again=given.get("suggestsAgain") is True,
        other_yaml_server=given.get("otherYamlServer") is True,
        rows=_number(given.get("rows"), MOST_ROWS),
        documents=given.get("documents") is not False,
        shown=Shown(_severity(given.get("lowestSeverity")), given.get("information") == INFORMATION[1]),
        status_notification=given.get("statusNotification") is True,
        commands=frozenset(_texts(given.get("commands"))),
        inlay_hints=_switched_on(given.get("inlayHints"), HINTS),
        code_lenses=_switched_on(given.get("codeLens"), LENSES),
    )


def mapping_of(given: object) -> dict[str, Any]:
    """Return what the client sent if it is a mapping, or an empty one."""
    return cast("dict[str, Any]", given) if isinstance(given, dict) else {}


def section_of(given: object) -> dict[str, Any]:
    """Return the settings of a notification. Some clients send them inside a mapping from the section's name."""
    whole = mapping_of(given)
    return mapping_of(whole[SECTION]) if SECTION in whole else whole


def _path(given: object) -> PurePath | None:
    return PurePath(given) if isinstance(given, str) and given else None


def _number(given: object, usual: int) -> int:
    return given if isinstance(given, int) and not isinstance(given, bool) and given >= 0 else usual


def _severity(given: object) -> Severity:
    return next((each for each in Severity if each.label == given), Severity.HINT)


def _texts(given: object) -> tuple[str, ...]:
    items = cast("list[object]", given) if isinstance(given, list) else []
    return tuple(each for each in items if isinstance(each, str) and each)


def _switched_on(given: object, names: tuple[str, ...]) -> frozenset[str]:
    if isinstance(given, bool):
        return frozenset(names) if given else frozenset()
    switches = mapping_of(given)
    return frozenset(name for name in names if switches.get(name) is not False)
