"""Counts work instead of measuring time: the lines of Python that a call executes, the same on every machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any


def steps(call: Callable[[], object]) -> int:
    """Return how many lines a call executes, in all functions, comprehensions included."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


@contextmanager
def at_most(most: int) -> Generator[None]:
    """Fail as soon as the calls of a block have executed more than `most` lines, however long they take."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        if count > most:
            sys.settrace(before)
            raise AssertionError(f"more than {most:,} lines were executed, at last in {frame.f_code.co_qualname}")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)
