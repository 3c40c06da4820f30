"""A check spread over the processors of the machine, where there are enough files to make it worth a process.

The processes are forks, so that each begins with what was read before, and nothing but findings travels between them.
Where forking is not the system's way to begin a process, everything is checked in this one.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias

from gym_lsp.check import Ask, one_by_one
from gym_lsp.diagnostic import Diagnostic

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Shown: TypeAlias = Callable[[Iterable[tuple[PurePath, float]]], Iterable[PurePath]]
"""The paths one by one, with a word to the person who waits for them; each comes with the part that is done by then."""
Grouped: TypeAlias = Callable[[Sequence[PurePath]], Iterable[Sequence[PurePath]]]
"""The paths in groups that are best asked about by one process, because a question about one reads the others too."""

WORTH_A_PROCESS = 100
"""Files. Fewer are checked sooner than another process has begun."""
_MOST_SHARES = 255
"""The number of a share is a byte."""


class WorkerFailed(Exception):
    """A process broke down; the message is the traceback of what happened there."""


def spread(ask: Ask, paths: Sequence[PurePath], shown: Shown, grouped: Grouped) -> Iterator[Diagnostic]:
    """What `ask` says of every path, in no particular order. Raises WorkerFailed."""
    workers = min(processors(), len(paths) // WORTH_A_PROCESS)
    if workers < 2:
        numbered = ((path, number / len(paths)) for number, path in enumerate(paths))
        yield from one_by_one(ask, shown(numbered))
        return
    # The first file has everything read that all of them need, which the processes then share.
    yield from ask(paths[0])
    shares = _shares(list(grouped(paths[1:])), workers)
    taken = _numbers(len(shares))
    receivers = [_begin(ask, shares, taken) for _ in range(workers - 1)]
    yield from one_by_one(ask, shown(_taken(shares, taken)))
    for receiver in receivers:
        yield from _received(receiver)
    os.close(taken)


def processors() -> int:
    """How many processes may share a check."""
    if sys.platform != "linux":
        return 1
    return len(os.sched_getaffinity(0))


def _shares(groups: Sequence[Sequence[PurePath]], workers: int) -> list[list[PurePath]]:
    """What a process takes at a time: groups that are neighbours, the large shares first, so that all end together.

    A group so large that others would wait for it is cut, though files are then read twice.
    """
    count = sum(map(len, groups))
    most, least = max(1, count // (4 * workers)), -(-2 * count // _MOST_SHARES)
    shares: list[list[PurePath]] = [[]]
    for group in groups:
        for start in range(0, len(group), max(most, least)):
            if len(shares[-1]) >= least:
                shares.append([])
            shares[-1].extend(group[start : start + max(most, least)])
    return sorted(shares, key=len, reverse=True)


def _numbers(count: int) -> int:
    """A pipe that holds the numbers below `count`, for several processes to read each of them once."""
    taken, given = os.pipe()
    os.write(given, bytes(range(count)))
    os.close(given)
    return taken


def _taken(shares: Sequence[Sequence[PurePath]], taken: int) -> Iterator[tuple[PurePath, float]]:
    """The paths of the next share that nobody has taken, and so on until none is left; what is taken is nearly done."""
    before = (0, *accumulate(map(len, shares)))
    while number := os.read(taken, 1):
        done = before[number[0]] / before[-1]
        yield from ((path, done) for path in shares[number[0]])


def _begin(ask: Ask, shares: Sequence[Sequence[PurePath]], taken: int) -> Connection:
    from multiprocessing import get_context

    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    context.Process(target=_work, args=(ask, shares, taken, sender), daemon=True).start()
    sender.close()
    return receiver


def _work(ask: Ask, shares: Sequence[Sequence[PurePath]], taken: int, sender: Connection) -> None:
    try:
        sender.send(list(one_by_one(ask, (path for path, _ in _taken(shares, taken)))))
    except KeyboardInterrupt:
        # The process that was asked is interrupted too, and says so.
        return
    except Exception:  # noqa: BLE001 - whatever it is, the process that was asked has to hear of it
        sender.send(traceback.format_exc())


def _received(receiver: Connection) -> list[Diagnostic]:
    try:
        answer = receiver.recv()
    except EOFError:
        raise WorkerFailed("a process of the check ended before it was done") from None
    if isinstance(answer, str):
        raise WorkerFailed(answer)
    return answer
