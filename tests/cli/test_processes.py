"""A check that is spread over processes says what one process says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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


def quietly(paths: Sequence[PurePath]) -> Iterable[PurePath]:
    return paths


def test_every_file_is_asked_about_once() -> None:
    found = list(spread(ask, PATHS, quietly))
    assert sorted(found, key=lambda each: each.path) == sorted(
        (each for path in PATHS for each in ask(path)), key=lambda each: each.path
    )


def test_a_few_files_are_not_worth_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_begin", None)
    assert [each.path for each in spread(ask, PATHS[:12], quietly)] == list(PATHS[:12])


def test_a_failure_in_a_process_is_a_failure() -> None:
    def fail(path: PurePath) -> Iterator[Diagnostic]:
        if path == PATHS[-30]:
            raise ValueError(path)
        yield from ask(path)

    with pytest.raises(WorkerFailed, match="40"):
        list(spread(fail, PATHS, quietly))


def test_a_process_that_dies_is_a_failure() -> None:
    def die(path: PurePath) -> Iterator[Diagnostic]:
        if path == PATHS[20]:
            raise SystemExit(0)
        yield from ask(path)

    with pytest.raises(WorkerFailed, match="ended before it was done"):
        list(spread(die, PATHS, quietly))
