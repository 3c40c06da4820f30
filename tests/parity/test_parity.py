"""gym-lsp and NeMo Gym's own parser agree. Of the recorded mistakes, only a sample is tested.

`make parity` compares all of them.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.corpus import Corpus
from tests.parity.answers import ask
from tests.parity.compare import Asked, Outcome, compare_one, disagreements, explanation, load_explained
from tests.parity.quiet import errors_of, reviewed, seen
from tests.parity.recorded import RELEASES, load

SAMPLE = 300
"""Mistakes that are tested in each release."""
AGREEMENT = 0.995


def outcomes_of(release: str, root: Path, asked: list[Asked]) -> list[Outcome]:
    return [compare_one(release, root, ask, each) for each in asked]


def unexplained(outcomes: list[Outcome]) -> list[Outcome]:
    explained = load_explained()
    return [each for each in outcomes if not each.agrees and explanation(each, explained) is None]


@pytest.mark.corpus
@pytest.mark.parametrize("release", RELEASES)
def test_every_config_alone(release: str, corpus: Corpus) -> None:
    outcomes = outcomes_of(release, corpus.release(release), list(load(release).alone))
    assert not unexplained(outcomes), "\n".join(disagreements(outcomes, 20))


@pytest.mark.corpus
@pytest.mark.parametrize("release", RELEASES)
def test_runs_of_several_configs(release: str, corpus: Corpus) -> None:
    outcomes = outcomes_of(release, corpus.release(release), list(load(release).runs))
    assert not unexplained(outcomes), "\n".join(disagreements(outcomes, 20))


@pytest.mark.corpus
@pytest.mark.parametrize("release", RELEASES)
def test_runs_with_overrides(release: str, corpus: Corpus) -> None:
    outcomes = outcomes_of(release, corpus.release(release), list(load(release).overridden))
    assert not unexplained(outcomes), "\n".join(disagreements(outcomes, 20))


@pytest.mark.corpus
@pytest.mark.parametrize("release", RELEASES)
def test_one_line_mistakes(release: str, corpus: Corpus) -> None:
    mistakes = load(release).mistakes
    sample = random.Random(release).sample(list(mistakes), SAMPLE)
    outcomes = outcomes_of(release, corpus.release(release), list(sample))
    wrong = unexplained(outcomes)
    assert len(wrong) <= (1 - AGREEMENT) * len(outcomes), "\n".join(disagreements(outcomes, 20))


@pytest.mark.corpus
@pytest.mark.parametrize("release", RELEASES)
def test_every_error_on_a_real_tree_was_looked_at(release: str, corpus: Corpus) -> None:
    found = set(errors_of(release, corpus.release(release)))
    known = {error for error in reviewed() if error.release == release}
    assert found == known
    assert all(reviewed().values()), "each of them has a reason"


@pytest.mark.corpus
def test_mistakes_are_seen_in_a_workspace(corpus: Corpus) -> None:
    release = RELEASES[-1]
    chosen = [each for each in load(release).mistakes if each.unbroken == "ok" and not each.verdict.ok]
    asked = list(seen(release, corpus.release(release), random.Random(release).sample(chosen, SAMPLE)))
    certain = [each for each in asked if not each.is_left_open]
    missed = [each for each in certain if not each.is_error]
    assert len(missed) <= 0.01 * len(certain), missed
