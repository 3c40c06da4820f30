"""The time of NeMo Gym's own parser, in a process that has already imported it.

It runs in the environment of `tests/parity/record.py`, through the same oracle.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import IO

from tests.bench.process import ROOT, ProcessFailed

ORACLE = ROOT / "tests" / "parity" / "oracle.py"
HOW_TO_MAKE_IT = "NeMo Gym's parser needs a separate environment: `make .venv-gym/.installed` creates it"


def measure_parser(python: Path, release: Path, configs: Sequence[str]) -> float:
    """Return the seconds for one run of each config, without the imports and a first run. Raises ProcessFailed."""
    with tempfile.TemporaryDirectory() as scratch:
        process = subprocess.Popen(
            [str(python), str(ORACLE), str(release), scratch],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        assert process.stdin and process.stdout and process.stderr
        try:
            _ask(process.stdin, process.stdout, configs[0])
            began = perf_counter()
            for config in configs:
                _ask(process.stdin, process.stdout, config)
            return perf_counter() - began
        except (BrokenPipeError, EOFError):
            process.kill()
            raise ProcessFailed(f"the oracle ended early:\n{process.stderr.read()}") from None
        finally:
            process.communicate()


def _ask(questions: IO[str], answers: IO[str], config: str) -> None:
    questions.write(json.dumps({"roots": [config]}) + "\n")
    questions.flush()
    if not answers.readline():
        raise EOFError
