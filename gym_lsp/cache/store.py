"""The files of a cache: one for each way of asking, replaced as a whole.

A file that is cut off, damaged or of another version of gym-lsp is as if it were not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import PurePath

from msgspec import DecodeError, Raw, Struct

from gym_lsp.cache.encoding import decoder, encoded
from gym_lsp.cache.observed import Observations
from gym_lsp.files import Disk

_SUFFIX = ".gym-lsp-cache"
_IGNORE = ".gitignore"
_DIGEST = 32
_OLD = 30 * 24 * 60 * 60.0
"""Seconds after which a file that is not written any more is removed."""


class Stored(Struct, frozen=True):
    """What is kept of one check.

    `opening` are the paths that were observed before the first question: if one of them is different, no answer holds.
    `outcome` is the result as a whole, and `shown` the texts that a report has shown, without secrets: both for when
    nothing is different. `answers` are an `Answers` for each root.
    """

    observations: Observations
    opening: frozenset[str]
    outcome: Raw
    shown: dict[str, str]
    answers: dict[str, Raw]


class Cache:
    """What is kept for one way of asking; `key` is everything that answers depend on and that is not on the disk."""

    def __init__(self, folder: PurePath, key: Iterable[str]) -> None:
        self._folder = folder
        # No text contains a NUL that comes from a command line or the environment.
        self._key = _digest("\0".join(key).encode("utf-8", "surrogateescape"))
        self._path = folder / f"{self._key[:16].hex()}{_SUFFIX}"

    def read(self) -> Stored | None:
        """Return what was kept, or None if there is nothing of this version that is whole."""
        data = Disk().load(self._path)
        if data is None:
            return None
        head, payload = data[: 2 * _DIGEST], data[2 * _DIGEST :]
        if head != self._key + _digest(payload):
            return None
        try:
            return _STORED.decode(payload)
        except DecodeError:
            return None

    def write(self, make: Callable[[], Stored]) -> None:
        """Keep what is made, and remove what is no longer used. Raises files.Unwritable."""
        try:
            payload = encoded(make())
        except UnicodeEncodeError:
            # A tree with a file name that is not Unicode is checked without a cache.
            return
        disk = Disk()
        if disk.kind(self._folder / _IGNORE) is None:
            # A folder in a repository must not be committed.
            disk.save(self._folder / _IGNORE, b"*\n")
        disk.save(self._path, self._key + _digest(payload) + payload)
        disk.sweep(self._folder, _SUFFIX, _OLD)


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST).digest()


_STORED = decoder(Stored)
