"""Where the cache of a user is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath


def user_cache_folder(environment: Mapping[str, str], platform: str) -> PurePath | None:
    """Return the folder for gym-lsp's cache that the conventions of a platform (`sys.platform`) give; None without one.

    A relative path in the environment is ignored, as the XDG specification demands.
    """
    if platform == "win32":
        candidates = [(environment.get("LOCALAPPDATA"), ("gym-lsp", "Cache"))]
    elif platform == "darwin":
        candidates = [(environment.get("HOME"), ("Library", "Caches", "gym-lsp"))]
    else:
        candidates = [
            (environment.get("XDG_CACHE_HOME"), ("gym-lsp",)),
            (environment.get("HOME"), (".cache", "gym-lsp")),
        ]
    for base, below in candidates:
        if base and PurePath(base).is_absolute():
            return PurePath(base, *below)
    return None
