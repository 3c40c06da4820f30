"""Interpolations, compared with OmegaConf: each has the same value or fails with the same exception."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from omegaconf import OmegaConf

from gym_lsp.compose.config import Leaf, Marks, Table, at, leaves, to_plain
from gym_lsp.compose.interpolate import FROM_ENVIRONMENT, Interpolator
from gym_lsp.compose.problem import (
    Failing,
    InterpolationFailed,
    InterpolationKeyNotFound,
    InterpolationProblem,
    VariableUnset,
    raised_by,
)
from gym_lsp.syntax import KeyPath
from tests.compose.documents import Document, config_of, config_of_text, documents, resolve
from tests.compose.record_interpolations import ATOMS, DATA, LINKS, SELF_REFERENCES, THROUGH_OTHERS, outcome

ROWS: list[dict[str, Any]] = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
CHOSEN = (*SELF_REFERENCES, *THROUGH_OTHERS)


def value_by_omegaconf(config: Any, path: KeyPath) -> tuple[str, object]:
    """("value", the plain value) or ("error", the name of the exception)."""
    (found,) = outcome(config, path).items()
    return found


def value_by_us(root: Table, leaf: Leaf, path: KeyPath) -> tuple[str, object]:
    found = resolve(root, leaf, path)
    if isinstance(found, InterpolationProblem):
        return "error", raised_by(found)
    return "value", to_plain(found)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("row", ROWS[: len(CHOSEN)], ids=lambda row: json.dumps(row["config"]))
def test_interpolations_resolve(row: dict[str, Any]) -> None:
    assert assert_resolves_as_recorded(row)


def test_interpolations_of_generated_configs_resolve() -> None:
    assert sum(map(assert_resolves_as_recorded, ROWS)) > 3_000


def assert_resolves_as_recorded(row: dict[str, Any]) -> int:
    """Compares every interpolation of a config; returns how many there are."""
    root = config_of(row["config"])
    for path, recorded in row["found"]:
        leaf = at(root, tuple(path))
        assert isinstance(leaf, Leaf)
        (expected,) = recorded.items()
        found = value_by_us(root, leaf, tuple(path))
        assert (found, type(found[1])) == (known(expected), type(expected[1])), (
            f"{leaf.value} at {path} of {row['config']}"
        )
    return len(row["found"])


def known(outcome: tuple[str, object]) -> tuple[str, object]:
    """Return the outcome. A missing value at the end of an interpolation counts as any other failure."""
    return ("error", "InterpolationResolutionError") if outcome[1] == "InterpolationToMissingValueError" else outcome


@given(documents((*ATOMS, *LINKS, *LINKS)))
@example({"a": ["${.a}"]})
def test_generated_references_resolve(document: Document) -> None:
    theirs, root = OmegaConf.create(document), config_of(document)
    for path, leaf in leaves(root, marked=int(Marks.INTERPOLATION)):
        assert value_by_us(root, leaf, path) == known(value_by_omegaconf(theirs, path)), f"{leaf.value} at {path}"


# The environment


def resolved(text: str, *variables: str, key: str = "a") -> object:
    root = config_of_text(text)
    leaf = root.get(key)
    assert isinstance(leaf, Leaf)
    found = Interpolator(root, frozenset(variables)).resolve(leaf, (key,))
    return found if isinstance(found, InterpolationProblem) else to_plain(found)


def test_the_content_of_a_variable_is_never_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "hunter2")
    assert resolved("a: ${oc.env:SECRET}", "SECRET") == FROM_ENVIRONMENT
    assert resolved("a: x-${oc.env:SECRET}", "SECRET") == f"x-{FROM_ENVIRONMENT}"
    assert resolved("a: ${oc.decode:${oc.env:SECRET}}", "SECRET") == FROM_ENVIRONMENT
    assert isinstance(resolved("a: ${oc.env:SECRET}"), VariableUnset)


def test_what_a_variable_names_is_not_known_and_so_not_missing() -> None:
    assert resolved("a: ${b.${oc.env:X}}\nb: {c: 1}\n", "X") == FROM_ENVIRONMENT
    assert resolved("a: ${${oc.env:X}}", "X") == FROM_ENVIRONMENT
    assert isinstance(resolved("a: ${b.${oc.env:X}}\nb: {c: 1}\n"), VariableUnset)


# Places


@pytest.mark.parametrize(
    ("text", "kind", "spelled"),
    [
        ("a: ${nope}", InterpolationKeyNotFound, "nope"),
        ("a: x ${b} ${no.pe}\nb: 1", InterpolationKeyNotFound, "no.pe"),
        ("a: '${nope}'", InterpolationKeyNotFound, "nope"),
        ('a: "x ${nope}"', InterpolationKeyNotFound, "nope"),
        ('a: "\\u0078 ${nope}"', InterpolationKeyNotFound, '"\\u0078 ${nope}"'),
        ("a: ${oc.env:NOPE}", VariableUnset, "NOPE"),
        ("a: ${b.c}\nb: 5", InterpolationFailed, "b.c"),
        ("a: ${${b}}\nb: 5", InterpolationFailed, "${b}"),
        ("a: |\n  x ${nope}\n", InterpolationKeyNotFound, "|\n  x ${nope}"),
    ],
)
def test_a_problem_lies_where_it_is_written(text: str, kind: type, spelled: str) -> None:
    problem = resolved(text)
    assert isinstance(problem, InterpolationProblem)
    assert isinstance(problem, kind)
    assert problem.span.of(text) == spelled


def test_a_problem_behind_an_interpolation_is_that_of_the_value_it_is_written_in() -> None:
    text = "a: ${b.c}\nb: {c: '${nope}'}\n"
    problem = resolved(text)
    assert isinstance(problem, InterpolationKeyNotFound)
    assert (problem.path, problem.span.of(text)) == (("b", "c"), "nope")


def test_a_missing_key_is_told_with_the_path_that_was_looked_up() -> None:
    problem = resolved("a: ${b.c.d}\nb: {c: {}}\n")
    assert isinstance(problem, InterpolationKeyNotFound)
    assert (problem.key, problem.steps, problem.found_up_to) == ("b.c.d", ("b", "c", "d"), 2)
    root = config_of_text("x: {y: {a: '${..z.q}'}, z: {}}\n")
    leaf = at(root, ("x", "y", "a"))
    assert isinstance(leaf, Leaf)
    relative = resolve(root, leaf, ("x", "y", "a"))
    assert isinstance(relative, InterpolationKeyNotFound)
    assert (relative.key, relative.steps, relative.found_up_to) == ("z.q", ("x", "z", "q"), 2)


def test_what_a_resolver_makes_stands_where_the_interpolation_does() -> None:
    text = "b: 1\na: '${oc.create:{x: [1, {y: 2}]}}'\n"
    root = config_of_text(text)
    leaf = root.get("a")
    assert isinstance(leaf, Leaf)
    made = resolve(root, leaf, ("a",))
    assert isinstance(made, Table)
    assert to_plain(made) == {"x": [1, {"y": 2}]}
    for _, value in leaves(made):
        assert value.node.span.of(text) == "'${oc.create:{x: [1, {y: 2}]}}'"


def test_a_chain_of_any_length_ends() -> None:
    document = {f"k{number}": f"${{k{number + 1}}}" for number in range(200)}
    root = config_of(document)
    leaf = root.get("k0")
    assert isinstance(leaf, Leaf)
    problem = resolve(root, leaf, ("k0",))
    assert isinstance(problem, InterpolationFailed)
    assert problem.why is Failing.CYCLE
