"""Ask NeMo Gym's own parser about the configs of new components, and record its verdicts as `data/verdicts.json`.

    python -m tests.scaffold.record --corpus DIR --python PYTHON

DIR contains the unpacked releases. PYTHON is the interpreter of an environment with tests/parity/requirements.txt.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.corpus import WHEELS
from tests.parity.record import Oracle, Question
from tests.scaffold.made import CONFIGS, digest, made_alone

DATA = Path(__file__).with_name("data") / "verdicts.json"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--python", type=Path, required=True)
    options = parser.parse_args()
    recorded: dict[str, dict[str, object]] = {}
    for release in WHEELS:
        root = options.corpus / release
        questions: dict[str, Question] = {}
        for case, config in CONFIGS.items():
            with tempfile.TemporaryDirectory() as folder:
                questions[case] = Question([config], made_alone(Path(folder), root, case))
        answers = Oracle(options.python, root).ask(tuple(questions.values()))
        recorded[release] = {
            case: {"texts": digest(question.patched), "verdict": answer["verdict"]}
            for (case, question), answer in zip(questions.items(), answers, strict=True)
        }
    DATA.write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
