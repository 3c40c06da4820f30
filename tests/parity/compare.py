"""Compare gym-lsp's answers with the recorded verdicts of NeMo Gym's own parser, and print the table.

    python tests/parity/compare.py --corpus DIR [--release X] [--show N] [--markdown PAGE]

DIR contains one folder for each release, the unpacked wheel. The parser itself is not needed. `judge` defines what
counts as agreement.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from gym_lsp.dev.slot import fill
from tests.parity.answers import Finding, ask
from tests.parity.recorded import DATA, RELEASES, Alone, Broken, Overridden, Recording, Run, Verdict, load

SETS = ("alone", "runs", "mistakes", "overridden")
EXPLAINED = DATA / "explained.json"

Ask = Callable[[Path, Sequence[str], Mapping[str, str], Sequence[str]], list[Finding]]
Asked = Alone | Run | Broken | Overridden


@dataclass(frozen=True)
class Outcome:
    """The result of one question."""

    release: str
    set: str
    kind: str
    """The kind of mistake; empty in the other sets."""
    what: str
    """The root configs, or the broken file; and the overrides."""
    line: int
    start: int
    expected: str
    got: str
    agrees: bool
    misplaced: bool
    """The class is right, but the place is not that of the mistake."""
    own_errors: int
    """Errors of ours that do not predict an error of the parser."""


def judge(verdict: Verdict, findings: Iterable[Finding], broken: Broken | None) -> tuple[bool, bool]:
    """Return whether the findings agree with the verdict, and whether only the place is wrong.

    - The parser accepts the run: no error of ours may predict an exception.
    - It raises a `ConfigError`: an error of ours names that class.
    - It passes on an interpolation error of OmegaConf (0.4.0): an error of ours names one of these.
    - It fails with another exception: any error of ours is accepted.
    - In a config with a mistake, the error must be on a line at which the mistake can be reported. The exception is a
      parser that reports the same for the config without the mistake, and so does not reach the mistake.
    """
    errors = [finding for finding in findings if finding.severity == "error"]
    if verdict.ok:
        return not any(error.gym_error for error in errors), False
    fitting = [error for error in errors if _fits(verdict, error.gym_error)]
    if not broken or broken.unbroken == verdict.name:
        return bool(fitting), False
    lines = accepted_lines(broken)
    placed = any(_is_at(error, broken, lines) for error in fitting)
    if fitting and not placed and _is_reported_first(verdict):
        # The parser reports these before it reaches the blocks, or while it prints the flaws of one, wherever they
        # are. Then the mistake has an error of its own, and the other place has one, too.
        placed = any(_is_at(error, broken, lines) for error in errors)
    return placed, bool(fitting) and not placed


def _is_reported_first(verdict: Verdict) -> bool:
    return "Interpolation" in verdict.name or verdict.name == "ConfigMissingValuesError"


def _is_at(error: Finding, broken: Broken, lines: frozenset[int]) -> bool:
    return any(spot.touches(broken.path, lines) for spot in error.spots)


def _fits(verdict: Verdict, gym_error: str | None) -> bool:
    if verdict.raw and verdict.name.startswith("Interpolation"):
        return gym_error is not None and gym_error.startswith("Interpolation")
    return verdict.raw or gym_error == verdict.name


def accepted_lines(broken: Broken) -> frozenset[int]:
    """Return the lines at which a mistake can be reported: its own, those it concerns, and that of the YAML error."""
    stumbled = {int(name.partition(":")[0]) for name in broken.verdict.names if _is_place(name)}
    return frozenset(
        {broken.edit.line, *broken.edit.also} | (stumbled if broken.verdict.name == "ConfigError" else set())
    )


def _is_place(name: str) -> bool:
    line, colon, column = name.partition(":")
    return bool(colon) and line.isdecimal() and column.isdecimal()


def compare_one(release: str, root: Path, ask: Ask, asked: Asked) -> Outcome:
    """Return gym-lsp's findings for one of the recorded questions."""
    broken = asked if isinstance(asked, Broken) else None
    roots = asked.roots if isinstance(asked, Run | Overridden) else (asked.path,)
    overrides = asked.overrides if isinstance(asked, Overridden) else ()
    findings = ask(root, roots, {broken.path: broken.text(root)} if broken else {}, overrides)
    agrees, misplaced = judge(asked.verdict, findings, broken)
    errors = [finding for finding in findings if finding.severity == "error"]
    return Outcome(
        release,
        _set_of(asked),
        broken.kind if broken else "",
        " ".join((*roots, *overrides)),
        broken.edit.line if broken else 0,
        broken.edit.start if broken else 0,
        asked.verdict.name,
        _shown(errors),
        agrees,
        misplaced,
        sum(not error.gym_error for error in errors),
    )


