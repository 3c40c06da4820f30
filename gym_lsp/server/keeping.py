"""The answers that a server keeps for the next one with the same folders, in the user's cache folder.

So the findings in all files are there soon after the start. What has changed since is checked again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from pathlib import PurePath

from msgspec import Raw, Struct

from gym_lsp.cache.answers import Answers, Row, collected, decoded, restore
from gym_lsp.cache.encoding import encoded
from gym_lsp.cache.folder import user_cache_folder
from gym_lsp.cache.identity import environment, identity
from gym_lsp.cache.observed import Difference, Observations, Observed, differing
from gym_lsp.cache.store import Cache, Stored
from gym_lsp.files import Unreadable, Unwritable, is_below
from gym_lsp.server.logs import LOGGER
from gym_lsp.server.session import Session

BETWEEN = 300.0
"""Seconds between two writes. What is edited in between is checked again by the next server."""
_SLICE = 100
"""Answers that are collected between two chances for a message to be handled."""
_log = logging.getLogger(LOGGER)


class _Recalled(Struct, frozen=True):
    """What the last server has kept: its observations, what is different now, and the answers of each root."""

    observations: Observations
    difference: Difference
    rows: dict[str, tuple[Row, ...]]


class Keeping:
    """Restores what the last server has kept, once, and keeps what this one has found out."""

    def __init__(self, session: Session, observed: Observed, folder: PurePath) -> None:
        self._session = session
        self._observed = observed
        self._folder = folder
        self._restored: dict[PurePath, tuple[Row, ...]] | None = None
        self._written: tuple[int, float] | None = None
        """The revision of the session that was written last, and when."""

    async def restore(self) -> bool:
        """Restore what was kept, at the first call. Return whether anything was."""
        if self._restored is not None:
            return False
        self._restored = {}
        cache = self._cache()
        recalled = None if cache is None else await asyncio.to_thread(self._recall, cache)
        # Nothing has been checked yet, so this is what has changed since the start.
        changed = self._session.unchecked
        if recalled is None or changed.created_or_deleted:
            return False
        edited = tuple(path for path in changed.edited if not self._is_as_on_disk(path))
        for root, folder in self._session.folders.items():
            rows = recalled.rows.get(str(root), ())
            self._restored[root] = restore(
                folder.workspace, folder.checker.engine, rows, recalled.observations, recalled.difference, edited
            )
        return any(self._restored.values())

    async def keep(self) -> None:
        """Write what is known now, unless that was done recently."""
        revision, now = self._session.revision, time.monotonic()
        cache = self._cache() if self._is_due(revision, now) else None
        if cache is None:
            return
        answers: dict[str, list[Row]] = {}
        for root, folder in tuple(self._session.folders.items()):
            rows = answers[str(root)] = []
            for _ in folder.workspace.memo.compare(folder.workspace):
                await asyncio.sleep(0)
            for row in collected(folder.workspace, folder.checker.engine, (self._restored or {}).get(root, ())):
                rows.append(row)
                if len(rows) % _SLICE == 0:
                    await asyncio.sleep(0)
        open_texts = {path: buffer.text for path, buffer in self._session.buffers.items()}
        if self._session.revision != revision or any(self._observed.kind(path) is None for path in open_texts):
            # What was collected belongs to different moments, or depends on a document that is not on the disk.
            return
        self._written = revision, now
        observations = self._observed.noted(open_texts)
        if observations is None:
            return
        opening = frozenset(map(str, self._session.read_to_open))
        try:
            await asyncio.to_thread(_write, cache, observations, opening, answers)
        except Unwritable as error:
            _log.warning("the cache is not written: %s", error)

    def _is_as_on_disk(self, path: PurePath) -> bool:
        buffer = self._session.buffers.get(path)
        try:
            return buffer is not None and buffer.text == self._observed.read(path)
        except Unreadable:
            return False

    def _is_due(self, revision: int, now: float) -> bool:
        return self._written is None or (self._written[0] != revision and now - self._written[1] > BETWEEN)

    def _cache(self) -> Cache | None:
        """Return the cache of the client's folders; None if it would be in one of them."""
        folders = self._session.client_folders
        if not folders or any(is_below(self._folder, folder) for folder in folders):
            return None
        return Cache(self._folder, (*identity(), "server", self._session.ways_to_read, *environment(os.environ)))

    def _recall(self, cache: Cache) -> _Recalled | None:
        stored = cache.read()
        if stored is None:
            return None
        difference = differing(stored.observations, self._session.disk())
        if any(map(difference.reaches, stored.opening)):
            return None
        return _Recalled(stored.observations, difference, {root: decoded(raw) for root, raw in stored.answers.items()})


def keeping(session: Session, observed: Observed) -> Keeping | None:
    """Return what keeps the answers of a session; None if the user has no cache folder."""
    folder = user_cache_folder(os.environ, sys.platform)
    return None if folder is None else Keeping(session, observed, folder)


def _write(cache: Cache, observations: Observations, opening: frozenset[str], answers: dict[str, list[Row]]) -> None:
    def make() -> Stored:
        kept = {root: Raw(encoded(Answers.of(rows))) for root, rows in answers.items()}
        return Stored(observations.compact(), opening, Raw(encoded(None)), {}, kept)

    cache.write(make)
