"""What NeMo Gym's own validation accepts is never an error, and what it rejects is one, nearly always."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import PurePath

import pytest

from gym_lsp.gym.task_data import TaskData
from gym_lsp.rows.judging import Expected, judge
from gym_lsp.rows.problem import AmbiguousField, MisplacedField, TaskDataMismatch
from tests.corpus import Corpus
from tests.rows.questions import Row, questions, workspace_of
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
