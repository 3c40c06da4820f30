"""The first part of `make soak`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus import Corpus
from tests.soak.soak import Plan, soak


@pytest.mark.slow
def test_a_server_at_work_answers_as_a_fresh_one(corpus: Corpus, tmp_path: Path) -> None:
    outcome = soak(corpus.release("0.7.0"), tmp_path, Plan(steps=600, compare_every=200))
    assert outcome.compared == 3
