"""The time that NeMo Gym's own parser takes, in a process that has imported it already.

It runs in the environment that `tests/parity/record.py` uses, and is asked through the same oracle.
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
    """Seconds for one run of each config, the imports and one run before them left out. Raises ProcessFailed."""
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
