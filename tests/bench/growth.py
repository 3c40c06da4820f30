"""How a check grows with the tree: renamed copies of NeMo Gym's components, and trees of unusual shapes."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path, PurePath

from gym_lsp.files import Disk
from gym_lsp.server.polling import ROUND, SHARE
from gym_lsp.workspace.polling import Poller
from tests.bench.figure import Figure
from tests.bench.process import cpu_time, peak_memory
from tests.bench.serving import costs_of_changes
from tests.bench.trees import KINDS, replicas

CONFIGS = 10_000
MEGABYTE = 1_000_000
_GOALS = {"wide": (6.0, 400), "deep": (6.0, 150), "one": (6.0, 400), "monorepo": (3.0, 150)}
"""Seconds of a processor, and megabytes of all processes together, for each shape of its usual size."""


def measure_growth(check: tuple[str, ...], release: Path, repeat: int, *, full: bool) -> Iterator[Figure]:
    """Measure a check of 10,000 configs, compared with the release itself; with `full`, trees of other shapes, too."""
    usual = cpu_time(check, release, repeat) / _count(release)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "replicas"
        replicas(tree, CONFIGS)
        seconds = cpu_time(check, tree, 1)
        ratio = seconds / _count(tree) / usual
        measured = f"{seconds:.1f} s of a processor, {ratio:.2f} times as long for each file as in the release"
        yield Figure(
            f"`--check` of {CONFIGS:,} files, copies of the release",
            measured,
            "at most 1.2 times",
            ratio,
            1.2,
            is_time=False,
        )
        yield _memory(f"memory for {CONFIGS:,} files", tree, 400)
        few, many = costs_of_changes(release, may_write=False), costs_of_changes(tree, may_write=True)
        measured = f"{many.comment:.2f} s of a processor ({few.comment:.2f} s for the release itself)"
        what = f"a comment in one of {CONFIGS:,} files, until all are checked"
        yield Figure(what, measured, "at most 0.3 s", many.comment, 0.3)
        if many.created is not None:
            what = f"a new environment among {CONFIGS:,} files, until all are checked"
            yield Figure(what, f"{many.created:.2f} s of a processor", "at most 0.3 s", many.created, 0.3)
        what = f"resident memory of the server for {CONFIGS:,} files"
        yield Figure(what, f"{many.memory:.0f} MB", "below 400 MB", many.memory, 400, is_time=False)
        yield _round(tree)
    for kind, (most_seconds, most_memory) in _GOALS.items() if full else ():
        make, size = KINDS[kind]
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder) / kind
            make(tree, size)
            what = f"`--check` of the tree `{kind}` ({size:,})"
            seconds = cpu_time(check, tree, 1)
            yield Figure(what, f"{seconds:.1f} s of a processor", f"at most {most_seconds} s", seconds, most_seconds)
            yield _memory(f"memory for the tree `{kind}`", tree, most_memory)


def _round(tree: Path) -> Figure:
    """Measure a poll of all files, and how often the server may do it."""
    poller = Poller(Disk(), (PurePath(tree),))
    poller.changes()
    before = time.thread_time()
    poller.changes()
    taken = time.thread_time() - before
    seconds = max(ROUND, taken / SHARE)
    what = f"time until an edit in one of {CONFIGS:,} files is noticed if the editor does not watch files"
    measured = (
        f"up to {seconds:.0f} s with {SHARE:.2%} of a processor ({poller.size:,} places in {taken * 1000:.0f} ms)"
    )
    return Figure(what, measured, "at most 5 s", seconds, 5)


def _memory(what: str, tree: Path, most: int) -> Figure:
    memory = peak_memory(["--check", "--quiet"], tree) / MEGABYTE
    return Figure(what, f"{memory:.0f} MB", f"below {most} MB", memory, most, is_time=False)


def _count(tree: Path) -> int:
    return sum(1 for _ in tree.rglob("*.yaml"))
