"""Directives, compared with the results of NeMo Gym's own code for generated configs; see record_directives.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gym_lsp.compose.config import at, to_plain
from gym_lsp.compose.directives import Directed, apply_directives
from gym_lsp.compose.problem import DirectiveMisused, InheritTargetNotFound, raised_by
from gym_lsp.syntax import spell
from tests.compose.documents import Document, config_of, config_of_text, dereference, resolve
from tests.compose.record_directives import CHOSEN, CLOSED, CONFIGS, DATA

RAW = frozenset(
    {"AttributeError", "ConfigAttributeError", "ConfigKeyError", "ConfigTypeError", "TypeError", "ValueError"}
)
"""Exceptions without a meaning for users. Any problem of ours is accepted for them."""

ROWS: list[dict[str, Any]] = [json.loads(line) for line in Path(DATA).read_text("utf-8").splitlines()]


def directed(document: Document, *, closed: bool = False) -> Directed:
    return apply_directives(config_of(document), dereference, resolve, closed=closed)


def assert_directed_as_by_nemo_gym(document: Document, outcome: Document | str, *, closed: bool = False) -> None:
    """The parser stops at the first error and we do not, so only the outcome without errors can be compared."""
    found = directed(document, closed=closed)
    raised = {raised_by(problem) for problem in found.problems}
    if isinstance(outcome, str):
        assert raised if outcome in RAW else outcome in raised, f"{document}: {outcome}, found {raised}"
    else:
        assert not raised, f"{document}: {outcome}, found {raised}"
        assert json.dumps(to_plain(found.config)) == json.dumps(outcome), document


@pytest.mark.parametrize("row", ROWS[: len(CHOSEN)], ids=lambda row: json.dumps(row["config"]))
def test_directives_do_what_they_do_in_nemo_gym(row: dict[str, Any]) -> None:
    assert_directed_as_by_nemo_gym(row["config"], row["0.7.0"])


def test_directives_of_generated_configs_do_what_they_do_in_nemo_gym() -> None:
    for row in ROWS:
        assert_directed_as_by_nemo_gym(row["config"], row["0.7.0"])


def test_directives_of_closed_configs_do_what_they_do_in_nemo_gym() -> None:
    for row in ROWS:
        assert_directed_as_by_nemo_gym(row["config"], row[CLOSED], closed=True)


def test_the_recording_is_worth_comparing_with() -> None:
    """There are enough configs, and enough without errors. Both releases agree, so that one function is enough."""
    assert len(ROWS) == CONFIGS
    assert [row["config"] for row in ROWS[: len(CHOSEN)]] == CHOSEN
    assert sum(isinstance(row["0.7.0"], dict) for row in ROWS) > 200
    differing = [row for row in ROWS if row["0.4.0"] != row["0.7.0"]]
    assert all(isinstance(row["0.4.0"], str) and isinstance(row["0.7.0"], str) for row in differing)
    assert len(differing) < 10
    closed = [row[CLOSED] for row in ROWS if isinstance(row["0.4.0"], dict) and row[CLOSED] != row["0.4.0"]]
    assert set(closed) == {"ConfigKeyError"}
    assert len(closed) >= 20


def test_a_transfer_says_what_came_from_where() -> None:
    found = directed({"base": {"k": {"x": 1}}, "own": {"_inherit_from": "base", "n": {"_copy": "base.k"}}})
    assert [(spell(each.target), spell(each.source), each.moved) for each in found.transfers] == [
        ("own.n", "base.k", False),
        ("own", "base", True),
    ]


def test_what_is_inherited_has_the_place_of_the_base_and_is_under_what_overrides_it() -> None:
    text = "base: {x: 1, y: {z: 2}}\nown:\n  _inherit_from: base\n  y: {w: 3}\n"
    config = apply_directives(config_of_text(text), dereference, resolve).config
    spelled = {path: at(config, path) for path in (("own", "x"), ("own", "y", "z"), ("own", "y", "w"))}
    assert {path: value and value.node.span.of(text) for path, value in spelled.items()} == {
        ("own", "x"): "1",
        ("own", "y", "z"): "2",
        ("own", "y", "w"): "3",
    }
    block = at(config, ("own",))
    assert block is not None
    assert block.overridden is not None
    assert block.node.span.of(text).startswith("_inherit_from")
    assert block.overridden.node.span.of(text) == "{x: 1, y: {z: 2}}"


def test_a_problem_is_that_of_the_directive_value() -> None:
    text = "a:\n  _inherit_from: b.c.d\nb: {c: {}}\nx:\n  _copy: [b]\n"
    problems = apply_directives(config_of_text(text), dereference, resolve).problems
    assert [problem.at.node.span.of(text) for problem in problems] == ["b.c.d", "[b]"]
    absent, misused = problems
    assert isinstance(absent, InheritTargetNotFound)
    assert absent.found_up_to == 2
    assert isinstance(misused, DirectiveMisused)


def test_a_source_that_the_environment_names_is_not_missing() -> None:
    from gym_lsp.compose.interpolate import Interpolator

    root = config_of({"a": {"_inherit_from": "${oc.env:BASE}", "x": 1}, "b": {"y": 1}})
    interpolator = Interpolator(root, frozenset({"BASE"}))
    found = apply_directives(
        root,
        lambda _, leaf, path: interpolator.dereference(leaf, path),
        lambda _, leaf, path: interpolator.resolve(leaf, path),
    )
    assert not found.problems
