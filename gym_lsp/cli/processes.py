"""A check spread over the processors of the machine, if there are enough files to make it worth a process.

The processes are forks, so each starts with everything that was read before, and only findings travel between them.
On systems other than Linux, everything is checked in this process.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import PurePath
from typing import Any, BinaryIO, NamedTuple, NoReturn, TypeAlias, TypeVar

from gym_lsp.check import one_by_one

T = TypeVar("T")
Ask: TypeAlias = Callable[[PurePath], Iterable[T]]
"""Returns the answers about one file."""
WithProgress: TypeAlias = Callable[[Iterable[tuple[PurePath, float]]], Iterable[PurePath]]
"""Returns the paths one by one and shows progress. Each path comes with the part of the work done before it."""
Ordered: TypeAlias = Callable[[Sequence[PurePath]], Sequence[PurePath]]
"""Returns the paths so that neighbours read the same files, and are best checked by the same process."""

WORTH_A_PROCESS = 100
"""Files per process. Fewer are checked faster than a process starts."""
_SHARE = 8
"""About how many files a process takes at a time. Small shares let all processes finish at nearly the same time."""
_MOST_SHARES = 256
"""The number of a share is a byte."""


class WorkerFailed(Exception):
    """A process failed; the message is its traceback."""


class _Stretch(NamedTuple):
    """Consecutive shares, and a pipe that holds their numbers. The process that reads a number takes that share."""

    shares: Sequence[Sequence[PurePath]]
    numbers: int


class _Worker(NamedTuple):
    """A process that checks its part of the files, and the pipe that its findings come from."""

    process: int
    answer: BinaryIO


def spread(ask: Ask[T], paths: Sequence[PurePath], with_progress: WithProgress, ordered: Ordered) -> Iterator[T]:
    """The answers of `ask` for every path, in no particular order. Raises WorkerFailed."""
    count = min(processors(), len(paths) // WORTH_A_PROCESS)
    if count < 2:
        numbered = ((path, number / len(paths)) for number, path in enumerate(paths))
        yield from one_by_one(ask, with_progress(numbered))
        return
    # Checking the first file reads what all files need, and the processes share it.
    yield from ask(paths[0])
    stretches = [_stretch(part) for part in _cut(ordered(paths[1:]), count)]
    # Each process starts with its own stretch, and then helps with the others.
    workers = [_begin(ask, [*stretches[own:], *stretches[:own]]) for own in range(1, count)]
    try:
        yield from one_by_one(ask, with_progress(_taken(stretches)))
        for worker in workers:
            yield from _received(worker)
    finally:
        for worker in workers:
            worker.answer.close()
        for stretch in stretches:
            os.close(stretch.numbers)


def processors() -> int:
    """The number of processes that may share a check."""
    if sys.platform != "linux":
        return 1
    return len(os.sched_getaffinity(0))


def _cut(paths: Sequence[PurePath], parts: int) -> Iterator[Sequence[PurePath]]:
    """Cut the paths into parts whose lengths differ by at most one."""
    places = [len(paths) * part // parts for part in range(parts + 1)]
    yield from (paths[start:end] for start, end in pairwise(places))


def _stretch(paths: Sequence[PurePath]) -> _Stretch:
    shares = list(_cut(paths, min(_MOST_SHARES, -(-len(paths) // _SHARE))))
    numbers, given = os.pipe()
    os.write(given, bytes(range(len(shares))))
    os.close(given)
    return _Stretch(shares, numbers)


def _taken(stretches: Sequence[_Stretch]) -> Iterator[tuple[PurePath, float]]:
    """Take one share after another, until none is left, and return their paths, each with the part that is done.

    That part is measured on the first stretch, which takes about as long as the whole check.
    """
    for index, (shares, numbers) in enumerate(stretches):
        before = (0, *accumulate(map(len, shares)))
        while number := os.read(numbers, 1):
            done = before[number[0]] / before[-1] if index == 0 else 0.99
            yield from ((path, done) for path in shares[number[0]])


def _begin(ask: Ask[Any], stretches: Sequence[_Stretch]) -> _Worker:
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        _work(ask, stretches, writing)
    os.close(writing)
    return _Worker(process, open(reading, "rb"))


def _work(ask: Ask[Any], stretches: Sequence[_Stretch], writing: int) -> NoReturn:
    import pickle

    code = 1
    try:
        try:
            answer = list(one_by_one(ask, (path for path, _ in _taken(stretches))))
        except Exception:  # noqa: BLE001 - the first process reports it
            import traceback

            answer = traceback.format_exc()
        with open(writing, "wb") as sent:
            pickle.dump(answer, sent, pickle.HIGHEST_PROTOCOL)
        code = 0
    finally:
        # This process must never continue with the code of its parent.
        os._exit(code)


def _received(worker: _Worker) -> list[Any]:
    import pickle

    pickled = worker.answer.read()
    _, status = os.waitpid(worker.process, 0)
    if status:
        raise WorkerFailed("a worker process ended unexpectedly")
    found: list[Any] | str = pickle.loads(pickled)
    if isinstance(found, str):
        raise WorkerFailed(found)
    return found
