"""Record what NeMo Gym's own validation of rows decides, as `data/<release>.json`.

    python -m tests.rows.record --corpus DIR --python PYTHON

PYTHON is the interpreter of the environment that `tests/parity/record.py` uses. The recording has digests of the rows,
and letters for the verdicts: see `oracle.py`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path

from tests.rows.questions import Question, questions
from tests.rows.recorded import RELEASES, path_of

_ORACLE = Path(__file__).with_name("oracle.py")


def main() -> None:
    """Record the verdicts of each release with schemas."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--python", type=Path, required=True)
    arguments = parser.parse_args()
    for release in RELEASES:
        asked = list(questions(arguments.corpus / release))
        answers = ask(arguments.python, arguments.corpus / release, asked)
        recorded = [[each.folder, each.file, each.digest, answer] for each, answer in zip(asked, answers, strict=True)]
        lines = ",\n".join(map(json.dumps, recorded))
        path_of(release).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def ask(python: Path, root: Path, asked: list[Question]) -> list[str]:
    """Return the verdicts on the rows of each question."""
    lines = "".join(json.dumps({"folder": each.folder, "rows": each.rows}) + "\n" for each in asked)
    command = [str(python), str(_ORACLE), str(root)]
    return subprocess.run(command, input=lines, capture_output=True, text=True, check=True).stdout.splitlines()


if __name__ == "__main__":
    main()
