"""The first part of `make fuzz`."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from tests.fuzz.__main__ import HARNESSES
from tests.fuzz.harness import Harness, run

COUNTS = {"syntax": 2_000, "compose": 300, "ide": 12, "server": 12, "files": 60}


@pytest.mark.parametrize("name", HARNESSES)
def test_random_inputs(name: str) -> None:
    outcome = run(HARNESSES[name], COUNTS[name], seed=0)
    assert not outcome.failures, outcome.failures[0].text
    assert outcome.executions >= COUNTS[name]


def _attempt(number: int) -> None:
    if number % 3 == 0:
        raise ValueError(number)


def test_a_failure_can_be_repeated() -> None:
    harness = Harness[int]("numbers", lambda random: random.randrange(1_000), _attempt, size=lambda case: 1, bound=1)
    found = run(harness, 50, seed=7).failures
    assert len(found) == 5
    for failure in found:
        [again] = run(harness, 1, seed=7, start=failure.number).failures
        assert again.case == failure.case


@pytest.mark.parametrize(("work", "fails"), [(lambda: 10, False), (lambda: 1_000_000, True)])
def test_slow_inputs_are_counted(work: Callable[[], int], fails: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def attempt(case: Any) -> None:
        total = 0
        for number in range(work()):
            total += number

    monkeypatch.setattr("tests.fuzz.harness.SOON", -1.0)
    harness = Harness[float]("loops", Random.random, attempt, size=lambda case: 1, bound=10)
    outcome = run(harness, 1, seed=0)
    assert (outcome.counted, bool(outcome.failures)) == (1, fails)
