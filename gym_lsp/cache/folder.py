"""Where the cache of a user is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from gym_lsp.project import NAME


def user_cache_folder(environment: Mapping[str, str], platform: str) -> PurePath | None:
    """Return the folder for gym-lsp's cache that the conventions of a platform (`sys.platform`) give; None without one.

    `XDG_CACHE_HOME` counts everywhere. As its specification demands, a relative path is ignored.
    """
    base = _folder_in(environment, "XDG_CACHE_HOME")
    if base is None and platform == "win32":
        base = _folder_in(environment, "LOCALAPPDATA", "USERPROFILE/AppData/Local")
    elif base is None:
        base = _folder_in(environment, "HOME/Library/Caches" if platform == "darwin" else "HOME/.cache")
    return None if base is None else base / NAME


def _folder_in(environment: Mapping[str, str], *places: str) -> PurePath | None:
    """Return the first folder that exists in the environment; a place is a variable, with the path below it."""
    for variable, _, below in (place.partition("/") for place in places):
        folder = PurePath(environment.get(variable) or ".")
        if folder.is_absolute():
            return folder / below
    return None
