"""A check spread over the processors of the machine, where there are enough files to make it worth a process.

The processes are forks, so that each begins with what was read before, and nothing but findings travels between them.
Where forking is not the system's way to begin a process, everything is checked in this one.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias

from gym_lsp.check import Ask, one_by_one
from gym_lsp.diagnostic import Diagnostic

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Shown: TypeAlias = Callable[[Sequence[PurePath]], Iterable[PurePath]]
"""The paths one by one, with a word to the person who waits for them."""

WORTH_A_PROCESS = 100
"""Files. Fewer are checked sooner than another process has begun."""
_TOGETHER = 16
"""Neighbouring files that go to one process: they tend to include the same others."""


class WorkerFailed(Exception):
    """A process broke down; the message is the traceback of what happened there."""


def spread(ask: Ask, paths: Sequence[PurePath], shown: Shown) -> Iterator[Diagnostic]:
    """What `ask` says of every path, in no particular order. Raises WorkerFailed."""
    workers = min(processors(), len(paths) // WORTH_A_PROCESS)
    if workers < 2:
        yield from one_by_one(ask, shown(paths))
        return
    # The first file has everything read that all of them need, which the processes then share.
    yield from ask(paths[0])
    own, *others = _shares(paths[1:], workers)
    receivers = [_begin(ask, share) for share in others]
    yield from one_by_one(ask, shown(own))
    for receiver in receivers:
        yield from _received(receiver)


def processors() -> int:
    """How many processes may share a check."""
    if sys.platform != "linux":
        return 1
    return len(os.sched_getaffinity(0))


def _shares(paths: Sequence[PurePath], workers: int) -> list[list[PurePath]]:
    shares: list[list[PurePath]] = [[] for _ in range(workers)]
    for index, path in enumerate(paths):
        shares[index // _TOGETHER % workers].append(path)
    return shares


def _begin(ask: Ask, paths: list[PurePath]) -> Connection:
    from multiprocessing import get_context

    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    context.Process(target=_work, args=(ask, paths, sender), daemon=True).start()
    sender.close()
    return receiver


def _work(ask: Ask, paths: list[PurePath], sender: Connection) -> None:
    try:
        sender.send(list(one_by_one(ask, paths)))
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
