"""A long run of random work. No exception is logged, memory does not grow, and answers are those of a new server."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path, PurePath
from random import Random
from typing import Any

import pytest

from gym_lsp.server import scheduler
from tests.server.comparing import Observed, observed, questions
from tests.server.inprocess import Wire
from tests.soak.work import CAPABILITIES, ENCODING, Work

GROWTH = 1.10
"""What memory may come to in the second half of the work, as a share of what it came to in the first.

What a server holds depends on which files are there, and an allocator keeps what it once had; a leak goes on.
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """The number of steps, the seed, and how often the answers are compared.

    In the second half of the steps, no folder is opened again: nothing but the server itself frees memory.
    """

    steps: int
    seed: int = 0
    compare_every: int = 1_000


@dataclass(slots=True)
class Outcome:
    """The result. `memory` has a pair of steps and resident megabytes for each comparison."""

    seconds: float = 0.0
    compared: int = 0
    memory: list[tuple[int, float]] = field(default_factory=list[tuple[int, float]])

    @property
    def growth(self) -> float:
        """The most that memory took in the second half, as a share of the most that it took in the first."""
        half = len(self.memory) // 2
        first, second = ([megabytes for _, megabytes in part] for part in (self.memory[:half], self.memory[half:]))
        return max(second) / max(first) if first else 1.0


def soak(release: Path, folder: Path, plan: Plan, tell: Callable[[str], None] = lambda _: None) -> Outcome:
    """Work on a copy of a release below `folder`. Raises AssertionError at the first disagreement or failure."""
    root = folder / "tree"
    shutil.copytree(release, root, ignore=_data)
    random = Random(plan.seed)
    outcome = Outcome()
    started = time.monotonic()
    with pytest.MonkeyPatch.context() as patch, Wire() as wire:
        patch.setattr(scheduler, "SILENCE", 0.0)
        work = Work(root, random, wire)
        wire.wait_until_idle()
        for step in range(1, plan.steps + 1):
            work.step(reopens=step <= plan.steps // 2)
            assert wire.failures == [], f"step {step} of seed {plan.seed}: {wire.failures[0]}"
            if step % plan.compare_every == 0:
                wire.wait_until_idle()
                outcome.memory.append((step, resident_megabytes()))
                _compare(work, Random(step))
                outcome.compared += 1
                tell(f"{step:>7} steps, {time.monotonic() - started:6.0f} s, {outcome.memory[-1][1]:6.1f} MB")
    outcome.seconds = time.monotonic() - started
    return outcome


def _data(_: str, names: list[str]) -> list[str]:
    """Return the names of large files that make no difference."""
    return [name for name in names if Path(name).suffix in (".jsonl", ".json", ".png", ".parquet", ".zip", ".gz")]


def _compare(work: Work, random: Random) -> None:
    """Return the answers of a new server. It is another process, so that its memory is not counted here."""
    asked = questions(work.texts(), random, ENCODING, 10)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        fresh = pool.submit(_fresh, work.root, work.buffers, asked).result()
    lived = observed(work.wire, asked)
    assert lived.published == fresh.published
    for answer, wanted in zip(lived.answers, fresh.answers, strict=True):
        assert answer == wanted


def _fresh(root: Path, buffers: dict[PurePath, str], asked: list[tuple[str, Any]]) -> Observed:
    """Return the answers of a server that is started on the current state."""
    with Wire() as wire:
        wire.start(CAPABILITIES, PurePath(root))
        for path, text in buffers.items():
            wire.open(path, text)
        wire.wait_until_idle()
        return observed(wire, asked)


def resident_megabytes() -> float:
    """Return the memory that this process uses now."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise AssertionError("this needs Linux")
