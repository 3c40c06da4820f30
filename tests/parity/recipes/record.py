"""Ask NeMo RL's loader and NeMo Gym's parser about all recipes, and record the results in `data/recipes.jsonl`.

    python -m tests.parity.recipes.record --nemo-rl DIR --corpus DIR --python PYTHON [--recipes DIR]

`--nemo-rl` is a checkout of NeMo RL at the recorded commit, for its code. `--recipes` is the folder with its YAML, by
default that of `tree.recipes_folder`, else that of the checkout. `--corpus` contains one folder for each release, the
unpacked wheel. PYTHON is the interpreter of an environment with `tests/parity/requirements.txt`. The same input gives
the same file, byte for byte.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.parity.recipes.questions import INCLUDED_FROM, VARIABLES, Tree, mistakes, overridden
from tests.parity.recipes.recorded import DATA, RELEASES, Answer, Broken, File, Overridden, Recording, Whole
from tests.parity.recipes.tree import COMMIT, CONFIG, DEFINITIONS, digest_of_tree, find_recipes, yaml_texts

ORACLE = Path(__file__).resolve().with_name("oracle.py")
PROCESSES = 2

Json = dict[str, Any]


@dataclass(frozen=True)
class Oracle:
    """The loader of NeMo RL and the parser of each release, ready to be started."""

    python: Path
    nemo_rl: Path
    recipes: Path
    corpus: Path

    def ask(self, release: str, questions: Sequence[Json]) -> list[Json]:
        """The answers, in the order of the questions; two processes share the work."""
        parts = [questions[start::PROCESSES] for start in range(PROCESSES)]
        with ThreadPoolExecutor(PROCESSES) as pool:
            answered = list(pool.map(partial(self._ask_one_process, release), parts))
        return [answered[number % PROCESSES][number // PROCESSES] for number in range(len(questions))]

    def _ask_one_process(self, release: str, questions: Sequence[Json]) -> list[Json]:
        with tempfile.TemporaryDirectory() as scratch:
            command = [
                str(part) for part in (self.python, ORACLE, self.corpus / release, self.recipes, self.nemo_rl, scratch)
            ]
            sent = "\n".join(json.dumps(question) for question in questions)
            done = subprocess.run(command, input=sent, capture_output=True, check=False, encoding="utf-8")
        answers: list[Json] = [json.loads(line) for line in done.stdout.splitlines()]
        if len(answers) != len(questions):
            raise RuntimeError(f"the oracle of {release} stopped after {len(answers)} answers:\n{done.stderr}")
        return answers


def question(
    recipe: str,
    variables: Sequence[str] = VARIABLES,
    patched: Mapping[str, str] | None = None,
    overrides: Sequence[str] = (),
) -> Json:
    return {
        "recipe": recipe,
        "variables": list(variables),
        "patched": dict(patched or {}),
        "overrides": list(overrides),
    }


def record(oracle: Oracle) -> Recording:
    """Ask everything."""
    texts = yaml_texts(oracle.recipes)
    asked = [{"recipe_of": path} for path in texts]
    files = [
        File(path, "recipe" if answer["is_recipe"] else answer["why"])
        for path, answer in zip(texts, oracle.ask(RELEASES[-1], asked), strict=True)
    ]
    recipes = [file.path for file in files if file.is_recipe]
    tree = Tree(texts, recipes, oracle.corpus / INCLUDED_FROM)
    made = list(mistakes(tree))
    by_release = {release: oracle.ask(release, [question(path) for path in recipes]) for release in RELEASES}
    without = oracle.ask(RELEASES[-1], [question(path, ()) for path in recipes])
    whole = [
        Whole(
            path,
            {release: Answer.from_oracle(by_release[release][number], path) for release in RELEASES},
            Answer.from_oracle(without[number], path),
        )
        for number, path in enumerate(recipes)
    ]
    typed = list(overridden(tree))
    asked = [question(recipe, overrides=overrides) for recipe, overrides in typed]
    with_overrides = [
        Overridden(recipe, overrides, release, answer)
        for (recipe, overrides), (release, answer) in zip(typed, in_turns(oracle, asked), strict=True)
    ]
    asked = [question(each.recipe, patched={each.path: each.edit.apply(texts[each.path])}) for each in made]
    broken = [
        Broken(each.kind, each.recipe, each.path, each.edit, release, answer)
        for each, (release, answer) in zip(made, in_turns(oracle, asked), strict=True)
    ]
    return Recording(COMMIT, digest_of_tree(texts), files, whole, broken, with_overrides)


def in_turns(oracle: Oracle, asked: Sequence[Json]) -> list[tuple[str, Answer]]:
    """Ask each question under one release, by turns."""
    found: dict[int, tuple[str, Answer]] = {}
    for turn, release in enumerate(RELEASES):
        numbers = range(turn, len(asked), len(RELEASES))
        answers = oracle.ask(release, [asked[number] for number in numbers])
        for number, answer in zip(numbers, answers, strict=True):
            found[number] = release, Answer.from_oracle(answer, "")
    return [found[number] for number in range(len(asked))]


def summary(recording: Recording) -> Iterable[str]:
    """Return the number of each verdict, for each release and each kind of mistake."""
    yield f"files, {len(recording.files)}: {_counted(file.role for file in recording.files)}"
    for release in RELEASES:
        answers = [recipe.answers[release] for recipe in recording.recipes]
        yield f"recipes under {release}, {len(answers)}: {_verdicts(answers)}"
    yield f"recipes without variables: {_verdicts(recipe.without_variables for recipe in recording.recipes)}"
    for release in RELEASES:
        answers = [each.answer for each in recording.mistakes if each.release == release]
        yield f"mistakes under {release}, {len(answers)}: {_verdicts(answers)}"
    for release in RELEASES:
        answers = [each.answer for each in recording.overridden if each.release == release]
        yield f"overrides under {release}, {len(answers)}: {_verdicts(answers)}"
    for kind in dict.fromkeys(each.kind for each in recording.mistakes):
        yield f"  {kind}: {_verdicts(each.answer for each in recording.mistakes if each.kind == kind)}"


def _verdicts(answers: Iterable[Answer]) -> str:
    return _counted(
        answer.verdict.name if answer.stage == "gym" else f"{answer.stage}/{answer.verdict.name}" for answer in answers
    )


def _counted(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in Counter(names).most_common())


def main() -> None:
    parser = argparse.ArgumentParser(description="Record what NeMo RL and NeMo Gym make of training recipes.")
    parser.add_argument("--nemo-rl", type=Path, required=True, help=f"checkout of NeMo RL at commit {COMMIT[:9]}")
    parser.add_argument("--recipes", type=Path, help="folder with the YAML of that commit")
    parser.add_argument("--corpus", type=Path, required=True, help="folder with one unpacked wheel for each release")
    parser.add_argument("--python", type=Path, required=True, help="interpreter that has requirements.txt installed")
    arguments = parser.parse_args()
    missing = [path for path in (CONFIG, *DEFINITIONS) if not (arguments.nemo_rl / path).is_file()]
    if missing:
        parser.error(f"{arguments.nemo_rl} is not a checkout of NeMo RL at commit {COMMIT[:9]}: it has no {missing[0]}")
    started = time.monotonic()
    recipes = arguments.recipes or find_recipes() or arguments.nemo_rl
    oracle = Oracle(arguments.python, arguments.nemo_rl.resolve(), recipes.resolve(), arguments.corpus.resolve())
    recording = record(oracle)
    DATA.parent.mkdir(exist_ok=True)
    DATA.write_text(recording.text(), encoding="utf-8", newline="\n")
    print(f"{DATA.name}, {DATA.stat().st_size / 1e3:.0f} kB, {time.monotonic() - started:.0f} s")
    print(*summary(recording), sep="\n")


if __name__ == "__main__":
    sys.exit(main())
