"""The wall time and the memory of processes."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]

SAMPLE = 0.02
"""Seconds between two looks at the memory of processes."""


class ProcessFailed(Exception):
    """A process failed. The message contains its output."""


def run(arguments: Sequence[str], folder: Path) -> str:
    """Run Python with arguments in a folder, with this checkout on its path. Return what it wrote to stderr.

    Raises ProcessFailed for an exit code other than 0 and 1, which mean that a check found nothing or something.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
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
    """Return the peak memory in bytes of `gym-lsp` with these arguments, its worker processes included.

    What several processes share counts once. On systems other than Linux, there is only one process.
    """
    if sys.platform != "linux":
        return _own_peak(arguments, folder)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "gym_lsp", *arguments]
    peak = 0
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(_share_of_memory, _family(process.pid))))
            time.sleep(SAMPLE)
    if process.returncode not in (0, 1):
        raise ProcessFailed(f"{' '.join(arguments)} ended with exit code {process.returncode}")
    return peak


def _family(process: int) -> Iterator[int]:
    """Yield a process and its children."""
    yield process
    with contextlib.suppress(OSError):
        yield from map(int, Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split())


def _share_of_memory(process: int) -> int:
    """Return the bytes of a process, of shared pages its share; 0 if it has ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _own_peak(arguments: Sequence[str], folder: Path) -> int:
    code = "import resource, sys; from gym_lsp.cli import main; code = main(sys.argv[1:]); "
    code += "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr); sys.exit(code)"
    # The unit of macOS is bytes.
    return int(run(["-c", code, *arguments], folder).splitlines()[-1])
