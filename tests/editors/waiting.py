"""Waits for what an editor will show in its own time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from tests.patience import PATIENCE

LIMIT = PATIENCE
"""Seconds to wait for what must come, on a machine that may be busy."""
_PAUSE = 0.05
_Seen = TypeVar("_Seen")


def until(look: Callable[[], _Seen], wanted: Callable[[_Seen], bool], what: str, limit: float = LIMIT) -> _Seen:
    """What was seen as soon as it is as wanted; an error that says what was seen last if that never comes."""
    deadline = time.monotonic() + limit
    while True:
        seen = look()
        if wanted(seen):
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {limit:.0f} s for {what}; seen last: {seen!r}")
        time.sleep(_PAUSE)
