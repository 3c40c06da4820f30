"""`docs/found.md` lists what gym-lsp reports in NeMo Gym and in NeMo RL's recipes, no more and no less."""

from __future__ import annotations

from collections import Counter
from pathlib import Path, PurePath

import pytest

from gym_lsp.files import Disk
from gym_lsp.gym.roots import find_install_root
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.workspace import Workspace
from tests.corpus import Corpus
from tests.parity import found
from tests.parity.found import PAGE, RELEASE, SUBJECTS, Place, groups, page, reported
from tests.parity.quiet import reviewed
from tests.parity.recipes.recorded import load
from tests.parity.recipes.tree import MISSING, digest_of_tree, find_recipes, yaml_texts


def listed(subject: str) -> Counter[Place]:
    return Counter(place for group in groups() if group.subject == subject for place in group.found())


def test_the_page_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert PAGE.read_text("utf-8") == page(groups()), "run `make docs`"
    assert found.main(["--check"]) == 0
    assert capsys.readouterr().out == ""


def test_every_group_is_about_a_subject_and_has_a_text() -> None:
    for group in groups():
        assert group.subject in SUBJECTS
        assert all(text.endswith(".") for text in (group.wrong, group.effect, group.fix)), group.title
    titles = [(group.subject, group.title) for group in groups()]
    assert len(set(titles)) == len(titles)


def test_the_errors_are_those_that_were_reviewed() -> None:
    errors = {(each.path, each.line, each.rule) for each in listed("gym") if each.severity == "error"}
    assert errors == {(each.path, each.line, each.rule) for each in reviewed() if each.release == RELEASE}


@pytest.mark.corpus
@pytest.mark.slow
def test_the_release_has_these_findings_and_no_others(corpus: Corpus) -> None:
    root = PurePath(corpus.release(RELEASE))
    install = find_install_root(Disk(), explicit=root, workspace=root, environ={})
    assert Counter(reported(Workspace(Disk(), root, Settings(), install))) == listed("gym")


@pytest.mark.corpus
@pytest.mark.slow
def test_the_recipes_have_these_findings_and_no_others(corpus: Corpus) -> None:
    folder = find_recipes()
    if folder is None or digest_of_tree(yaml_texts(folder)) != load().tree:
        pytest.skip(MISSING)
    root, release = PurePath(folder), PurePath(Path(corpus.release(RELEASE)))
    install = find_install_root(Disk(), explicit=release, workspace=root, environ={})
    assert Counter(reported(Workspace(Disk(), root, install=install))) == listed("recipes")
