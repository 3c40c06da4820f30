"""A check that keeps its answers for the next one, and takes over what an earlier one has kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import PurePath
from typing import NamedTuple, TypeVar

from msgspec import Raw

from gym_lsp.cache.answers import Answers, Row, collected, decoded, restore, rows_about, rows_of_firewalls
from gym_lsp.cache.encoding import encoded
from gym_lsp.cache.observed import Difference, Observations, Observed
from gym_lsp.cache.store import Stored
from gym_lsp.check import Checker, Spread, one_by_one
from gym_lsp.cli.checking import TextsOf, outcome_of
from gym_lsp.cli.concluding import conclude
from gym_lsp.cli.jobs import jobs
from gym_lsp.cli.options import Options
from gym_lsp.cli.outcome import Outcome, ShownTexts
from gym_lsp.files import Files
from gym_lsp.workspace.workspace import Workspace

T = TypeVar("T")


def check_and_keep(
    options: Options,
    files: Files,
    known: tuple[Stored, Difference] | None,
    keep: Callable[[Callable[[], Stored]], None],
) -> int:
    """Carry out `--check`, and keep what it found out. `known` is what an earlier check has kept, if anything."""
    keeper = _Keeper(Observed(files), known)
    checks = jobs(options, keeper.files, keeper.around)
    workspaces = [job.workspace for job in checks]
    keeper.open(workspaces)
    checked = [(job.workspace, job.checked()) for job in checks]
    outcome = outcome_of(checked, options)
    texts = ShownTexts(TextsOf(workspaces, options))
    code = conclude(options, outcome, texts)
    keep(lambda: keeper.stored(outcome, texts.seen))
    return code


class _Noted(NamedTuple):
    """What was found out while one file was checked, maybe in another process."""

    rows: tuple[Row, ...]
    observations: Observations


class _Keeper:
    """Collects the answers and observations of a check, and restores those of an earlier one."""

    def __init__(self, files: Observed, known: tuple[Stored, Difference] | None) -> None:
        self.files = files
        self._known = known
        self._observations = Observations()
        self._opening = frozenset[str]()
        self._checkers: dict[PurePath, Checker] = {}
        self._restored: dict[PurePath, tuple[Row, ...]] = {}
        self._rows: dict[PurePath, list[Row]] = {}

    def open(self, workspaces: Iterable[Workspace]) -> None:
        """Note what was read to open some workspaces. If that is different now, nothing of what was kept holds."""
        for workspace in workspaces:
            _ = workspace.profile
        self._observations = self.files.take()
        self._opening = self._observations.paths()
        if self._known is not None:
            stored, difference = self._known
            if any(map(difference.reaches, stored.opening)):
                self._known = None
            else:
                kept = stored.observations.without(difference)
                kept.update(self._observations)
                self._observations = kept

    def around(self, checker: Checker, spread: Spread) -> Spread:
        """Restore what is known about a workspace before its files are asked about, and collect what is found out."""
        root = checker.workspace.root
        self._checkers[root] = checker
        self._restored[root] = self._restore(checker)
        rows = self._rows[root] = []

        def keeping(ask: Callable[[PurePath], Iterable[T]], paths: Sequence[PurePath]) -> Iterator[T]:
            known = dict.fromkeys(path for path in paths if checker.knows(path))
            others = tuple(path for path in paths if path not in known)
            for answer in chain(one_by_one(ask, known), spread(self._noting(ask, checker), others)):
                if isinstance(answer, _Noted):
                    rows.extend(answer.rows)
                    self._observations.update(answer.observations)
                else:
                    yield answer

        return keeping

    def stored(self, outcome: Outcome, shown: dict[str, str]) -> Stored:
        """Return what to keep: the outcome, the texts that its report has shown, and everything that was collected.

        Raises UnicodeEncodeError.
        """
        self._observations.update(self.files.take())
        answers = {str(root): Raw(encoded(Answers.of(self._collected(root)))) for root in self._checkers}
        return Stored(self._observations.compact(), self._opening, Raw(encoded(outcome)), shown, answers)

    def _collected(self, root: PurePath) -> Iterator[Row]:
        checker = self._checkers[root]
        yield from self._rows[root]
        yield from collected(checker.workspace, checker.engine, self._restored[root])

    def _restore(self, checker: Checker) -> tuple[Row, ...]:
        if self._known is None:
            return ()
        stored, difference = self._known
        rows = decoded(stored.answers.get(str(checker.workspace.root)))
        return restore(checker.workspace, checker.engine, rows, stored.observations, difference)

    def _noting(
        self, ask: Callable[[PurePath], Iterable[T]], checker: Checker
    ) -> Callable[[PurePath], Iterator[T | _Noted]]:
        workspace, engine = checker.workspace, checker.engine
        noted = 0

        def noting(path: PurePath) -> Iterator[T | _Noted]:
            nonlocal noted
            yield from ask(path)
            firewalls = rows_of_firewalls(workspace, noted)
            yield _Noted((*rows_about(workspace, engine, path), *firewalls), self.files.take())
            noted = len(workspace.memo.firewalls())

        return noting
