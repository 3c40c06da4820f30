"""Fixtures and settings of all tests: the corpus, and the number of Hypothesis examples."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.corpus import MISSING, Corpus, find_corpus

# A slow machine is not a bug, so no example has a deadline.
settings.register_profile("dev", deadline=None)
# In CI the examples are the same in each run, so that only the change can break the build.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile(
    "thorough",
    deadline=None,
    max_examples=5_000,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="session", autouse=True)
def cache_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder that servers keep their answers in, instead of that of the user who runs the tests."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield folder


def in_ci() -> bool:
    """Return whether this is a CI run, in which nothing may be skipped."""
    return os.environ.get("CI", "").lower() in ("1", "true")


settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if in_ci() else "dev"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that use the corpus, so that `-m "not corpus"` deselects them."""
    for item in items:
        if isinstance(item, pytest.Function) and "corpus" in item.fixturenames:
            item.add_marker(pytest.mark.corpus)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Without the corpus, fail tests that need it in CI, and skip them elsewhere."""
    if item.get_closest_marker("corpus") is None or find_corpus() is not None:
        return
    if in_ci():
        pytest.fail(MISSING, pytrace=False)
    pytest.skip(MISSING)


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """The real NeMo Gym releases."""
    found = find_corpus()
    assert found is not None, MISSING
    return found
