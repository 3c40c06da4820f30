"""Merging, compared with `OmegaConf.merge`."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from gym_lsp.compose.config import Table, at, history, to_plain, value_span
from gym_lsp.files import decode
from tests.compose.documents import Document, config_of, config_of_text, documents, merge_all
from tests.compose.record_interpolations import ATOMS, LINKS
from tests.corpus import Corpus

CONFLICT = "a mapping meets a list"

# What OmegaConf's own documentation leaves open, or what is easily forgotten.
MERGES: list[list[Document]] = [
    [{"a": 5}, {"a": "???"}],
    [{"a": {"b": 1}}, {"a": "???"}],
    [{"a": "???"}, {"a": {"b": 1}}],
    [{"a": {"b": 1}}, {"a": None}],
    [{"a": {"b": 1}}, {"a": None}, {"a": {"c": 2}}],
    [{"a": {"b": 1}}, {"a": None}, {"a": [1]}],
    [{"a": {"b": 1}}, {"a": 5}],
    [{"a": 5}, {"a": {"b": 1}}],
    [{"a": [1, 2]}, {"a": [3]}],
    [{"a": [1]}, {"a": []}],
    [{"a": {}}, {"a": []}],
    [{"a": []}, {"a": {"b": 1}}],
    [{"a": [{"b": {}}]}, {"a": [{"b": []}]}],
    [{"a": {"b": 1}, "c": "${a}"}, {"c": {"d": 2}}],
    [{"a": {"b": 1}, "c": "${a}"}, {"c": {"d": 2}}, {"a": {"b": 3}}],
    [{"a": {"b": 1}, "c": "${a}"}, {"a": {"b": 2}, "c": {"d": 3}}],
    [{"a": {"b": 1}, "c": "${a}"}, {"c": {"d": 3}, "a": {"b": 2}}],
    [{"a": [1], "c": "${a}"}, {"c": {"d": 2}}],
    [{"a": 1, "c": "${a}"}, {"c": {"d": 2}}],
    [{"c": "${a}"}, {"c": {"d": 2}}],
    [{"a": {"b": 1}, "c": "${a}"}, {"c": "???"}],
    [{"a": {"b": 1}, "c": "${a}"}, {"c": "x"}],
    [{"a": {"b": "${a}"}}, {"a": {"b": {"c": 1}}}],
    [{"a": {"b": "${.c}", "c": {"d": 1}}}, {"a": {"b": {"e": 2}}}],
    [{"a": {"b": "${.c}"}, "d": []}, {"a": {"c": "${d}", "b": {}}}],
    [{}, {"a": 1}],
    [{"a": 1}, {}],
]


def merged_by_omegaconf(*given: Any) -> object:
    """The merged configuration as plain values, or CONFLICT."""
    try:
        return OmegaConf.to_container(OmegaConf.merge(*given), resolve=False)
    except TypeError:
        return CONFLICT


def assert_merges_as_omegaconf(configs: list[Table], *given: Any) -> object:
    found = merge_all(configs)
    theirs = merged_by_omegaconf(*given)
    ours = CONFLICT if found.conflicts else to_plain(found.config)
    assert ours == theirs
    # Which key comes first decides which server is started.
    assert json.dumps(ours) == json.dumps(theirs)
    return theirs


@pytest.mark.parametrize("given_", MERGES, ids=json.dumps)
def test_configs_are_merged(given_: list[Document]) -> None:
    assert_merges_as_omegaconf([config_of(each) for each in given_], *map(OmegaConf.create, given_))


@given(st.lists(documents((*ATOMS, *LINKS)), min_size=2, max_size=3))
@example([{"a": {"b": "${.a}"}, "b": []}, {"c": {}, "a": {"a": "${b}", "b": {}}}])
def test_generated_configs_are_merged(given_: list[Document]) -> None:
    assert_merges_as_omegaconf([config_of(each) for each in given_], *map(OmegaConf.create, given_))


@pytest.mark.slow
@pytest.mark.parametrize("version", ["0.4.0", "0.7.0"])
def test_real_configs_are_merged(corpus: Corpus, version: str) -> None:
    """Two or three at a time, in any order: more of them meet than in the runs that people start."""
    draw = random.Random(version)
    paths = sorted(path for path in corpus.release(version).rglob("*.yaml") if path.name != "manifest.yaml")
    loaded: dict[Path, Any] = {}
    conflicts = 0
    for _ in range(150):
        chosen = draw.sample(paths, draw.choice((2, 2, 3)))
        configs = [config_of_text(decode(path, path.read_bytes()), path) for path in chosen]
        try:
            loaded |= {path: OmegaConf.load(path) for path in chosen if path not in loaded}
        except Exception:  # noqa: BLE001 - what OmegaConf refuses is tested elsewhere.
            continue
        theirs = assert_merges_as_omegaconf(configs, *(loaded[path] for path in chosen))
        conflicts += theirs == CONFLICT
    assert conflicts < 20


def test_each_value_knows_what_it_overrode_and_where_that_is_written() -> None:
    texts = ["a: {x: 1, y: 1}\n", "b: 0\na: {x: two}\n", "a:\n  x: ???\n", "a: {x: [3]}\n"]
    config = merge_all([config_of_text(text) for text in texts]).config
    value = at(config, ("a", "x"))
    assert value is not None
    spelled = [value_span(each).of(each.origin.text) for each in history(value)]
    assert spelled == ["[3]", "two", "1"]
    block = at(config, ("a",))
    assert block is not None
    assert [each.origin.text for each in history(block)] == [texts[3], texts[2], texts[1], texts[0]]
    kept = at(config, ("a", "y"))
    assert kept is not None
    assert kept.origin.text == texts[0]


def test_a_merge_leaves_what_it_merges_alone() -> None:
    lower, upper = config_of({"a": {"b": 1}, "c": "${a}"}), config_of({"a": {"d": 2}, "c": {"e": 3}})
    before = [to_plain(lower), to_plain(upper)]
    merge_all([lower, upper, config_of({"a": {"b": 5}, "c": {"e": 6}})])
    assert [to_plain(lower), to_plain(upper)] == before


def test_untouched_subtrees_are_shared() -> None:
    """A cached result for a block of one run is valid in every run that shares the block."""
    lower = config_of({"a": {"b": {"c": 1}}, "d": {}})
    merged = merge_all([lower, config_of({"d": {"e": 1}})]).config
    assert merged.get("a") is lower.get("a")


def test_a_merge_of_many_keeps_no_mapping_for_each_step() -> None:
    """Such mappings would hold all names so far, so their size would grow with the square of the number of files."""
    merged = merge_all([config_of({f"k{number}": number}) for number in range(10)]).config
    assert len(merged.entries) == 10
    assert [len(each.entries) for each in history(merged) if isinstance(each, Table)] == [10, 1]
