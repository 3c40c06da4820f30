"""The benchmark notices what has got worse, on a fast machine and on a slow one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.figure import Figure
from tests.bench.recorded import record, worse

BEFORE = [
    Figure("check", "1.0 s", "", 1.0, 2.0),
    Figure("memory", "100 MB", "", 100, 150, is_time=False),
    Figure("idle", "0 %", "", 0.0, 1.0, is_time=False),
]


@pytest.mark.parametrize(
    ("check", "memory", "unit", "expected"),
    [
        (1.0, 100, 0.1, []),
        (3.0, 100, 0.3, []),
        (1.2, 120, 0.1, []),
        (1.5, 100, 0.1, ["check: 1.50 times as much as recorded (1.5 s)"]),
        (0.8, 100, 0.05, ["check: 1.60 times as much as recorded (0.8 s)"]),
        (1.0, 140, 0.3, ["memory: 1.40 times as much as recorded (140 MB)"]),
    ],
)
def test_what_is_worse(check: float, memory: int, unit: float, expected: list[str], tmp_path: Path) -> None:
    file = tmp_path / "recorded.json"
    record(BEFORE, 0.1, file)
    now = [
        Figure("check", f"{check} s", "", check, 2.0),
        Figure("memory", f"{memory} MB", "", memory, 150, is_time=False),
        Figure("idle", "1 %", "", 0.01, 1.0, is_time=False),
        Figure("new", "9 s", "", 9.0, 1.0),
    ]
    assert [*worse(now, unit, file)] == expected
