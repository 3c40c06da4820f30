"""The table of measured values and goals."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Figure(NamedTuple):
    """One line of the table. `value` and `limit` have the same unit. `limit` is the largest value that is a success.

    `is_time` is true for a time, which depends on the machine, in any unit.
    """

    what: str
    measured: str
    goal: str
    value: float
    limit: float
    is_time: bool = True

    @property
    def is_met(self) -> bool:
        return self.value <= self.limit


def table(figures: Iterable[Figure]) -> Iterator[str]:
    """Return the figures as a Markdown table with aligned columns."""
    rows = [("what", "measured", "goal", ""), *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for number, row in enumerate(rows):
        yield f"| {' | '.join(f'{cell:<{width}}' for cell, width in zip(row, widths, strict=True))} |"
        if number == 0:
            yield f"| {' | '.join('-' * max(3, width) for width in widths)} |"


def _row(figure: Figure) -> tuple[str, str, str, str]:
    return figure.what, figure.measured, figure.goal, "met" if figure.is_met else "missed"


def machine() -> str:
    """Return what the figures depend on, in addition to the code."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python} on {platform.system()} ({platform.machine()}), {os.cpu_count()} processors"
