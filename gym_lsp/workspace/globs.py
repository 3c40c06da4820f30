"""Globs over paths below a folder, as in `exclude` and `include`.

A glob without a slash matches a name at any depth. A glob with a slash is relative to the folder. `**` matches any
number of folders. The other wildcards match within one name. A glob that matches a folder matches everything in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import PurePath


def matches(globs: Iterable[str], path: PurePath, folder: PurePath) -> bool:
    """Return whether one of `globs` matches `path` or one of its folders. Nothing outside `folder` matches."""
    if not path.is_relative_to(folder):
        return False
    names = path.relative_to(folder).parts
    return any(_leads_to(_parts(glob), names) for glob in globs)


@lru_cache(maxsize=1024)
def _parts(glob: str) -> tuple[str, ...]:
    anchored = "/" in glob.rstrip("/")
    parts = [] if anchored else ["**"]
    for part in glob.split("/"):
        # Two `**` in a row mean the same as one and would only slow down matching.
        if part not in ("", ".") and not (part == "**" and parts[-1:] == ["**"]):
            parts.append(part)
    return tuple(parts)


def _leads_to(parts: tuple[str, ...], names: tuple[str, ...]) -> bool:
    if not parts:
        return True
    if parts[0] == "**":
        return any(_leads_to(parts[1:], names[start:]) for start in range(len(names)))
    return bool(names) and fnmatchcase(names[0], parts[0]) and _leads_to(parts[1:], names[1:])
