"""The time to read all configs: our trees compared with the nodes of libyaml's own compose, in one process.

    python -m tests.bench.reading FOLDER REPEAT     prints seconds for each, as JSON

libyaml is called in the fastest way of ruamel.yaml: one C loader for each text, without constructing values.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from tests.bench.process import ROOT, ProcessFailed


class Reading(NamedTuple):
    """The seconds to read `files` texts once, and their number of characters."""

    ours: float
    libyaml: float
    files: int
    characters: int


def measure_reading(folder: Path, repeat: int) -> Reading:
    """Measure in a separate process. Raises ProcessFailed."""
    command = [sys.executable, "-m", "tests.bench.reading", str(folder), str(repeat)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ProcessFailed(done.stderr)
    return Reading(*json.loads(done.stdout))


def _measure(folder: Path, repeat: int) -> Reading:
    from ruamel.yaml.cyaml import CSafeLoader
    from ruamel.yaml.error import YAMLError

    from gym_lsp.files import Disk, walk
    from gym_lsp.syntax import parse

    disk = Disk()
    texts = [disk.read(path) for path in walk(disk, folder, (".yaml", ".yml"))]

    def compose(text: str) -> None:
        try:
            CSafeLoader(text).get_single_node()  # pyright: ignore[reportUnknownMemberType] - it is compiled
        except YAMLError:
            # A broken config is part of the tree. The time until libyaml fails counts.
            return

    # Garbage collection would affect one of them by chance.
    gc.disable()
    ours: list[float] = []
    libyaml: list[float] = []
    for _ in range(repeat):
        libyaml.append(_seconds(compose, texts))
        ours.append(_seconds(parse, texts))
    return Reading(min(ours), min(libyaml), len(texts), sum(map(len, texts)))


def _seconds(read: Callable[[str], object], texts: Sequence[str]) -> float:
    gc.collect()
    began = perf_counter()
    for text in texts:
        read(text)
    return perf_counter() - began


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]), int(sys.argv[2]))))
