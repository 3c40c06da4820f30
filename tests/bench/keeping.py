"""A second check with a cache, and the start of a server after another one: what is kept saves most of the work."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest

from tests.bench.client import LIMIT, Times, measured
from tests.bench.figure import Figure
from tests.bench.process import cpu_time
from tests.bench.serving import NOTHING, OURS, is_ready, started

EDITED = "environments/blackjack/config.yaml"


def measure_keeping(check: tuple[str, ...], release: Path, repeat: int) -> Iterator[Figure]:
    """Measure both on a copy of a release, because a file of it is edited."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        tree, cache = Path(folder) / "tree", Path(folder) / "cache"
        shutil.copytree(release, tree)
        patch.setenv("XDG_CACHE_HOME", str(cache))
        yield from _checks(check, tree, cache, repeat)
        yield _server(tree, repeat)


def _checks(check: tuple[str, ...], tree: Path, cache: Path, repeat: int) -> Iterator[Figure]:
    whole = cpu_time(check, tree, repeat)
    kept = (*check, "--cache", str(cache))
    same = cpu_time(kept, tree, repeat)
    yield _part("`--check --cache` if nothing has changed", same, whole, 8)
    changed: list[float] = []
    for _ in range(repeat):
        with open(tree / EDITED, "a", encoding="utf-8") as file:
            file.write("# a comment\n")
        changed.append(cpu_time(kept, tree, 1, warm=False))
    yield _part("`--check --cache` if a config has changed", min(changed), whole, 4)


def _part(what: str, seconds: float, whole: float, part: int) -> Figure:
    measured = f"{seconds:.2f} s of a processor, 1/{whole / seconds:.1f} of a check without a cache ({whole:.2f} s)"
    return Figure(what, measured, f"at most 1/{part}", seconds / whole, 1 / part, is_time=False)


def _server(tree: Path, repeat: int) -> Figure:
    with measured(OURS, tree) as server:
        server.initialize({"statusNotification": True})
        server.client.wait_for(is_ready, LIMIT)
        expected = len(server.published())
        end = time.monotonic() + LIMIT
        folder = Path(os.environ["XDG_CACHE_HOME"], "gym-lsp")
        while not any(folder.glob("*.gym-lsp-cache")):
            assert time.monotonic() < end, "the server has kept nothing"
            time.sleep(0.1)
    taken: list[float] = []
    nothing: list[float] = []
    for _ in range(repeat):
        nothing.append(started(NOTHING, tree))
        began = perf_counter()
        with measured(OURS, tree) as server:
            server.initialize({"statusNotification": True})
            while len(server.published()) < expected:
                assert perf_counter() - began < LIMIT
                time.sleep(0.002)
            taken.append(perf_counter() - began)
    all_found, empty = Times(tuple(taken)), Times(tuple(nothing))
    limit = 1.3 * empty.p50 + 0.3
    figures = f"{all_found} ({expected} files with findings; a do-nothing server has started after {empty})"
    what = "start of the server to the findings in all files, if another one has kept its answers"
    return Figure(what, figures, "at most 1.3 times a do-nothing server plus 0.3 s", all_found.p50, limit)
