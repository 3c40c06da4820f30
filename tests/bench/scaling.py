"""The growth of the time of a check with its file: one with a thousand mistakes, and one with twice as many."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.figure import Figure
from tests.bench.process import best_time

MISTAKES = 1_000
_BLOCK = """\
agent_{number}:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      domain: nothing_{number}
      resources_server: {{type: resources_servers, name: nobody_{number}}}
"""


def measure_scaling(check: tuple[str, ...], repeat: int) -> Figure:
    """The seconds for each, without the start of Python and the imports."""
    with tempfile.TemporaryDirectory() as folder:
        nothing, once, twice = (_seconds(check, Path(folder), count, repeat) for count in (0, MISTAKES, 2 * MISTAKES))
    ratio = (twice - nothing) / (once - nothing)
    measured = f"{ratio:.1f} times as long ({once:.2f} s, {twice:.2f} s)"
    what = f"`--check` of a file with {2 * MISTAKES:,} broken blocks after one with {MISTAKES:,}"
    return Figure(what, measured, "at most 2.5 times", ratio, 2.5, is_time=False)


def _seconds(check: tuple[str, ...], folder: Path, blocks: int, repeat: int) -> float:
    path = folder / "environments" / "many" / "config.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(_BLOCK.format(number=number) for number in range(blocks)), encoding="utf-8")
    return best_time(check, folder, repeat)
