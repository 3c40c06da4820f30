"""Has NeMo Gym's own functions answer `questions.py` and records the answers as data.

    PYTHON tests/gym/record_functions.py RELEASE_ROOT

RELEASE_ROOT is the unpacked wheel of NeMo Gym 0.4.0, PYTHON an interpreter in whose environment its parser runs
(tests/parity/requirements.txt). Writes `data/functions.jsonl`, one question with its answer a line, and
`data/shapes.json`, the classes with their bases and fields. To be run anew when a question is added.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(release_root: str) -> None:
    sys.path[:0] = [release_root, str(HERE)]
    answers = importlib.import_module("answers")
    questions = importlib.import_module("questions")
    config_types = importlib.import_module("nemo_gym.config_types")
    asked = answers.Answers(config_types, importlib.import_module("nemo_gym.sandbox.config"))
    with open(HERE / "data" / "functions.jsonl", "w", encoding="utf-8") as file:
        for ask, arguments in questions.questions():
            row = {"ask": ask, "arguments": arguments, "answer": asked.answer(ask, arguments)}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    with open(HERE / "data" / "shapes.json", "w", encoding="utf-8") as file:
        json.dump(answers.shapes(config_types), file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
