"""The figures that were recorded last, to notice what has got worse since.

Times are recorded as multiples of libyaml's time for the same texts in the same run, so that a slow machine does not
look like slow code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.figure import Figure

FILE = Path(__file__).with_suffix(".json")
WORSE = 1.3
"""A figure is worse if it is more than so many times the recorded one."""


def record(figures: Sequence[Figure], unit: float, file: Path = FILE) -> None:
    """Record figures; `unit` is libyaml's time in seconds."""
    ratios = {figure.what: round(_ratio(figure, unit), 4) for figure in figures}
    file.write_text(json.dumps(ratios, indent=2) + "\n", encoding="utf-8")


def worse(figures: Sequence[Figure], unit: float, file: Path = FILE) -> Iterator[str]:
    """Yield a sentence about each figure that is worse than the recorded one."""
    recorded: dict[str, float] = json.loads(file.read_text("utf-8"))
    for figure in figures:
        before = recorded.get(figure.what, 0)
        if before > 0 and (times := _ratio(figure, unit) / before) > WORSE:
            yield f"{figure.what}: {times:.2f} times as much as recorded ({figure.measured})"


def _ratio(figure: Figure, unit: float) -> float:
    return figure.value / unit if figure.is_time else figure.value
