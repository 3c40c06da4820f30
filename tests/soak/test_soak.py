"""The first part of `make soak`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gym_lsp.server import indexing, session
from tests.corpus import Corpus
from tests.soak.soak import Plan, soak


@pytest.mark.slow
def test_a_server_at_work_answers_as_a_fresh_one(corpus: Corpus, tmp_path: Path) -> None:
    outcome = soak(corpus.release("0.7.0"), tmp_path, Plan(steps=600, compare_every=200))
    assert outcome.compared == 3


@pytest.mark.slow
def test_a_server_with_two_threads_answers_as_a_fresh_one(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (session, indexing):
        monkeypatch.setattr(module, "LARGE", 0)
    # The threads take turns far more often than usual.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        outcome = soak(corpus.release("0.7.0"), tmp_path, Plan(steps=400, compare_every=200))
    finally:
        sys.setswitchinterval(interval)
    assert outcome.compared == 2
