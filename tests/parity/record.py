"""Asks NeMo Gym's own parser all questions and records its verdicts as data, `data/<release>.jsonl`.

    python tests/parity/record.py --corpus DIR --python PYTHON [--release X]

DIR holds one folder for each release, the unpacked wheel. PYTHON is the interpreter of an environment with
`requirements.txt` in it. The same questions give the same file, byte for byte.
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.parity.questions import Mistake, file_kinds, mistakes, runs

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
RELEASES = ("0.4.0", "0.5.1", "0.6.0", "0.7.0")
PROCESSES = 2

Answer = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """The root configs of a run, and the texts that replace files of the release."""

    roots: list[str]
    patched: Mapping[str, str]

    def to_json(self) -> str:
        return json.dumps({"roots": self.roots, "patched": self.patched})


@dataclass(frozen=True)
class Oracle:
    """The parser of one release, ready to be started."""

    python: Path
    root: Path

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """The answers, in the order of the questions; two processes share the work."""
        if not questions:
            return []
        share = -(-len(questions) // PROCESSES)
        parts = [questions[start : start + share] for start in range(0, len(questions), share)]
        with ThreadPoolExecutor(PROCESSES) as pool:
            return [answer for answers in pool.map(self._ask_one_process, parts) for answer in answers]

    def _ask_one_process(self, questions: Sequence[Question]) -> list[Answer]:
        with tempfile.TemporaryDirectory() as scratch:
            command = [str(self.python), str(HERE / "oracle.py"), str(self.root), scratch]
            sent = "\n".join(question.to_json() for question in questions)
            done = subprocess.run(command, input=sent, capture_output=True, check=False, encoding="utf-8")
        answers: list[Answer] = [json.loads(line) for line in done.stdout.splitlines()]
        if len(answers) != len(questions):
            raise RuntimeError(f"the oracle of {self.root.name} stopped after {len(answers)} answers:\n{done.stderr}")
        return answers


def record(release: str, oracle: Oracle) -> list[dict[str, object]]:
    """All rows of a release, in the order of the file."""
    kinds = file_kinds(oracle.root)
    paths = sorted(kinds)
    alone = oracle.ask([Question([path], {}) for path in paths])
    verdicts = {path: str(answer["verdict"]) for path, answer in zip(paths, alone, strict=True)}
    rows: list[dict[str, object]] = [
        {"path": path, "file": kinds[path], **_compact(answer)} for path, answer in zip(paths, alone, strict=True)
    ]
    combined = runs(release, kinds, verdicts)
    answers = oracle.ask([Question(roots, {}) for roots in combined])
    rows += [{"roots": roots, **_compact(answer)} for roots, answer in zip(combined, answers, strict=True)]
    made = list(mistakes(release, oracle.root, kinds, verdicts))
    answers = oracle.ask([Question([mistake.path], {mistake.path: mistake.text}) for mistake in made])
    for mistake, answer in zip(made, answers, strict=True):
        rows.append(_mistake_row(mistake, verdicts[mistake.path], answer))
    return rows


def _mistake_row(mistake: Mistake, unbroken: str, answer: Answer) -> dict[str, object]:
    edit = mistake.edit
    row: dict[str, object] = {"kind": mistake.kind.name, "row": mistake.kind.row, "path": mistake.path}
    row |= {"line": edit.line, "start": edit.start, "end": edit.end, "insert": edit.insert}
    if edit.also:
        row["also"] = list(edit.also)
    if unbroken != "ok":
        row["unbroken"] = unbroken
    return row | _compact(answer)


def _compact(answer: Answer) -> dict[str, object]:
    """The answer without what goes without saying: `raised` where it is the verdict, empty names."""
    row: dict[str, object] = {"verdict": answer["verdict"]}
    if answer["verdict"] == "ok":
        return row
    if answer["raised"] != answer["verdict"]:
        row["raised"] = answer["raised"]
    if not answer["config_error"]:
        row["raw"] = True
    return row | ({"names": answer["names"]} if answer["names"] else {})


def set_of(row: Mapping[str, object]) -> str:
    """Which set of questions a recorded row belongs to: `alone`, `runs` or `mistakes`."""
    return "mistakes" if "kind" in row else "runs" if "roots" in row else "alone"


def write(release: str, rows: Iterable[Mapping[str, object]]) -> Path:
    """Write the rows of a release; returns where."""
    DATA.mkdir(exist_ok=True)
    path = DATA / f"{release}.jsonl"
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description="Record the verdicts of NeMo Gym's own parser.")
    parser.add_argument("--corpus", type=Path, required=True, help="folder with one unpacked wheel for each release")
    parser.add_argument("--python", type=Path, required=True, help="interpreter that has requirements.txt installed")
    parser.add_argument("--release", action="append", help="only this release (may be repeated)")
    arguments = parser.parse_args()
    for release in arguments.release or RELEASES:
        rows = record(release, Oracle(arguments.python, arguments.corpus.resolve() / release))
        path = write(release, rows)
        counts = Counter((set_of(row), row.get("raised", row["verdict"])) for row in rows)
        print(f"{path.name}: {len(rows)} questions, {path.stat().st_size / 1e6:.2f} MB")
        for (name, verdict), count in sorted(counts.items(), key=str):
            print(f"  {name:9} {verdict:32} {count}")


if __name__ == "__main__":
    main()
