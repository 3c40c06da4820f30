"""What a process has seen of the disk, and what of it is different now."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import PurePath

from msgspec import Struct, field

from gym_lsp.files import DirectoryEntry, Files, Forwarding, Kind, Unreadable, entry_of, path_of

MOST_KINDS = 200_000
"""Paths whose kind a server notes. A tree of 50,000 configs has half as many."""


class Observations(Struct):
    """The answers of the disk by path: texts as digests, heads with their length, kinds, listings, and real paths."""

    texts: dict[str, bytes] = field(default_factory=dict[str, bytes])
    heads: dict[str, tuple[int, bytes]] = field(default_factory=dict[str, tuple[int, bytes]])
    kinds: dict[str, Kind | None] = field(default_factory=dict[str, Kind | None])
    listings: dict[str, tuple[DirectoryEntry, ...]] = field(default_factory=dict[str, tuple[DirectoryEntry, ...]])
    real: dict[str, str] = field(default_factory=dict[str, str])

    def update(self, newer: Observations) -> None:
        self.texts.update(newer.texts)
        self.heads.update(newer.heads)
        self.kinds.update(newer.kinds)
        self.listings.update(newer.listings)
        self.real.update(newer.real)

    def paths(self) -> frozenset[str]:
        return frozenset((*self.texts, *self.heads, *self.kinds, *self.listings, *self.real))

    def is_about(self, path: str) -> bool:
        return any(path in seen for seen in (self.texts, self.heads, self.kinds, self.listings, self.real))

    def without(self, difference: Difference) -> Observations:
        """Return those that still hold."""
        gone = difference.paths | difference.folders
        return Observations(
            {path: seen for path, seen in self.texts.items() if path not in gone},
            {path: seen for path, seen in self.heads.items() if path not in gone},
            {path: seen for path, seen in self.kinds.items() if path not in gone},
            {path: seen for path, seen in self.listings.items() if path not in gone},
            {path: seen for path, seen in self.real.items() if path not in gone},
        )

    def compact(self) -> Observations:
        """Return the same without the kinds that a listing shows."""

        def is_listed(path: PurePath, kind: Kind | None) -> bool:
            entry = entry_of(path, self.listings.get(str(path.parent), ()))
            return entry is not None and entry.kind is kind

        kinds = {path: kind for path, kind in self.kinds.items() if not is_listed(path_of(path), kind)}
        return Observations(self.texts, self.heads, kinds, self.listings, self.real)


class Difference(Struct, frozen=True):
    """What is different from some observations.

    `paths` are those with another text, kind or real path, and `folders` those with another listing. `moved` are what a
    listing has more, less or as something else than before; whatever is below them may be different, too.
    """

    paths: frozenset[str]
    folders: frozenset[str]
    moved: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.paths or self.folders)

    def reaches(self, path: str) -> bool:
        """Return whether something that was made from a path may be different; from its listing if it ends with `/`."""
        if path in self.paths or (path.endswith("/") and path[:-1] in self.folders):
            return True
        if not self.moved:
            return False
        pure = PurePath(path)
        return not self.moved.isdisjoint(map(str, (pure, *pure.parents)))


def differing(known: Observations, files: Files) -> Difference:
    """Return what is different now."""
    folders: set[str] = set()
    moved: set[str] = set()
    for path, before in known.listings.items():
        folder = path_of(path)
        now = files.entries(folder)
        if now != before:
            folders.add(path)
            moved.update(str(folder / entry.name) for entry in frozenset(now) ^ frozenset(before))
    return Difference(frozenset(_different(known, files)), frozenset(folders), frozenset(moved))


def _different(known: Observations, files: Files) -> Iterator[str]:
    yield from (path for path, seen in known.texts.items() if _text(files, path_of(path)) != seen)
    yield from (path for path, (most, seen) in known.heads.items() if _head(files, path_of(path), most) != seen)
    yield from (path for path, seen in known.kinds.items() if files.kind(path_of(path)) is not seen)
    yield from (path for path, seen in known.real.items() if str(files.resolve(path_of(path))) != seen)


class Hidden(Forwarding):
    """Files without one folder, which is gym-lsp's own and would be a difference each time."""

    def __init__(self, base: Files, folder: PurePath) -> None:
        super().__init__(base)
        self._folder = folder

    def entries(self, path: PurePath) -> tuple[DirectoryEntry, ...]:
        entries = self._base.entries(path)
        if path != self._folder.parent:
            return entries
        return tuple(entry for entry in entries if entry.name != self._folder.name)


class Observed(Forwarding):
    """Files that note what they answer, the kinds of at most `most` paths.

    A version only shows that the content may have changed. What is made of the content is noted where it is read.
    """

    def __init__(self, base: Files, most: int = sys.maxsize) -> None:
        super().__init__(base)
        self._most = most
        self._noted = Observations()

    def take(self) -> Observations:
        """Return what was noted since the last call."""
        noted, self._noted = self._noted, Observations()
        return noted

    def noted(self, texts: Mapping[PurePath, str]) -> Observations | None:
        """Return what was noted since the last `take`, with other texts for some files, which an editor has open.

        None if not everything was noted: there is no limit to the absent paths that are typed in a day.
        """
        noted = self._noted
        if len(noted.kinds) > self._most:
            return None
        return Observations(
            noted.texts | {str(path): _digest(text) for path, text in texts.items()},
            dict(noted.heads),
            noted.kinds | {str(path): Kind.FILE for path in texts},
            dict(noted.listings),
            dict(noted.real),
        )

    def read(self, path: PurePath) -> str:
        try:
            text = self._base.read(path)
        except Unreadable as error:
            self._noted.texts[str(path)] = _failure(error)
            raise
        self._noted.texts[str(path)] = _digest(text)
        return text

    def head(self, path: PurePath, most: int) -> str:
        try:
            text = self._base.head(path, most)
        except Unreadable as error:
            self._noted.heads[str(path)] = most, _failure(error)
            raise
        self._noted.heads[str(path)] = most, _digest(text)
        return text

    def kind(self, path: PurePath) -> Kind | None:
        kind = self._base.kind(path)
        if len(self._noted.kinds) <= self._most:
            self._noted.kinds[str(path)] = kind
        return kind

    def entries(self, path: PurePath) -> tuple[DirectoryEntry, ...]:
        entries = self._noted.listings[str(path)] = self._base.entries(path)
        return entries

    def resolve(self, path: PurePath) -> PurePath:
        real = self._base.resolve(path)
        self._noted.real[str(path)] = str(real)
        return real


def _text(files: Files, path: PurePath) -> bytes:
    try:
        return _digest(files.read(path))
    except Unreadable as error:
        return _failure(error)


def _head(files: Files, path: PurePath, most: int) -> bytes:
    try:
        return _digest(files.head(path, most))
    except Unreadable as error:
        return _failure(error)


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _failure(error: Unreadable) -> bytes:
    return f"{type(error).__name__}: {error.reason}".encode("utf-8", "surrogatepass")
