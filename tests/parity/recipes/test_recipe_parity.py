"""gym-lsp and NeMo RL agree on training recipes. Of the recorded mistakes and overrides, only a sample is tested.

`make parity-recipes` compares all of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from tests.corpus import Corpus
from tests.parity.recipes.compare import (
    Outcome,
    compare_bare,
    compare_broken,
    compare_overridden,
    compare_whole,
    disagreements,
    other_roles,
)
from tests.parity.recipes.recorded import RELEASES, Recording

SAMPLE = 25
"""Mistakes, and overrides, that are tested under each release."""
AGREEMENT = 0.95

Asked = TypeVar("Asked")


@pytest.fixture(scope="module")
def folder(corpus: Corpus) -> Path:
    """The folder with one folder for each release."""
    return corpus.release(RELEASES[-1]).parent


def wrong(outcomes: Sequence[Outcome], column: str) -> str:
    return "\n".join(disagreements(outcomes, column, 20))


@pytest.mark.corpus
def test_the_same_files_are_recipes(recording: Recording, recipes: Path, folder: Path) -> None:
    assert not list(other_roles(folder, recipes, recording))


@pytest.mark.corpus
@pytest.mark.parametrize("release", RELEASES)
def test_recipes_as_they_are(release: str, recording: Recording, recipes: Path, folder: Path) -> None:
    outcomes = [compare_whole(folder, recipes, release, recipe) for recipe in recording.recipes]
    for column in ("agrees", "same_embedded", "same_composed"):
        assert not wrong(outcomes, column)


@pytest.mark.corpus
def test_recipes_without_environment_variables(recording: Recording, recipes: Path, folder: Path) -> None:
    outcomes = [compare_bare(folder, recipes, recipe) for recipe in recording.recipes]
    assert not wrong(outcomes, "agrees")


@pytest.mark.corpus
@pytest.mark.parametrize("release", RELEASES)
def test_mistakes(release: str, recording: Recording, recipes: Path, folder: Path) -> None:
    _compare_sample(
        [each for each in recording.mistakes if each.release == release],
        lambda each: compare_broken(folder, recipes, each),
        release,
    )


@pytest.mark.corpus
@pytest.mark.parametrize("release", RELEASES)
def test_overrides(release: str, recording: Recording, recipes: Path, folder: Path) -> None:
    asked = [each for each in recording.overridden if each.release == release]
    _compare_sample(asked, lambda each: compare_overridden(folder, recipes, each), release)


def _compare_sample(asked: Sequence[Asked], compare: Callable[[Asked], Outcome], seed: str) -> None:
    sample = random.Random(seed).sample(asked, min(SAMPLE, len(asked)))
    outcomes = [compare(each) for each in sample]
    for column in ("agrees", "same_embedded", "same_composed"):
        differing = list(disagreements(outcomes, column, len(outcomes)))
        assert len(differing) <= (1 - AGREEMENT) * len(outcomes), "\n".join(differing)
