"""Records the answers of NeMo Gym's own functions to `questions.py`.

    PYTHON tests/gym/record_functions.py RELEASE_ROOT

RELEASE_ROOT is the unpacked wheel of NeMo Gym 0.4.0, PYTHON an interpreter in whose environment its parser runs
(tests/parity/requirements.txt). Writes `data/functions.jsonl`, one question with its answer a line, and
`data/shapes.json`, the classes with their bases and fields. Run it again after adding a question.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.gym.answers import Answers, shapes
from tests.gym.questions import questions
from tests.parity.oracle import load

DATA = Path(__file__).resolve().parent / "data"


def main(release_root: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        config_types = load(Path(release_root), Path(scratch)).config_types
        answers = Answers(config_types, importlib.import_module("nemo_gym.sandbox.config"))
        rows = [
            {"ask": ask, "arguments": arguments, "answer": answers.answer(ask, arguments)}
            for ask, arguments in questions()
        ]
        os.chdir(DATA)
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    (DATA / "functions.jsonl").write_text("".join(lines), encoding="utf-8")
    (DATA / "shapes.json").write_text(
        json.dumps(shapes(config_types), indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
