"""We accept the same SPDX expressions as `packaging`, which NeMo Gym uses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from gym_lsp.gym.manifests.spdx import EXCEPTIONS, LICENSES, is_license_expression

WORDS = ["MIT", "apache-2.0", "GPL-2.0", "GPL-2.0+", "LicenseRef-x", "LicenseRef-x+", "Classpath-exception-2.0", "nope"]
TOKENS = st.sampled_from([*WORDS, "AND", "and", "OR", "WITH", "(", ")", "+"])


def packaging_accepts(text: str) -> bool:
    try:
        canonicalize_license_expression(text)
    except InvalidLicenseExpression:
        return False
    return True


@given(st.lists(TOKENS, max_size=9), st.sampled_from([" ", "  "]))
def test_expressions(tokens: list[str], space: str) -> None:
    text = space.join(tokens)
    assert is_license_expression(text) == packaging_accepts(text)


@pytest.mark.parametrize(
    "text", ["", " ", "(MIT)", "((MIT)OR(MIT))", "(" * 5000, "MIT AND " * 2000 + "MIT", "MIT\nOR MIT"]
)
def test_at_the_edges(text: str) -> None:
    assert is_license_expression(text) == packaging_accepts(text)


def test_lists_are_whole() -> None:
    assert all(map(packaging_accepts, LICENSES))
    assert all(packaging_accepts(f"MIT WITH {exception}") for exception in EXCEPTIONS)
    assert {"mit", "apache-2.0", "0bsd", "zpl-2.1"} <= LICENSES
