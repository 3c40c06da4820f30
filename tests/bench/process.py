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
    """A process ended as it should not have; the message holds what it said."""


def run(arguments: Sequence[str], folder: Path) -> str:
    """Run Python with arguments in a folder, this checkout on its path; gives what it wrote to stderr.

    Raises ProcessFailed for an exit code other than 0 and 1, which say that it found nothing or something.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    # An installed gym-lsp has its bytecode; compiling it anew each time is nothing that a user waits for.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
    )
    if done.returncode not in (0, 1):
        raise ProcessFailed(f"{' '.join(arguments)} ended with exit code {done.returncode}:\n{done.stderr}")
    return done.stderr


def best_time(arguments: Sequence[str], folder: Path, repeat: int) -> float:
    """Seconds from start to end of the quickest of `repeat` runs, after one that warms the caches up."""
    run(arguments, folder)
    return min(_time(arguments, folder) for _ in range(repeat))


def _time(arguments: Sequence[str], folder: Path) -> float:
    began = perf_counter()
    run(arguments, folder)
    return perf_counter() - began


def peak_memory(arguments: Sequence[str], folder: Path) -> int:
    """Bytes of memory that `gym-lsp` with these arguments held at its peak, with the processes that help it."""
    peak = int(run(["-c", _PEAK, *arguments], folder).splitlines()[-1])
    # Linux counts kilobytes here, macOS bytes.
    return peak if sys.platform == "darwin" else peak * 1024
