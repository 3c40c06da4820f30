"""Globs over paths below a folder, as `exclude` and `include` write them.

A glob without a slash means a name at any depth; one with a slash is anchored to the folder. `**` stands for any
number of folders, the other wildcards stay within one name. A glob that matches a folder matches all that is in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import PurePath


def matches(globs: Iterable[str], path: PurePath, folder: PurePath) -> bool:
    """Whether one of `globs` matches `path`, or a folder that it lies in; nothing outside `folder` is matched."""
    if not path.is_relative_to(folder):
        return False
    names = path.relative_to(folder).parts
    return any(_leads_to(_parts(glob), names) for glob in globs)


@lru_cache(maxsize=1024)
def _parts(glob: str) -> tuple[str, ...]:
    anchored = "/" in glob.rstrip("/")
    parts = [] if anchored else ["**"]
    for part in glob.split("/"):
        # Two `**` in a row say what one says, and would make the matching needlessly slow.
        if part not in ("", ".") and not (part == "**" and parts[-1:] == ["**"]):
            parts.append(part)
    return tuple(parts)


def _leads_to(parts: tuple[str, ...], names: tuple[str, ...]) -> bool:
    if not parts:
        return True
    if parts[0] == "**":
        return any(_leads_to(parts[1:], names[start:]) for start in range(len(names)))
    return bool(names) and fnmatchcase(names[0], parts[0]) and _leads_to(parts[1:], names[1:])
