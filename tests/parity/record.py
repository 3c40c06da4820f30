"""Ask NeMo Gym's own parser all questions and record its verdicts as data, `data/<release>.jsonl`.

    python tests/parity/record.py --corpus DIR --python PYTHON [--release X]

DIR contains one folder for each release, the unpacked wheel. PYTHON is the interpreter of an environment with
`requirements.txt` installed. The same questions give the same file, byte for byte.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.parity.questions import file_kinds, mistakes, overridden, runs
from tests.parity.recorded import RELEASES, Alone, Broken, Overridden, Recording, Run, Verdict

ORACLE = Path(__file__).resolve().with_name("oracle.py")
PROCESSES = 2

Answer = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """The root configs of a run, the texts that replace files of the release, and the overrides."""

    roots: Sequence[str]
    patched: Mapping[str, str] = field(default_factory=dict[str, str])
    overrides: Sequence[str] = ()

    def to_json(self) -> str:
        return json.dumps({"roots": self.roots, "patched": self.patched, "overrides": self.overrides})


@dataclass(frozen=True)
class Oracle:
    """The parser of one release, ready to be started."""

    python: Path
    root: Path

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """The answers, in the order of the questions; two processes share the work."""
        share = -(-len(questions) // PROCESSES)
        parts = [questions[start : start + share] for start in range(0, len(questions), share)]
        with ThreadPoolExecutor(PROCESSES) as pool:
            return [answer for answers in pool.map(self._ask_one_process, parts) for answer in answers]

    def _ask_one_process(self, questions: Sequence[Question]) -> list[Answer]:
        with tempfile.TemporaryDirectory() as scratch:
            command = [str(self.python), str(ORACLE), str(self.root), scratch]
            sent = "\n".join(question.to_json() for question in questions)
            done = subprocess.run(command, input=sent, capture_output=True, check=False, encoding="utf-8")
        answers: list[Answer] = [json.loads(line) for line in done.stdout.splitlines()]
        if len(answers) != len(questions):
            raise RuntimeError(f"the oracle of {self.root.name} stopped after {len(answers)} answers:\n{done.stderr}")
        return answers


def record(release: str, oracle: Oracle) -> Recording:
    """Ask everything about a release."""
    kinds = file_kinds(oracle.root)
    paths = sorted(kinds)
    answers = oracle.ask([Question([path]) for path in paths])
    alone = [
        Alone(path, kinds[path], Verdict.from_answer(answer, path)) for path, answer in zip(paths, answers, strict=True)
    ]
    verdicts = {asked.path: asked.verdict.name for asked in alone}
    combined = runs(release, kinds, verdicts)
    answers = oracle.ask([Question(roots) for roots in combined])
    together = [
        Run(tuple(roots), Verdict.from_answer(answer, "")) for roots, answer in zip(combined, answers, strict=True)
    ]
    made = list(mistakes(release, oracle.root, kinds, verdicts))
    answers = oracle.ask([Question([mistake.path], {mistake.path: mistake.text}) for mistake in made])
    broken = [
        Broken(
            mistake.kind.name,
            mistake.kind.row,
            mistake.path,
            mistake.edit,
            verdicts[mistake.path],
            Verdict.from_answer(answer, mistake.path),
        )
        for mistake, answer in zip(made, answers, strict=True)
    ]
    working = [list(run.roots) for run in together if run.verdict.ok]
    typed = overridden(release, oracle.root, kinds, verdicts, working)
    answers = oracle.ask([Question(roots, overrides=overrides) for roots, overrides in typed])
    with_overrides = [
        Overridden(tuple(roots), tuple(overrides), Verdict.from_answer(answer, ""))
        for (roots, overrides), answer in zip(typed, answers, strict=True)
    ]
    return Recording(release, alone, together, broken, with_overrides)


def summary(recording: Recording) -> Iterable[str]:
    """Return the number of each verdict, for each set and each kind of mistake."""
    sets = {"alone": recording.alone, "runs": recording.runs, "mistakes": recording.mistakes}
    for name, asked in (sets | {"overridden": recording.overridden}).items():
        yield f"  {name}, {len(asked)}: {_counted(one.verdict for one in asked)}"
    for kind in dict.fromkeys(broken.kind for broken in recording.mistakes):
        yield f"    {kind}: {_counted(broken.verdict for broken in recording.mistakes if broken.kind == kind)}"


def _counted(verdicts: Iterable[Verdict]) -> str:
    counts = Counter(verdict.raised for verdict in verdicts)
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())


def main() -> None:
    parser = argparse.ArgumentParser(description="Record the verdicts of NeMo Gym's own parser.")
    parser.add_argument("--corpus", type=Path, required=True, help="folder with one unpacked wheel for each release")
    parser.add_argument("--python", type=Path, required=True, help="interpreter that has requirements.txt installed")
    parser.add_argument("--release", action="append", help="only this release (may be repeated)")
    arguments = parser.parse_args()
    for release in arguments.release or RELEASES:
        recording = record(release, Oracle(arguments.python, arguments.corpus.resolve() / release))
        path = recording.write()
        print(f"{path.name}, {path.stat().st_size / 1e6:.2f} MB", *summary(recording), sep="\n")


if __name__ == "__main__":
    main()
