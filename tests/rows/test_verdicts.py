"""What NeMo Gym's own validation accepts is never an error, and what it rejects is one, nearly always."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import PurePath

import pytest

from gym_lsp.check import Checker
from gym_lsp.check_rows import findings_in_rows
from gym_lsp.gym.task_data import TaskData
from gym_lsp.rows.judging import Expected, judge
from gym_lsp.rows.problem import (
    AmbiguousField,
    DuplicateRow,
    MisplacedField,
    NoRows,
    PlaceholderRow,
    RowAgent,
    RowProblem,
    TaskDataMismatch,
)
from gym_lsp.rules.engine.context import Scope
from gym_lsp.workspace.listings import Listing
from tests.corpus import Corpus
from tests.rows.questions import Row, listings, questions, workspace_of
from tests.rows.recorded import RELEASES, recorded

LEAST_FOUND = 0.97
"""The share of the rejected rows that gym-lsp must also reject. The rest depends on code, such as validators."""


def verdict(schema: TaskData, row: Row) -> str:
    """Return the letter that `oracle.py` has for a row."""
    expected = Expected(needs_prompt=False, prompt=None, server="server", schema=schema, is_counted=False)
    kinds = {type(each) for each in judge(PurePath("rows.jsonl"), json.dumps(row), [expected], frozenset(), ())}
    if TaskDataMismatch in kinds:
        return "e"
    found = AmbiguousField in kinds, MisplacedField in kinds
    return {(True, True): "b", (True, False): "c", (False, True): "m"}.get(found, "a")


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES)
def test_verdicts_are_those_of_the_release(corpus: Corpus, release: str) -> None:
    workspace = workspace_of(corpus.release(release))
    counts = Counter[tuple[str, str]]()
    different: list[tuple[str, str, str, str]] = []
    for question, known in zip(questions(corpus.release(release)), recorded(release), strict=True):
        assert (question.folder, question.file, question.digest) == known[:3]
        kind, implementation = question.folder.split("/", 1)
        schema = workspace.task_data(kind, implementation)
        assert schema is not None
        for row, theirs in zip(question.rows, known.verdicts, strict=True):
            if release == "0.6.0" and "task_input" in row:
                # Materialized tasks exist since 0.7.0. Other rows hardly have this key.
                continue
            ours = verdict(schema, row)
            counts[theirs, ours] += 1
            if ours != theirs and ours != "a":
                different.append((question.folder, theirs, ours, json.dumps(row)[:300]))
            # The rows of the release are valid.
            assert question.is_changed or (theirs, ours) == ("a", "a")
    assert not different, (counts, different[:20])
    rejected = sum(number for (theirs, _), number in counts.items() if theirs == "e")
    assert counts["e", "e"] >= LEAST_FOUND * rejected, counts


KNOWN = {
    "0.4.0": {("error", "row-agent-not-found"): 1, ("warning", "row-of-other-agent"): 2},
    "0.5.1": {("error", "row-agent-not-found"): 1, ("warning", "row-of-other-agent"): 2},
    "0.6.0": {("information", "row-agent-not-found"): 1, ("information", "row-of-other-agent"): 2},
    "0.7.0": {("information", "row-agent-not-found"): 1, ("information", "row-of-other-agent"): 3},
}
"""What is wrong with the datasets of the releases. Each of these was looked at, and each is a mistake."""


@pytest.mark.corpus
@pytest.mark.parametrize("release", KNOWN)
def test_findings_in_the_datasets_of_a_release(corpus: Corpus, release: str) -> None:
    workspace = workspace_of(corpus.release(release))
    by_file: dict[PurePath, list[Listing]] = {}
    for each in listings(workspace):
        by_file.setdefault(each.rows, []).append(each)
    checker = Checker(workspace)
    found = Counter(
        (diagnostic.severity.label, diagnostic.rule)
        for path, listed in by_file.items()
        for diagnostic in findings_in_rows(checker, path, listed, Scope.WORKSPACE)
    )
    assert found == KNOWN[release] | {("information", "duplicate-row"): 5}


@pytest.mark.corpus
def test_every_file_of_a_release_is_judged(corpus: Corpus) -> None:
    """Many of them are results of rollouts, which no config lists. Some of these have placeholders."""
    found = Counter[type[RowProblem]]()
    for path in sorted(corpus.release("0.7.0").rglob("*.jsonl")):
        text = path.read_text(encoding="utf-8")
        found.update(map(type, judge(PurePath(path), text, [], frozenset(), ())))
    assert found.keys() == {PlaceholderRow, NoRows, RowAgent, DuplicateRow}
    assert (found[PlaceholderRow], found[NoRows]) == (4, 1)
