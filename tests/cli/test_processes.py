"""A check that is spread over processes reports the same as a single process."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePath

import pytest

from gym_lsp.cli import processes
from gym_lsp.cli.processes import WorkerFailed, spread
from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.text import Span

PATHS = tuple(PurePath(f"{number}.yaml") for number in range(70))


@pytest.fixture(autouse=True)
def _several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "processors", lambda: 3)
    monkeypatch.setattr(processes, "WORTH_A_PROCESS", 10)


def ask(path: PurePath) -> Iterator[Diagnostic]:
    yield Diagnostic(path, Span(0, 1), "a-rule", Severity.ERROR, f"about {path}")


def quietly(paths: Iterable[tuple[PurePath, float]]) -> Iterable[PurePath]:
    for path, done in paths:
        assert 0 <= done < 1
        yield path


def backwards(paths: Sequence[PurePath]) -> Sequence[PurePath]:
    return paths[::-1]


@pytest.mark.parametrize("count", [20, 21, 64, 70])
def test_every_file_is_checked_once(count: int) -> None:
    paths = PATHS[:count]
    found = list(spread(ask, paths, quietly, backwards))
    assert sorted(found, key=lambda each: each.path) == sorted(
        (each for path in paths for each in ask(path)), key=lambda each: each.path
    )


def test_a_few_files_are_not_worth_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_begin", None)
    assert [each.path for each in spread(ask, PATHS[:12], quietly, backwards)] == list(PATHS[:12])


class InAnotherProcess:
    """A check that also acts in a worker process. The first process waits until that has happened."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._first = os.getpid()
        self._happened, self._happens = os.pipe()

    def __call__(self, path: PurePath) -> Iterator[Diagnostic]:
        if os.getpid() != self._first:
            os.write(self._happens, b".")
            self._act()
        elif path != PATHS[0] and self._happened:
            os.read(self._happened, 1)
            os.close(self._happened)
            self._happened = 0
        yield from ask(path)


def test_a_failure_in_a_process_is_a_failure() -> None:
    def fail() -> None:
        raise ValueError("the reason")

    with pytest.raises(WorkerFailed, match="the reason"):
        list(spread(InAnotherProcess(fail), PATHS, quietly, backwards))


def test_a_process_that_dies_is_a_failure() -> None:
    with pytest.raises(WorkerFailed, match="a worker process ended unexpectedly"):
        list(spread(InAnotherProcess(sys.exit), PATHS, quietly, backwards))
