"""What was recorded about training recipes is whole, and comes from the questions of this repository."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

import pytest

from tests.corpus import Corpus
from tests.parity.recipes.mistakes import RECIPE_KINDS
from tests.parity.recipes.questions import INCLUDED_FROM, OVERRIDDEN, Tree, mistakes, overridden
from tests.parity.recipes.recorded import DATA, RELEASES, Answer, Recording
from tests.parity.recipes.tree import COMMIT

DIGEST = re.compile(r"[0-9a-f]{16}")
STAGES = ("load", "override", "resolve", "embed", "gym")
LARGEST = 300_000
"""Bytes of the recorded data."""


def answers(recording: Recording) -> list[Answer]:
    found = [answer for recipe in recording.recipes for answer in recipe.answers.values()]
    found += [recipe.without_variables for recipe in recording.recipes]
    return [*found, *(each.answer for each in (*recording.mistakes, *recording.overridden))]


def test_reading_gives_back_what_was_written(recording: Recording) -> None:
    assert recording.text() == DATA.read_text("utf-8")
    assert DATA.stat().st_size < LARGEST


def test_the_data_are_whole(recording: Recording) -> None:
    assert recording.commit == COMMIT
    recipes = [file.path for file in recording.files if file.is_recipe]
    assert recipes == [recipe.path for recipe in recording.recipes]
    assert all(set(recipe.answers) == set(RELEASES) for recipe in recording.recipes)
    assert {each.kind for each in recording.mistakes} == set(RECIPE_KINDS)
    assert len(recording.mistakes) >= 500
    assert len(recording.overridden) == OVERRIDDEN
    assert {each.recipe for each in recording.mistakes} <= set(recipes)


def test_each_result_is_whole(recording: Recording) -> None:
    for answer in answers(recording):
        assert answer.stage in STAGES
        assert (answer.composed is not None) == answer.verdict.ok
        assert not answer.verdict.ok or answer.stage == "gym"
        assert answer.embedded is None or answer.stage in ("embed", "gym")
        assert all(DIGEST.fullmatch(digest) for digest in (answer.embedded, answer.composed) if digest)


def test_no_folder_of_a_machine_is_recorded(recording: Recording) -> None:
    names = [name for answer in answers(recording) for name in answer.verdict.names]
    assert not [name for name in names if Path(name).is_absolute()]


def test_no_text_of_a_recipe_is_recorded(recording: Recording, texts: dict[str, str]) -> None:
    """Of a line of a recipe, an edit has at most the key, or a path that NeMo Gym gives."""
    lines = {line.strip() for text in texts.values() for line in text.splitlines()}
    known = re.compile(r"(- )?[\w./-]+\.yaml|config_paths:|defaults: .*|---|_override_: true|domain: .*|\w+: \w*")
    inserted = {line.strip() for each in recording.mistakes for line in each.edit.insert.splitlines()}
    assert not [line for line in inserted & lines if line.strip("# ") and not known.fullmatch(line)]


def test_the_recorded_files_are_those_of_nemo_rl(recording: Recording, texts: dict[str, str]) -> None:
    assert [file.path for file in recording.files] == list(texts)


@pytest.mark.corpus
def test_the_questions_are_those_that_were_asked(recording: Recording, texts: dict[str, str], corpus: Corpus) -> None:
    kinds = dict(islice(RECIPE_KINDS.items(), 0, None, 4))
    tree = Tree(texts, [recipe.path for recipe in recording.recipes], corpus.release(INCLUDED_FROM))
    made = [(each.kind, each.recipe, each.path, each.edit) for each in mistakes(tree, kinds)]
    asked = [each for each in recording.mistakes if each.kind in kinds]
    assert made == [(each.kind, each.recipe, each.path, each.edit) for each in asked]
    assert list(overridden(tree)) == [(each.recipe, each.overrides) for each in recording.overridden]


def test_each_edit_changes_the_text(recording: Recording, texts: dict[str, str]) -> None:
    for each in recording.mistakes:
        text = texts[each.path]
        assert each.edit.apply(text) != text
