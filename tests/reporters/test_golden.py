from __future__ import annotations

import pytest

from tests.reporters.golden import GOLDEN, outputs

OUTPUTS = outputs()


@pytest.mark.parametrize("name", sorted(OUTPUTS))
def test_output_is_the_approved_one(name: str) -> None:
    assert OUTPUTS[name] == (GOLDEN / name).read_bytes().decode("utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(OUTPUTS)
