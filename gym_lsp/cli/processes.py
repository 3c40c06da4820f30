"""A check spread over the processors of the machine, where there are enough files to make it worth a process.

The processes are forks, so that each begins with what was read before, and nothing but findings travels between them.
Where forking is not the system's way to begin a process, everything is checked in this one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import PurePath
from typing import BinaryIO, NamedTuple, NoReturn, TypeAlias

from gym_lsp.check import Ask, one_by_one
from gym_lsp.diagnostic import Diagnostic

Shown: TypeAlias = Callable[[Iterable[tuple[PurePath, float]]], Iterable[PurePath]]
"""The paths one by one, with a word to the person who waits for them; each comes with the part that is done by then."""
Ordered: TypeAlias = Callable[[Sequence[PurePath]], Sequence[PurePath]]
"""The paths in an order in which neighbours are best asked about by one process, because they read the same files."""

WORTH_A_PROCESS = 100
"""Files. Fewer are checked sooner than another process has begun."""
_SHARE = 8
"""Files that a process takes at a time, or a few more: when all are taken, no process has to wait long for another."""
_MOST_SHARES = 256
"""The number of a share is a byte."""


class WorkerFailed(Exception):
    """A process broke down; the message is the traceback of what happened there."""


class _Stretch(NamedTuple):
    """Shares that lie behind one another, and a pipe that holds their numbers, each for one process to read."""

    shares: Sequence[Sequence[PurePath]]
    numbers: int


class _Helper(NamedTuple):
    """A process that takes its part of a check, and what its answer is read from."""

    process: int
    answer: BinaryIO


def spread(ask: Ask, paths: Sequence[PurePath], shown: Shown, ordered: Ordered) -> Iterator[Diagnostic]:
    """What `ask` says of every path, in no particular order. Raises WorkerFailed."""
    workers = min(processors(), len(paths) // WORTH_A_PROCESS)
    if workers < 2:
        numbered = ((path, number / len(paths)) for number, path in enumerate(paths))
        yield from one_by_one(ask, shown(numbered))
        return
    # The first file has everything read that all of them need, which the processes then share.
    yield from ask(paths[0])
    stretches = [_stretch(part) for part in _cut(ordered(paths[1:]), workers)]
    # Each begins with a stretch of its own, and helps with the others' when that is done.
    helpers = [_begin(ask, [*stretches[own:], *stretches[:own]]) for own in range(1, workers)]
    try:
        yield from one_by_one(ask, shown(_taken(stretches)))
        for helper in helpers:
            yield from _received(helper)
    finally:
        for helper in helpers:
            helper.answer.close()
        for stretch in stretches:
            os.close(stretch.numbers)


def processors() -> int:
    """How many processes may share a check."""
    if sys.platform != "linux":
        return 1
    return len(os.sched_getaffinity(0))


def _cut(paths: Sequence[PurePath], parts: int) -> Iterator[Sequence[PurePath]]:
    """The paths in parts of one length, give or take one."""
    places = [len(paths) * part // parts for part in range(parts + 1)]
    yield from (paths[start:end] for start, end in pairwise(places))


def _stretch(paths: Sequence[PurePath]) -> _Stretch:
    shares = list(_cut(paths, min(_MOST_SHARES, -(-len(paths) // _SHARE))))
    numbers, given = os.pipe()
    os.write(given, bytes(range(len(shares))))
    os.close(given)
    return _Stretch(shares, numbers)


def _taken(stretches: Sequence[_Stretch]) -> Iterator[tuple[PurePath, float]]:
    """The paths of the next share that nobody has taken, and so on until none is left; what is taken is nearly done.

    How much is done is told by the first stretch alone, which takes as long as all of them.
    """
    for index, (shares, numbers) in enumerate(stretches):
        before = (0, *accumulate(map(len, shares)))
        while number := os.read(numbers, 1):
            done = before[number[0]] / before[-1] if index == 0 else 0.99
            yield from ((path, done) for path in shares[number[0]])


def _begin(ask: Ask, stretches: Sequence[_Stretch]) -> _Helper:
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        _work(ask, stretches, writing)
    os.close(writing)
    return _Helper(process, open(reading, "rb"))


def _work(ask: Ask, stretches: Sequence[_Stretch], writing: int) -> NoReturn:
    import pickle

    code = 1
    try:
        try:
            answer = list(one_by_one(ask, (path for path, _ in _taken(stretches))))
        except Exception:  # noqa: BLE001 - whatever it is, the process that was asked has to hear of it
            import traceback

            answer = traceback.format_exc()
        with open(writing, "wb") as sent:
            pickle.dump(answer, sent, pickle.HIGHEST_PROTOCOL)
        code = 0
    finally:
        # Whatever happens, this process does not go on with what the other one was about.
        os._exit(code)


def _received(helper: _Helper) -> list[Diagnostic]:
    import pickle

    pickled = helper.answer.read()
    _, status = os.waitpid(helper.process, 0)
    if status:
        raise WorkerFailed("a process of the check ended before it was done")
    found: list[Diagnostic] | str = pickle.loads(pickled)
    if isinstance(found, str):
        raise WorkerFailed(found)
    return found
