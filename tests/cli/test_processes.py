"""A check that is spread over processes says what one process says."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
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


def in_threes(paths: Sequence[PurePath]) -> Iterable[Sequence[PurePath]]:
    rest = iter(paths)
    while group := tuple(islice(rest, 3)):
        yield group


def all_together(paths: Sequence[PurePath]) -> Iterable[Sequence[PurePath]]:
    yield paths


@pytest.mark.parametrize("grouped", [in_threes, all_together])
def test_every_file_is_asked_about_once(grouped: processes.Grouped) -> None:
    found = list(spread(ask, PATHS, quietly, grouped))
    assert sorted(found, key=lambda each: each.path) == sorted(
        (each for path in PATHS for each in ask(path)), key=lambda each: each.path
    )


def test_a_few_files_are_not_worth_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_begin", None)
    assert [each.path for each in spread(ask, PATHS[:12], quietly, in_threes)] == list(PATHS[:12])


class InAnotherProcess:
    """Asks, and does something where a process that helps asks; the first one asks no more until that has happened."""

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
        list(spread(InAnotherProcess(fail), PATHS, quietly, in_threes))


def test_a_process_that_dies_is_a_failure() -> None:
    with pytest.raises(WorkerFailed, match="ended before it was done"):
        list(spread(InAnotherProcess(sys.exit), PATHS, quietly, in_threes))
