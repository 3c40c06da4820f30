"""Paths that do not lead where they should: what they were meant to be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.files import Files, Kind, absolute
from gym_lsp.gym.roots import SearchRoots
from gym_lsp.rules.analysis.naming import nearest

MOST_SLIPS = 2
"""How many parts of one path may be misspelt for it still to be recognised."""
SUFFIXES = (".yaml", ".yml")


def file_relative(entry: str, includer: PurePath, files: Files, search: SearchRoots) -> str | None:
    """What an entry names if it was meant relative to the file that it stands in; None where nothing is there."""
    if PurePath(entry).is_absolute():
        return None
    beside = absolute(entry, includer.parent)
    return search.spell(beside) if files.kind(beside) is Kind.FILE else None


def other_suffix(entry: str) -> str | None:
    """The entry with the other of the two suffixes of YAML."""
    for suffix, other in (SUFFIXES, SUFFIXES[::-1]):
        if entry.endswith(suffix):
            return entry.removesuffix(suffix) + other
    return None


def respelled(entry: str, files: Files, search: SearchRoots) -> str | None:
    """The entry without what a shell or an editor would have forgiven.

    That is blanks around it, `~/`, the backslashes of another system, and the other suffix.
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
    """The end of an absolute path of another machine that leads to a file here."""
    parts = PurePath(entry).parts
    tails = (PurePath(*parts[start:]).as_posix() for start in range(1, len(parts) - 1))
    return tuple(tail for tail in tails if is_file(tail, files, search))[:1]


def suggested(path: str, file: PurePath, files: Files, search: SearchRoots, suffix: str) -> tuple[str, ...]:
    """What a path that leads nowhere, and stands in `file`, was probably meant to be."""
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
    """Files whose path is that of an entry but for slips in a part or two, the nearest first."""
    parts = PurePath(entry).parts
    if not parts or PurePath(entry).is_absolute():
        return ()
    found: dict[str, None] = {}
    for root in search.roots:
        for path in _followed(root, parts, files, MOST_SLIPS):
            found.setdefault(path.relative_to(root).as_posix())
    return tuple(found)[:3]


def _followed(folder: PurePath, parts: tuple[str, ...], files: Files, slips: int) -> Iterator[PurePath]:
    """Every file that the parts lead to from a folder, with at most so many of them misspelt."""
    if not parts:
        if files.kind(folder) is Kind.FILE:
            yield folder
        return
    first, rest = parts[0], parts[1:]
    if files.kind(folder / first) is not None:
        yield from _followed(folder / first, rest, files, slips)
        return
    if slips:
        names = [entry.name for entry in files.entries(folder)]
        same = [name for name in names if name.lower() == first.lower()]
        for name in same or nearest(first, names):
            yield from _followed(folder / name, rest, files, slips - 1)


def configs_below(folder: PurePath, files: Files) -> tuple[PurePath, ...]:
    """The configs that a person may have meant who named a folder: those in it and in its `configs`."""
    places = (folder, folder / "configs")
    return tuple(
        place / entry.name
        for place in places
        for entry in files.entries(place)
        if entry.kind is Kind.FILE and entry.name.endswith(SUFFIXES)
    )
