"""Suggestions for paths that do not lead to a file."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import PurePath

from gym_lsp.files import Files, Kind, absolute
from gym_lsp.gym.roots import SearchRoots
from gym_lsp.rules.analysis.naming import nearest

MOST_MISSPELT = 2
"""How many parts of a path may be misspelt if it is still to be recognised."""
SUFFIXES = (".yaml", ".yml")


def file_relative(entry: str, includer: PurePath, files: Files, search: SearchRoots) -> str | None:
    """Return the file that an entry names relative to the file that contains it; None if there is none."""
    if PurePath(entry).is_absolute():
        return None
    beside = absolute(entry, includer.parent)
    return search.spell(beside) if files.kind(beside) is Kind.FILE else None


def other_suffix(entry: str) -> str | None:
    """Return the entry with the other of the two suffixes of YAML."""
    for suffix, other in (SUFFIXES, SUFFIXES[::-1]):
        if entry.endswith(suffix):
            return entry.removesuffix(suffix) + other
    return None


def respelled(entry: str, files: Files, search: SearchRoots) -> str | None:
    """Return the entry without mistakes that a shell or an editor would accept, if it leads to a file then.

    These are white space around it, `~/`, the backslashes of another system, and the other suffix.
    """
    clean = entry.strip()
    candidates = [clean, clean.removeprefix("~/"), clean.replace("\\", "/")]
    for text in tuple(candidates):
        other = other_suffix(text)
        if other is not None:
            candidates.append(other)
        if not text.endswith(SUFFIXES):
            candidates.append(text + SUFFIXES[0])
    found = (text for text in candidates if text != entry and is_file(text, files, search))
    return next(found, None)


def below_root(entry: str, files: Files, search: SearchRoots) -> tuple[str, ...]:
    """Return the end of a path that leads to a file here: of an absolute one of another machine, or of `../../x`."""
    parts = PurePath(entry).parts
    tails = (PurePath(*parts[start:]).as_posix() for start in range(1, len(parts) - 1))
    return tuple(tail for tail in tails if is_file(tail, files, search))[:1]


def is_pattern(entry: str) -> bool:
    """Whether an entry contains a wildcard of a shell."""
    return any(character in entry for character in "*?[")


def matching(entry: str, files: Files, search: SearchRoots, most: int) -> tuple[str, ...]:
    """Return the files that an entry with wildcards matches, as a shell would in a search root; at most `most`."""
    found: dict[str, None] = {}
    for root in search.roots:
        for path in islice(_matching(root, PurePath(entry).parts, files), most):
            found.setdefault(path.relative_to(root).as_posix())
    return tuple(found)[:most]


def _matching(folder: PurePath, parts: tuple[str, ...], files: Files) -> Iterator[PurePath]:
    if not parts:
        if files.kind(folder) is Kind.FILE:
            yield folder
        return
    first, rest = parts[0], parts[1:]
    names = [entry.name for entry in files.entries(folder)] if is_pattern(first) else [first]
    for name in names:
        if name == first or (fnmatchcase(name, first) and not name.startswith(".")):
            yield from _matching(folder / name, rest, files)


def suggested(path: str, file: PurePath, files: Files, search: SearchRoots, suffix: str) -> tuple[str, ...]:
    """Return what a path in `file` that does not lead to a file is probably intended to be."""
    beside = file_relative(path, file, files, search)
    if beside is not None:
        return (beside,)
    slashed = path.strip().replace("\\", "/")
    exact = (each for each in (slashed, f"{slashed}{suffix}") if each != path and is_file(each, files, search))
    return tuple(exact)[:1] or like_path(slashed, files, search)


def is_file(entry: str, files: Files, search: SearchRoots) -> bool:
    """Whether an entry leads to a file."""
    path = search.resolve(files, entry) if entry else None
    return path is not None and files.kind(path) is Kind.FILE


def like_path(entry: str, files: Files, search: SearchRoots) -> tuple[str, ...]:
    """Return the files whose path differs from an entry only by misspellings in one or two parts, nearest first."""
    parts = PurePath(entry).parts
    if not parts or PurePath(entry).is_absolute():
        return ()
    found: dict[str, None] = {}
    for root in search.roots:
        for path in _followed(root, parts, files, MOST_MISSPELT):
            found.setdefault(path.relative_to(root).as_posix())
    return tuple(found)[:3]


def _followed(folder: PurePath, parts: tuple[str, ...], files: Files, misspelt: int) -> Iterator[PurePath]:
    """Yield each file that the parts lead to from a folder if at most `misspelt` of them are misspelt."""
    if not parts:
        if files.kind(folder) is Kind.FILE:
            yield folder
        return
    first, rest = parts[0], parts[1:]
    if files.kind(folder / first) is not None:
        yield from _followed(folder / first, rest, files, misspelt)
        return
    if misspelt:
        names = [entry.name for entry in files.entries(folder)]
        same = [name for name in names if name.lower() == first.lower()]
        for name in same or nearest(first, names):
            yield from _followed(folder / name, rest, files, misspelt - 1)


def configs_below(folder: PurePath, files: Files) -> tuple[PurePath, ...]:
    """Return the configs that an entry with a folder may be intended to name: those in it and in its `configs`."""
    folders = (folder, folder / "configs")
    return tuple(
        each / entry.name
        for each in folders
        for entry in files.entries(each)
        if entry.kind is Kind.FILE and entry.name.endswith(SUFFIXES)
    )
