"""Compare gym-lsp's answers with what was recorded about recipes, and print the table.

    python -m tests.parity.recipes.compare --corpus DIR [--release X] [--kind K] [--show N]

DIR contains one folder for each release, the unpacked wheel. NeMo RL's code is not needed, only its YAML: see `tree`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

from tests.parity.answers import Finding
from tests.parity.recipes.answers import Composed, ask, is_recipe, workspace_of
from tests.parity.recipes.questions import VARIABLES
from tests.parity.recipes.recorded import RELEASES, Answer, Broken, Overridden, Recording, Whole, load
from tests.parity.recipes.tree import MISSING, OTHER, digest_of_tree, find_recipes, yaml_texts

INTERPOLATION = ("Interpolation", "ConfigInterpolationError", "UnsupportedInterpolationType")
"""The errors of interpolations. NeMo Gym translates OmegaConf's into one of its own, NeMo RL does not."""

UNSET = "unset-variable"
"""The rule that reports unset variables. In a recipe it is information, because the launch scripts set them."""


@dataclass(frozen=True)
class Outcome:
    """The result of one question."""

    release: str
    set: str
    """`recipes`, `without variables`, `mistakes` or `overridden`."""
    kind: str
    what: str
    """The recipe, and the edited file with its line if that is another one."""
    insert: str
    expected: str
    got: str
    agrees: bool
    """Whether gym-lsp reports an error where the recipe fails, and only there."""
    left_open: bool
    """Whether it does not agree, and gives the reason as information: a variable that may be set elsewhere."""
    same_class: bool
    """Whether one of its errors is of the same class, too."""
    placed: bool
    """Whether one of its errors is at the mistake, too."""
    same_embedded: bool
    """Whether the resolved `env.nemo_gym` is the same, if NeMo RL came that far."""
    same_composed: bool
    """Whether the composed configuration is the same, if NeMo Gym accepted it."""


def judge(answer: Answer, composed: Composed) -> tuple[bool, bool]:
    """Return whether the findings agree with the verdict, and whether the class of an error is the same.

    - The recipe is accepted: no error of ours may predict an exception.
    - It fails with an error of NeMo Gym, or with an interpolation: an error of ours predicts that class, or for
      interpolations one of these.
    - It fails with another exception, such as that of a YAML parser: any error of ours is accepted.
    """
    errors = [finding for finding in composed.findings if finding.severity == "error"]
    verdict = answer.verdict
    if verdict.ok:
        fine = not any(error.gym_error for error in errors)
        return fine, fine
    same = any(error.gym_error == verdict.name for error in errors)
    if verdict.name.startswith(INTERPOLATION):
        return any((error.gym_error or "").startswith(INTERPOLATION) for error in errors), same
    return same or (verdict.raw and bool(errors)), same


def compare_whole(corpus: Path, recipes: Path, release: str, recipe: Whole) -> Outcome:
    """Return what gym-lsp makes of a recipe as it is."""
    workspace = workspace_of(recipes, corpus / release, VARIABLES)
    return _outcome(release, "recipes", recipe.answers[release], ask(workspace, recipe.path), recipe.path)


def compare_bare(corpus: Path, recipes: Path, recipe: Whole) -> Outcome:
    """Return what gym-lsp makes of a recipe in an empty environment."""
    release = RELEASES[-1]
    composed = ask(workspace_of(recipes, corpus / release, ()), recipe.path)
    return _outcome(release, "without variables", recipe.without_variables, composed, recipe.path)


def compare_broken(corpus: Path, recipes: Path, broken: Broken) -> Outcome:
    """Return what gym-lsp makes of a recipe with a mistake."""
    workspace = workspace_of(recipes, corpus / broken.release, VARIABLES)
    text = _texts(recipes)[broken.path]
    composed = ask(workspace, broken.recipe, {broken.path: broken.edit.apply(text)})
    what = broken.recipe if broken.recipe == broken.path else f"{broken.recipe} < {broken.path}"
    return _outcome(
        broken.release, "mistakes", broken.answer, composed, f"{what}:{broken.edit.line}", broken, workspace.root
    )


def compare_overridden(corpus: Path, recipes: Path, typed: Overridden) -> Outcome:
    """Return what gym-lsp makes of a recipe with overrides."""
    workspace = workspace_of(recipes, corpus / typed.release, VARIABLES)
    what = " ".join((typed.recipe, *typed.overrides))
    composed = ask(workspace, typed.recipe, overrides=typed.overrides)
    return _outcome(typed.release, "overridden", typed.answer, composed, what)


@lru_cache(maxsize=1)
def _texts(recipes: Path) -> Mapping[str, str]:
    return yaml_texts(recipes)


def _outcome(
    release: str,
    name: str,
    answer: Answer,
    composed: Composed,
    what: str,
    broken: Broken | None = None,
    root: os.PathLike[str] | None = None,
) -> Outcome:
    agrees, same_class = judge(answer, composed)
    may_fail = (found for found in composed.findings if found.severity == "information")
    left_open = not agrees and answer.stage == "resolve" and any(found.rule == UNSET for found in may_fail)
    errors = [finding for finding in composed.findings if finding.severity == "error"]
    lines = {broken.edit.line, *broken.edit.also} if broken else set[int]()
    stumbled = {int(each.partition(":")[0]) for each in answer.verdict.names if each.replace(":", "").isdecimal()}
    accepted = frozenset(lines | stumbled)
    placed = broken is None or any(spot.touches(broken.path, accepted) for error in errors for spot in error.spots)
    expected = answer.verdict.name if answer.stage == "gym" else f"{answer.stage}/{answer.verdict.name}"
    return Outcome(
        release,
        name,
        broken.kind if broken else "",
        what,
        broken.edit.insert if broken else "",
        expected,
        _shown(errors),
        agrees,
        left_open,
        same_class,
        answer.verdict.ok or placed,
        answer.embedded in (None, composed.embedded),
        answer.composed in (None, composed.composed),
    )


