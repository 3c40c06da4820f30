"""What the user chose in the editor: the options given at the start, and the settings of the section `gymLsp` later on.

Whatever is missing or of another shape than it should be counts as not said.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, cast

from msgspec import Struct

SECTION = "gymLsp"
HINTS = ("resolvedValues", "inherited", "refTypes", "defaults")
LENSES = ("references", "resolved")


class FolderSettings(Struct, frozen=True):
    """What the editor says about a folder; it wins over the settings files of the workspace."""

    gym_root: PurePath | None = None
    python_environment: PurePath | None = None
    search_dirs: tuple[PurePath, ...] = ()


class Preferences(Struct, frozen=True):
    """What the editor says about itself. `inlay_hints` and `code_lenses` name the kinds that are wanted."""

    suggests_again: bool = False
    other_yaml_server: bool = False
    status_notification: bool = False
    commands: frozenset[str] = frozenset()
    inlay_hints: frozenset[str] = frozenset(HINTS)
    code_lenses: frozenset[str] = frozenset(LENSES)


def folder_settings(given: Mapping[str, Any]) -> FolderSettings:
    """The settings of a folder among those that the client gave."""
    return FolderSettings(
        _path(given.get("gymRoot")),
        _path(given.get("pythonEnvironment")),
        tuple(PurePath(each) for each in _texts(given.get("searchDirs"))),
    )


def preferences(given: Mapping[str, Any]) -> Preferences:
    """The preferences among what the client gave."""
    return Preferences(
        suggests_again=given.get("suggestsAgain") is True,
        other_yaml_server=given.get("otherYamlServer") is True,
        status_notification=given.get("statusNotification") is True,
        commands=frozenset(_texts(given.get("commands"))),
        inlay_hints=_switched_on(given.get("inlayHints"), HINTS),
        code_lenses=_switched_on(given.get("codeLens"), LENSES),
    )


def mapping_of(given: object) -> dict[str, Any]:
    """What the client gave, empty where it is no mapping."""
    return cast("dict[str, Any]", given) if isinstance(given, dict) else {}


def section_of(given: object) -> dict[str, Any]:
    """The settings of a notification, which some clients send with the name of the section around them."""
    whole = mapping_of(given)
    return mapping_of(whole[SECTION]) if SECTION in whole else whole


def _path(given: object) -> PurePath | None:
    return PurePath(given) if isinstance(given, str) and given else None


def _texts(given: object) -> tuple[str, ...]:
    items = cast("list[object]", given) if isinstance(given, list) else []
    return tuple(each for each in items if isinstance(each, str) and each)


def _switched_on(given: object, names: tuple[str, ...]) -> frozenset[str]:
    if isinstance(given, bool):
        return frozenset(names) if given else frozenset()
    switches = mapping_of(given)
    return frozenset(name for name in names if switches.get(name) is not False)
