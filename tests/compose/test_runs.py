"""The composition of real runs is equal to that of NeMo Gym's own parser, including the order of keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path, PurePath

import pytest

from gym_lsp.compose.config import Leaf, Provenance, Table, history, leaves, tables, to_plain
from gym_lsp.compose.problem import raised_by
from gym_lsp.compose.run import Composition, Run
from gym_lsp.files import Disk
from gym_lsp.gym.roots import find_install_root
from gym_lsp.syntax import Node, Scalar, parse, walk
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.workspace import Workspace
from tests.compose.final import digest
from tests.compose.record_configs import DATA
from tests.corpus import WHEELS, Corpus

RELEASES = tuple(WHEELS)


@lru_cache(maxsize=1)
def workspace(root: Path) -> Workspace:
    files, path = Disk(), PurePath(root)
    install = find_install_root(files, explicit=path, workspace=path, environ={})
    return Workspace(files, path, Settings(), install)


def recorded(version: str) -> Iterator[tuple[Run, str]]:
    """Return the runs that NeMo Gym composes, and the digests of its results."""
    for line in (DATA / f"{version}.txt").read_text("utf-8").splitlines():
        expected, *roots = line.split(" ")
        yield Run(tuple(roots)), expected


def composed(corpus: Corpus, version: str) -> Iterator[tuple[Composition, str]]:
    for run, expected in recorded(version):
        yield workspace(corpus.release(version)).compose(run), expected


@pytest.mark.slow
@pytest.mark.parametrize("version", RELEASES)
def test_composed_configurations_equal_nemo_gyms(corpus: Corpus, version: str) -> None:
    wrong = [
        " + ".join(composition.run.roots)
        for composition, expected in composed(corpus, version)
        if digest(to_plain(composition.config)) != expected
    ]
    assert not wrong, f"{len(wrong)} runs differ"


@pytest.mark.slow
@pytest.mark.parametrize("version", RELEASES)
def test_nothing_is_held_against_a_run_that_nemo_gym_composes(corpus: Corpus, version: str) -> None:
    wrong = {
        " + ".join(composition.run.roots): raised
        for composition, _ in composed(corpus, version)
        if (raised := [error for problem in composition.problems if (error := raised_by(problem)) is not None])
    }
    assert not wrong


@pytest.mark.slow
def test_the_recorded_runs_use_what_there_is_to_compose(corpus: Corpus) -> None:
    """Else the equality above would say little."""
    compositions = [composition for composition, _ in composed(corpus, "0.7.0")]
    assert len(compositions) > 900
    assert sum(len(composition.files) > 2 for composition in compositions) > 200
    assert sum(bool(composition.transfers) for composition in compositions) > 200
    assert sum(bool(composition.renames) for composition in compositions) > 40
    generated = [
        composition
        for composition in compositions
        if any(value.origin.provenance is Provenance.GENERATED for value in composition.config.entries.values())
    ]
    assert len(generated) > 50


@pytest.mark.slow
@pytest.mark.parametrize("version", ["0.4.0", "0.7.0"])
def test_every_value_points_at_text_that_spells_it(corpus: Corpus, version: str) -> None:
    seen: set[int] = set()
    kept: list[Composition] = []
    checked = 0
    for composition, _ in composed(corpus, version):
        kept.append(composition)  # so that no identity is taken twice
        for _, leaf in leaves(composition.config):
            if id(leaf) not in seen:
                seen.add(id(leaf))
                checked += assert_spelled(leaf)
        for _, table in tables(composition.config):
            if id(table) not in seen:
                seen.add(id(table))
                assert_keys_are_spelled(table, composition.renames)
    assert checked > 6_000


def assert_spelled(leaf: Leaf) -> int:
    """The text at the place of a value is that value, and so for each value that it overrode."""
    checked = 0
    for value in history(leaf):
        if not isinstance(value, Leaf) or value.origin.provenance is Provenance.GENERATED or value.node.span.is_empty:
            continue
        written = value.node.span.of(value.origin.text)
        # Under a key, since a block scalar needs a parent, and `...` would end the document.
        *_, found = _scalars(parse(f"a: {written}").root)
        assert _trimmed(found.value) == _trimmed(value.value), f"{value.value!r} is written as {written!r}"
        checked += 1
    return checked


def assert_keys_are_spelled(table: Table, renames: Mapping[str, str]) -> None:
    """Each key is at its place in the text. An agent that composition renamed is at the place of its old name."""
    for key, value in table.entries.items():
        if value.key is not None and value.origin.provenance is not Provenance.GENERATED:
            assert isinstance(value.key, Scalar)
            assert key in (value.key.value, renames.get(value.key.text))
            (written,) = _scalars(parse(value.key.span.of(value.origin.text)).root)
            assert written.value == value.key.value


def _scalars(root: Node | None) -> Iterator[Scalar]:
    return (node for node in walk(root) if isinstance(node, Scalar))


def _trimmed(value: object) -> object:
    """Without the line breaks at the end of a block scalar, which its place leaves out."""
    return value.rstrip(" \n") if isinstance(value, str) else value
