"""Runs a harness: makes each input from a seed and a number, tries it, and counts.

An input depends on nothing but the seed and its number, so that a failure can be repeated alone.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Generic, NamedTuple, TypeVar

from tests.counting import steps

Case = TypeVar("Case")
SOON = 1.0
"""Seconds of processor time for one input. One that takes longer is repeated, and its steps are counted."""


@dataclass(frozen=True)
class Harness(Generic[Case]):
    """`make` returns a random input, and `attempt` raises if something does not hold for it.

    `size` is the size of an input, and `bound` is how many steps each unit of the size may take. `units` is how many
    executions one input is.
    """

    name: str
    make: Callable[[Random], Case]
    attempt: Callable[[Case], None]
    size: Callable[[Case], int]
    bound: int
    units: Callable[[Case], int] = lambda case: 1


class Failure(NamedTuple):
    """An input for which something does not hold, and the traceback."""

    number: int
    case: object
    text: str


class Outcome(NamedTuple):
    """The number of executions, their duration, the number of counted inputs, and the failures."""

    executions: int
    seconds: float
    counted: int
    failures: tuple[Failure, ...]


def run(harness: Harness[Case], count: int, seed: int, start: int = 0, most_failures: int = 5) -> Outcome:
    """Try inputs with the numbers from `start` on."""
    failures: list[Failure] = []
    executions = counted = 0
    began = time.monotonic()
    for number in range(start, start + count):
        case = harness.make(Random(f"{harness.name} {seed} {number}"))
        executions += harness.units(case)
        used = time.process_time()
        try:
            harness.attempt(case)
            if time.process_time() - used > SOON:
                counted += 1
                taken, most = steps(lambda case=case: harness.attempt(case)), harness.bound * (harness.size(case) + 100)
                assert taken <= most, f"{taken} steps, more than {most}"
        except Exception:  # noqa: BLE001 - any failure is what this looks for
            failures.append(Failure(number, case, traceback.format_exc()))
            if len(failures) == most_failures:
                break
    return Outcome(executions, time.monotonic() - began, counted, tuple(failures))
