"""The wall time and the memory of processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]

_PEAK = """\
import gc, multiprocessing, resource, sys
from gym_lsp.cli import main, processes
gc.disable()
code = main(sys.argv[1:])
helping = multiprocessing.active_children()
for each in helping:
    each.join()
largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + (processes.processors() - 1) * largest, file=sys.stderr)
sys.exit(code)
"""


class ProcessFailed(Exception):
    """A process failed. The message contains its output."""


def run(arguments: Sequence[str], folder: Path) -> str:
    """Run Python with arguments in a folder, with this checkout on its path. Return what it wrote to stderr.

    Raises ProcessFailed for an exit code other than 0 and 1, which mean that a check found nothing or something.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    # An installed gym-lsp has bytecode, so users do not wait until it is compiled.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
    )
    if done.returncode not in (0, 1):
        raise ProcessFailed(f"{' '.join(arguments)} ended with exit code {done.returncode}:\n{done.stderr}")
    return done.stderr


def best_time(arguments: Sequence[str], folder: Path, repeat: int) -> float:
    """Return the seconds of the fastest of `repeat` runs, after one run to warm the caches."""
    run(arguments, folder)
    return min(_time(arguments, folder) for _ in range(repeat))


def _time(arguments: Sequence[str], folder: Path) -> float:
    began = perf_counter()
    run(arguments, folder)
    return perf_counter() - began


def cpu_time(arguments: Sequence[str], folder: Path, repeat: int, *, warm: bool = True) -> float:
    """Return the least seconds of all processors in `repeat` runs, after one run to warm the caches."""
    if warm:
        run(arguments, folder)
    return min(_cpu_time(arguments, folder) for _ in range(repeat))


def _cpu_time(arguments: Sequence[str], folder: Path) -> float:
    before = os.times()
    run(arguments, folder)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def peak_memory(arguments: Sequence[str], folder: Path) -> int:
    """Return the peak memory in bytes of `gym-lsp` with these arguments, including its worker processes."""
    peak = int(run(["-c", _PEAK, *arguments], folder).splitlines()[-1])
    # The unit is kilobytes on Linux and bytes on macOS.
    return peak if sys.platform == "darwin" else peak * 1024
