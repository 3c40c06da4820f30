"""The features on the real configs of the newest release that gym-lsp supports."""

from __future__ import annotations

from pathlib import PurePath
from random import Random

import pytest

from gym_lsp.files import Disk
from gym_lsp.gym.roots import find_install_root
from gym_lsp.ide.definition import definition
from gym_lsp.ide.links import document_links
from gym_lsp.ide.references import Occurrence, references
from gym_lsp.ide.rename import Refusal, Renameable, prepare_rename, rename
from gym_lsp.ide.target import Location
from gym_lsp.text import apply_edits
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import Use, UseKind
from gym_lsp.workspace.workspace import Workspace
from tests.corpus import Corpus
from tests.ide.cursor import ask_everything

SAMPLE = 100
"""Configs; each takes milliseconds in one test."""
OFFSETS = 6


@pytest.fixture(scope="module")
def tree(corpus: Corpus) -> Workspace:
    """Return the whole tree of a release as a workspace."""
    root = PurePath(corpus.release("0.7.0"))
    return Workspace(Disk(), root, install=find_install_root(Disk(), explicit=None, workspace=root, environ={}))


@pytest.fixture(scope="module")
def sample(tree: Workspace) -> list[PurePath]:
    """Return some of its configs and manifests, always the same ones."""
    kinds = (FileKind.CONFIG, FileKind.MANIFEST)
    return Random(0).sample([path for path in tree.members if tree.kind(path) in kinds], SAMPLE)


def _spells(tree: Workspace, place: Location, name: str) -> bool:
    """Whether a place matches a name: a file or a folder of that name, or text that is the name."""
    if place.path.suffix != ".yaml" or place.span.is_empty:
        return PurePath(name).name in place.path.parts
    return place.selection.of(tree.text(place.path) or "").strip("\"'") == name


def _is_open(tree: Workspace, path: PurePath, use: Use) -> bool:
    """Whether the file's own run does not define the first name of a use."""
    if use.name_of_instance is None:
        return use.kind in (UseKind.VARIABLE, UseKind.FILE, UseKind.INCLUDE)
    return use.name_of_instance not in tree.own_run(path).merged.entries


def test_every_use_leads_to_what_spells_it_or_is_open(tree: Workspace, sample: list[PurePath]) -> None:
    count = 0
    for path in sample:
        for use in tree.uses(path):
            name, span = use.steps[-1]
            found = definition(tree, path, span.end)
            count += 1
            if found is None:
                assert _is_open(tree, path, use), f"{path}: {use}"
                continue
            assert found[0] == span
            assert all(_spells(tree, place, name) for place in found[1]), f"{path}: {use}: {found[1]}"
    assert count > 5 * SAMPLE


def test_every_feature_answers_anywhere(tree: Workspace, sample: list[PurePath]) -> None:
    random = Random(1)
    for path in sample:
        ask_everything(tree, path, 0)
        for link in document_links(tree, path):
            assert tree.files.kind(link.target) is not None
        for _ in range(OFFSETS):
            ask_everything(tree, path, random.randint(0, len(tree.text(path) or "")))


def test_every_definition_is_among_the_references_of_its_uses(tree: Workspace, sample: list[PurePath]) -> None:
    for path in sample[:20]:
        for use in tree.uses(path):
            if use.kind is not UseKind.SERVER_REF:
                continue
            used = references(tree, path, use.span.start, include_declaration=False)
            assert not used or Occurrence(path, use.span, False) in used


def test_a_rename_and_back_gives_every_file_as_it_was(tree: Workspace, sample: list[PurePath]) -> None:
    renamed = 0
    for path in sample[:20]:
        for defined in tree.definitions(path):
            edits = rename(tree, path, defined.key.start, "renamed_by_a_test")
            if isinstance(edits, Refusal):
                continue
            renamed += 1
            paths = {edit.path for edit in edits}
            texts = {
                each: apply_edits(tree.text(each) or "", [edit.edit for edit in edits if edit.path == each])
                for each in paths
            }
            after = tree.with_texts(texts)
            at = texts[path].index("renamed_by_a_test")
            assert isinstance(prepare_rename(after, path, at), Renameable)
            back = rename(after, path, at, defined.name)
            assert not isinstance(back, Refusal), back.reason
            for each in paths:
                edited = apply_edits(texts[each], [edit.edit for edit in back if edit.path == each])
                assert edited == tree.text(each)
    assert renamed > 10
