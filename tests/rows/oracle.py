"""NeMo Gym's own validation of rows as a process that returns its verdicts.

It runs in the environment of `tests/parity/requirements.txt`, on one unpacked `nemo-gym` wheel. Nothing of gym-lsp is
imported here.

    python oracle.py RELEASE_ROOT

Questions and answers are JSON lines on standard input and output. A question has the folder of a server, relative to
RELEASE_ROOT, and some rows. An answer has a letter for each row: `a` if it is accepted, `e` if it does not match the
schema, `c` if a key has two values, `m` if a key is not where the server reads it, `b` for both of these.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from pathlib import Path
from typing import Any


def main() -> None:
    """Load the release, then answer questions until the input ends."""
    sys.dont_write_bytecode = True  # The release is not ours to write to.
    root = Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(root))
    warnings.simplefilter("ignore")
    task_data: Any = importlib.import_module("nemo_gym.task_data")
    for line in sys.stdin:
        question = json.loads(line)
        adapter = task_data.load_task_data_schema(root / question["folder"])
        rows = question["rows"]
        print("" if adapter is None else "".join(verdict(task_data, adapter, row) for row in rows), flush=True)


def verdict(task_data: Any, adapter: Any, row: Any) -> str:
    """Return the letter of one row."""
    report = task_data.validate_jsonl_rows("server", adapter, "rows.jsonl", [json.dumps(row)])
    if report.error_rows:
        return "e"
    found = bool(report.conflicting_keys), bool(report.misplaced_keys)
    return {(True, True): "b", (True, False): "c", (False, True): "m"}.get(found, "a")


if __name__ == "__main__":
    main()