def _shown(errors: Iterable[Finding]) -> str:
    shown = {f"{error.gym_error or error.rule} at {error.spot.path}:{error.spot.line_start}": None for error in errors}
    return "; ".join(shown) or "nothing"


def other_roles(corpus: Path, recipes: Path, recording: Recording) -> Iterator[str]:
    """Return the files that only one side takes for a recipe."""
    workspace = workspace_of(recipes, corpus / RELEASES[-1], VARIABLES)
    for file in recording.files:
        if is_recipe(workspace, file.path) != file.is_recipe:
            yield f"{file.path}: recorded as {file.role}"


def table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Return the table of all releases and sets, as Markdown."""
    columns = ("questions", "agree", "left open", "same class", "at the mistake", "same mapping", "same configuration")
    yield f"| release | set | {' | '.join(columns)} |"
    yield f"| --- | --- |{' ---: |' * len(columns)}"
    for release, name in dict.fromkeys((outcome.release, outcome.set) for outcome in outcomes):
        asked = [outcome for outcome in outcomes if (outcome.release, outcome.set) == (release, name)]
        counts = (
            sum(getattr(outcome, column) for outcome in asked)
            for column in ("agrees", "left_open", "same_class", "placed", "same_embedded", "same_composed")
        )
        yield f"| {release} | {name} | {len(asked)} | {' | '.join(map(str, counts))} |"


def by_kind(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Return the kinds of mistakes with disagreements, as Markdown."""
    asked = Counter(outcome.kind for outcome in outcomes if outcome.kind)
    wrong = Counter(outcome.kind for outcome in outcomes if outcome.kind and not (outcome.agrees or outcome.left_open))
    values = Counter(
        outcome.kind for outcome in outcomes if outcome.kind and not (outcome.same_embedded and outcome.same_composed)
    )
    yield "| kind of mistake | questions | disagree | other values |"
    yield "| --- | ---: | ---: | ---: |"
    for kind in sorted({*wrong, *values}, key=lambda name: (-wrong[name], -values[name])):
        yield f"| {kind} | {asked[kind]} | {wrong[kind]} | {values[kind]} |"


def disagreements(outcomes: Iterable[Outcome], column: str, most: int) -> Iterator[str]:
    """Return the first disagreements, one on each line."""
    wrong = (outcome for outcome in outcomes if not (getattr(outcome, column) or outcome.left_open))
    for outcome in islice(wrong, most):
        kind = f" [{outcome.kind}] {outcome.insert!r}" if outcome.kind else ""
        yield f"{outcome.release} {outcome.what}{kind}: expected {outcome.expected}, got {outcome.got}"


def compare(
    corpus: Path, recipes: Path, recording: Recording, releases: Sequence[str], kinds: Sequence[str], jobs: int
) -> list[Outcome]:
    """Return the results of all questions, or of those about `releases` and `kinds`."""
    mistakes = [
        broken for broken in recording.mistakes if broken.release in releases and (not kinds or broken.kind in kinds)
    ]
    whole = [] if kinds else list(recording.recipes)
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(jobs) as pool:
        for release in releases:
            outcomes += pool.map(partial(compare_whole, corpus, recipes, release), whole, chunksize=23)
            here = [broken for broken in mistakes if broken.release == release]
            outcomes += pool.map(partial(compare_broken, corpus, recipes), here, chunksize=40)
            typed = [] if kinds else [each for each in recording.overridden if each.release == release]
            outcomes += pool.map(partial(compare_overridden, corpus, recipes), typed, chunksize=25)
        outcomes += pool.map(partial(compare_bare, corpus, recipes), whole, chunksize=23)
    return outcomes


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare gym-lsp with what was recorded about training recipes.")
    parser.add_argument("--corpus", type=Path, required=True, help="the folder with an unpacked wheel for each release")
    parser.add_argument("--release", action="append", help="only this release (may be repeated)")
    parser.add_argument("--kind", action="append", help="only this kind of mistake (may be repeated)")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="list the first N disagreements of each sort")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    recipes, recording = find_recipes(), load()
    if recipes is None:
        print(MISSING, file=sys.stderr)
        return 2
    if digest_of_tree(yaml_texts(recipes)) != recording.tree:
        print(OTHER, file=sys.stderr)
        return 2
    corpus = arguments.corpus.resolve()
    outcomes = compare(corpus, recipes, recording, arguments.release or RELEASES, arguments.kind or (), arguments.jobs)
    print(*table(outcomes), "", *by_kind(outcomes), sep="\n")
    for column in ("agrees", "placed", "same_embedded", "same_composed"):
        print("", column, *disagreements(outcomes, column, arguments.show), sep="\n")
    print("", *other_roles(corpus, recipes, recording), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
