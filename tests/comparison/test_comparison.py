"""The comparison with other tools: its mistakes fit the sample workspace, and what it says about gym-lsp is true."""

from __future__ import annotations

from pathlib import Path

import pytest

from gym_lsp.dev.slot import filled
from tests.comparison import results
from tests.comparison.__main__ import RELEASE
from tests.comparison.measure import Measurement
from tests.comparison.mistakes import copy_workspace, load
from tests.comparison.results import PAGE, README, summary, tables
from tests.corpus import Corpus

DATA = load()


def test_each_mistake_is_made_at_a_line() -> None:
    assert len({mistake.what for mistake in DATA.mistake}) == len(DATA.mistake)
    assert all(mistake.lines() for mistake in DATA.mistake)
    assert len(DATA.together.lines()) == len(DATA.together.changes) == len(DATA.together.words)


def test_the_pages_show_the_recorded_results() -> None:
    recorded = results.load()
    assert recorded.mistakes.keys() == {mistake.what for mistake in DATA.mistake}
    page, readme = PAGE.read_text("utf-8"), README.read_text("utf-8")
    assert filled(page, "tables", tables(DATA, recorded)) == page
    assert filled(readme, "comparison", summary(DATA, recorded)) == readme


@pytest.mark.corpus
@pytest.mark.slow
def test_gym_lsp_still_gives_the_recorded_answers(corpus: Corpus, tmp_path: Path) -> None:
    copy_workspace(tmp_path)
    recorded = results.load()
    measured = Measurement(tmp_path, Path(), corpus.release(RELEASE)).only_gym_lsp(DATA, recorded)
    assert measured == recorded, "run `python -m tests.comparison`, and read what it changes"
