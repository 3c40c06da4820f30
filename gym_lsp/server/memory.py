"""Care for the garbage collector, whose runs over the whole heap would delay answers.

A large tree leaves millions of objects that stay alive. A collection that visits them all takes a tenth of a second, so
the indexed objects are frozen, which excludes them from collections, and the oldest generation is collected only in a
pause: it then holds only what edits have created since.
"""

from __future__ import annotations

import gc

from gym_lsp.server.session import Session


def configure_collector() -> None:
    """Collect young objects rarely, and the oldest generation practically never by itself."""
    gc.set_threshold(10_000, 3, 1_000)


class MemoryCare:
    """Decides when to freeze, release and collect the objects of a session. All methods run on the event loop."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._frozen = 0
        """`openings` of the session at the last freeze."""
        self._released = 0
        """`openings` of the session at the last release."""
        self._collected = 0
        """`revision` of the session at the last full collection or freeze."""

    def start_collecting(self) -> None:
        """Enable automatic collections, because edits create garbage. The command line disables them at the start."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    def release_replaced(self) -> None:
        """Free the memory of folders that were opened again, before they are indexed."""
        if self._frozen > 0 and self._released != self._session.openings:
            gc.unfreeze()
            gc.collect()
            self._released = self._session.openings

    def freeze_indexed(self) -> None:
        """Exclude the objects of newly opened folders from collections, after they were indexed."""
        if self._frozen != self._session.openings:
            for folder in self._session.folders.values():
                folder.workspace.memo.expect()
            gc.freeze()
            self._frozen = self._released = self._session.openings
            self._collected = self._session.revision

    def collect(self) -> None:
        """Collect all that is not frozen, if the session has changed since the last time.

        The objects of a large document are too many to visit in a pause. Those that edits replace are not cyclic.
        """
        if self._collected != self._session.revision and not self._session.large_documents():
            gc.collect()
            self._collected = self._session.revision
