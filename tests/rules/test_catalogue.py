"""Everything that composing finds is reported, and nothing is reported twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from gym_lsp.compose import problem
from gym_lsp.compose.flaw import FlawKind
from gym_lsp.compose.problem import AlmostServer, Malformed, Problem
from gym_lsp.gym import errors
from gym_lsp.gym.errors import AmbiguousEnvironmentServerError, ConfigError
from gym_lsp.rules import ALL_RULES
from gym_lsp.syntax import SyntaxProblemKind

DIVIDED_BY_KIND = frozenset({AlmostServer, Malformed})
"""Problems that the engine divides by kind: rules are registered on the kind of flaw, or of syntax problem."""


def _leaves(cls: type[Any]) -> Iterator[type[Any]]:
    # `slots=True` creates each class a second time, and the first ones exist until they are collected.
    below = [each for each in cls.__subclasses__() if getattr(problem, each.__name__) is each]
    if not below:
        yield cls
    for each in below:
        yield from _leaves(each)


SUBJECTS: tuple[object, ...] = (*(each for each in _leaves(Problem) if each not in DIVIDED_BY_KIND), *SyntaxProblemKind)


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
def test_each_problem_has_exactly_one_rule(subject: object) -> None:
    rules = [rule.name for rule in ALL_RULES if subject in rule.on]
    assert len(rules) == 1, rules


@pytest.mark.parametrize("kind", FlawKind)
def test_each_flaw_has_a_rule(kind: FlawKind) -> None:
    # Several rules may share a kind, each for other fields.
    assert any(kind in rule.on for rule in ALL_RULES)


def test_no_rule_is_registered_on_a_problem_that_is_divided_by_kind() -> None:
    assert not [rule.name for rule in ALL_RULES if DIVIDED_BY_KIND & set(rule.on)]


def test_each_error_of_the_parser_is_predicted() -> None:
    # This one is raised while data is routed, which does not depend on the config.
    raised = {ConfigError, *ConfigError.__subclasses__()} - {AmbiguousEnvironmentServerError}
    predicted = {name for rule in ALL_RULES for name in rule.predicts}
    assert {error.__name__ for error in raised} == predicted


def test_rules_predict_only_errors_that_exist() -> None:
    assert all(hasattr(errors, name) for rule in ALL_RULES for name in rule.predicts)


def test_names_are_unique() -> None:
    assert not [name for name, count in Counter(rule.name for rule in ALL_RULES).items() if count > 1]