def _set_of(asked: Asked) -> str:
    match asked:
        case Alone():
            return "alone"
        case Run():
            return "runs"
        case Broken():
            return "mistakes"
        case Overridden():
            return "overridden"


def _shown(errors: Iterable[Finding]) -> str:
    shown = {f"{error.gym_error or error.rule} at {error.spot.path}:{error.spot.line_start}": None for error in errors}
    return "; ".join(shown) or "nothing"


def table(outcomes: Sequence[Outcome], explained: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Return the table of all releases and sets, as Markdown."""
    yield "| release | set | questions | agree | disagree | agreement | right class, other line | explained |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for release in dict.fromkeys(outcome.release for outcome in outcomes):
        for name in SETS:
            asked = [outcome for outcome in outcomes if outcome.release == release and outcome.set == name]
            if asked:
                yield _table_row(f"{release} | {name}", asked, explained)
    yield ""
    content = [outcome for outcome in outcomes if outcome.expected == "ok"]
    own = sum(outcome.own_errors > 0 for outcome in content)
    yield f"In {own} of the {len(content)} questions that the parser accepts, gym-lsp reports an error of its own."


def _table_row(label: str, asked: Sequence[Outcome], explained: Sequence[Mapping[str, Any]]) -> str:
    wrong = [outcome for outcome in asked if not outcome.agrees]
    share = 100 * (len(asked) - len(wrong)) / len(asked)
    elsewhere = sum(outcome.misplaced for outcome in wrong)
    known = sum(explanation(outcome, explained) is not None for outcome in wrong)
    return (
        f"| {label} | {len(asked)} | {len(asked) - len(wrong)} | {len(wrong)} | {share:.2f} % | {elsewhere} | {known} |"
    )


def load_explained() -> list[dict[str, Any]]:
    """Return the reviewed disagreements, each with its reason."""
    return json.loads(EXPLAINED.read_text("utf-8")) if EXPLAINED.exists() else []


def explanation(outcome: Outcome, explained: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the reviewed reason of a disagreement. All keys of an entry, except its reason, have to match."""
    for entry in explained:
        if all(getattr(outcome, key) == value for key, value in entry.items() if key != "reason"):
            return entry["reason"]
    return None


def by_kind(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Return the kinds of mistakes on which gym-lsp and the parser disagree, most frequent first, as Markdown."""
    asked = Counter(outcome.kind for outcome in outcomes if outcome.kind)
    wrong = Counter(outcome.kind for outcome in outcomes if outcome.kind and not outcome.agrees)
    yield "| kind of mistake | questions | disagree |"
    yield "| --- | ---: | ---: |"
    for kind, count in wrong.most_common():
        yield f"| {kind} | {asked[kind]} | {count} |"


def disagreements(outcomes: Sequence[Outcome], most: int) -> Iterator[str]:
    """Return the first disagreements, one on each line."""
    for outcome in [outcome for outcome in outcomes if not outcome.agrees][:most]:
        place = f":{outcome.line}" if outcome.line else ""
        kind = f" [{outcome.kind}]" if outcome.kind else ""
        where = f"{outcome.release} {outcome.what}{place}"
        elsewhere = " (elsewhere)" if outcome.misplaced else ""
        yield f"{where}{kind}: expected {outcome.expected}, got {outcome.got}{elsewhere}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare gym-lsp with the recorded verdicts of NeMo Gym's parser.")
    parser.add_argument("--corpus", type=Path, required=True, help="the folder with an unpacked wheel for each release")
    parser.add_argument("--release", action="append", help="only this release (may be repeated)")
    parser.add_argument("--set", action="append", choices=SETS, help="only this set (may be repeated)")
    parser.add_argument("--kind", action="append", help="only this kind of mistake (may be repeated)")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="list the first N disagreements")
    parser.add_argument("--markdown", type=Path, metavar="PAGE", help="also write the table into its slot of this page")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for release in arguments.release or RELEASES:
            one = partial(compare_one, release, arguments.corpus.resolve() / release, ask)
            asked = list(_chosen(load(release), arguments.set or SETS, arguments.kind))
            outcomes += pool.map(one, asked, chunksize=50)
    lines = [*table(outcomes, load_explained()), "", *by_kind(outcomes)]
    print(*lines, "", *disagreements(outcomes, arguments.show), sep="\n")
    if arguments.markdown:
        fill(arguments.markdown, "parity", "\n".join(lines))


def _chosen(recording: Recording, sets: Iterable[str], kinds: Sequence[str] | None) -> Iterator[Asked]:
    if kinds:
        yield from (broken for broken in recording.mistakes if broken.kind in kinds)
        return
    for name in sets:
        yield from getattr(recording, name)


if __name__ == "__main__":
    main()
