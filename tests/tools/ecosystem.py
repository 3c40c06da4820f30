"""What a change of gym-lsp does to real configs: findings, verdicts, time and memory, before and after, as Markdown.

    python -m tests.tools.ecosystem REVISION [--tree DIR]... [--rounds N] [--output FILE]

The version before is a revision of git, the version after is the working tree. Both check the four NeMo Gym releases of
`make corpus`, the training recipes of NeMo RL if they are there, and any further tree. The exit code is 1 only if the
version after cannot check something that the version before can.
"""

from __future__ import annotations

import argparse
import compileall
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.corpus import find_corpus
from tests.parity.recipes.tree import find_recipes
from tests.parity.recorded import RELEASES

REPOSITORY = Path(__file__).parents[2]
LISTED = 40
"""The findings of one kind that are listed one by one."""
_ORDER = ("error", "warning", "information", "hint")
LARGEST = 1.1
"""From this ratio on, more time or memory is marked."""
_CHOSEN = ("VIRTUAL_ENV", "CONDA_PREFIX", "NEMO_GYM_EXTRA_ROOTS", "PYTHONPATH")
"""Variables of a user that would change the result."""


class Subject(NamedTuple):
    """A tree to check, and the NeMo Gym whose rules apply; None for the one that gym-lsp finds."""

    name: str
    folder: Path
    gym_root: Path | None


class Finding(NamedTuple):
    severity: str
    rule: str
    place: str
    message: str


class Measured(NamedTuple):
    """One check of one tree. `verdicts` has the result of each config as its own run: "ok" or the errors.

    `failure` is what was printed if it could not be checked; then all else is empty.
    """

    findings: Counter[Finding]
    verdicts: Mapping[str, str]
    seconds: float
    megabytes: float
    failure: str = ""


class Failed(Exception):
    """A check ended with another code than 0."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line of the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.ecosystem")
    parser.add_argument("revision")
    parser.add_argument("--tree", action="append", type=Path, default=[])
    parser.add_argument("--rounds", type=int, default=3, help="how often the time is measured; the least counts")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        before = Path(temporary) / "before"
        try:
            extract(options.revision, before)
        except subprocess.CalledProcessError as error:
            print(error.stderr.decode().strip(), file=sys.stderr)
            return 2
        measured = [(each, *compare(each, before, options.rounds)) for each in subjects(options.tree)]
    text = report(options.revision, measured)
    print(text)
    if options.output is not None:
        options.output.write_text(text + "\n", encoding="utf-8")
    return 1 if any(new.failure and not old.failure for _, old, new in measured) else 0


def subjects(trees: Iterable[Path]) -> Iterator[Subject]:
    """Yield what is there to check, with a note on standard error about what is not."""
    corpus, recipes = find_corpus(), find_recipes()
    if corpus is None:
        print("the releases are not there: run `make corpus`", file=sys.stderr)
    else:
        for release in RELEASES:
            folder = corpus.release(release)
            yield Subject(f"NeMo Gym {release}", folder, folder)
    if recipes is None:
        print("the training recipes are not there: set GYM_LSP_RECIPES to a checkout of NeMo RL", file=sys.stderr)
    else:
        newest = None if corpus is None else corpus.release(RELEASES[-1])
        yield Subject("NeMo RL's recipes", recipes, newest)
    for tree in trees:
        yield Subject(tree.name or str(tree), tree.resolve(), None)


def extract(revision: str, folder: Path) -> None:
    """Write the package of a revision into a folder. Raises CalledProcessError if there is no such revision."""
    command = ["git", "archive", revision, "gym_lsp"]
    archive = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extractall(folder, filter="data")
    # The package of the working tree is compiled already, and compiling it would count.
    for compiled in (folder, REPOSITORY / "gym_lsp"):
        compileall.compile_dir(compiled, quiet=2)


def compare(subject: Subject, before: Path, rounds: int) -> tuple[Measured, Measured]:
    """Check a tree with both versions in turn, so that both have the same share of what else the machine does."""
    tried: dict[Path, list[Measured]] = {before: [], REPOSITORY: []}
    for _ in range(max(1, rounds)):
        for version, measured in tried.items():
            measured.append(measure(subject, version))
    old, new = (_with_verdicts(_least(measured), subject, version) for version, measured in tried.items())
    return old, new


def measure(subject: Subject, version: Path) -> Measured:
    """Check a tree once with the package in a folder."""
    try:
        checked, seconds, megabytes = run(subject, version)
    except Failed as error:
        return Measured(Counter(), {}, 0, 0, str(error))
    return Measured(Counter(findings(checked)), {}, seconds, megabytes)


def _least(measured: Sequence[Measured]) -> Measured:
    first = measured[0]
    return first._replace(
        seconds=min(each.seconds for each in measured), megabytes=min(each.megabytes for each in measured)
    )


def _with_verdicts(measured: Measured, subject: Subject, version: Path) -> Measured:
    if measured.failure:
        return measured
    try:
        checked, _, _ = run(subject, version, "--standalone")
    except Failed as error:
        return measured._replace(failure=str(error))
    return measured._replace(verdicts=verdicts(checked))


def run(subject: Subject, version: Path, *options: str) -> tuple[Any, float, float]:
    """Return the JSON of a check, its processor time in seconds and its memory in megabytes. Raises Failed."""
    root = () if subject.gym_root is None else ("--gym-root", str(subject.gym_root))
    command = [
        sys.executable,
        "-P",
        "-m",
        "gym_lsp",
        "--check",
        *options,
        "--exit-zero",
        "--format",
        "json",
        *root,
        ".",
    ]
    kept = {name: value for name, value in os.environ.items() if name not in _CHOSEN}
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command, cwd=subject.folder, env=kept | {"PYTHONPATH": str(version)}, stdout=output, stderr=errors
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            last = errors.read().decode(errors="replace").strip().splitlines()[-1:]
            raise Failed(f"exit code {process.returncode}: {''.join(last)}")
        return json.load(output), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def findings(checked: Any) -> Iterator[Finding]:
    for each in checked["diagnostics"]:
        place = f"{each['path']}:{each['range']['start']['line']}:{each['range']['start']['column']}"
        yield Finding(each["severity"], each["rule"], place, each["message"])


def verdicts(checked: Any) -> dict[str, str]:
    """Return the errors of each run that has some: NeMo Gym's names, or the rules of those without a name."""
    found: dict[str, set[str]] = {}
    for each in checked["diagnostics"]:
        if each["severity"] == "error":
            run = " + ".join(each["run"]) or each["path"]
            found.setdefault(run, set()).add(each["gym_error"] or each["rule"])
    return {run: ", ".join(sorted(names)) for run, names in found.items()}


def report(revision: str, measured: Sequence[tuple[Subject, Measured, Measured]]) -> str:
    """Return the comparison as Markdown: one table, then what differs in each tree."""
    rows = [
        "| tree | findings | came | went | reworded | verdicts | time | memory |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *(_row(subject, old, new) for subject, old, new in measured),
    ]
    details = [part for subject, old, new in measured for part in _details(subject, old, new)]
    same = "No finding and no verdict differs."
    marked = f"**Bold**: at least {round(100 * (LARGEST - 1))} % more."
    return "\n".join(
        [
            f"## Ecosystem, compared with `{revision}`",
            "",
            *rows,
            "",
            f"Time is processor time, memory that of the largest process. {marked}",
            "",
            *(details or [same]),
        ]
    ).rstrip()


def _row(subject: Subject, old: Measured, new: Measured) -> str:
    if old.failure or new.failure:
        return f"| {subject.name} | {_cell(old.failure) or 'checked'} → {_cell(new.failure) or 'checked'} | | | | | | |"
    came, went, reworded = _difference(old.findings, new.findings)
    counts = (new.findings.total(), came.total(), went.total(), reworded, len(_changed(old, new)))
    return (
        f"| {subject.name} | {' | '.join(map(str, counts))} "
        f"| {_ratio(old.seconds, new.seconds, 's')} | {_ratio(old.megabytes, new.megabytes, 'MB')} |"
    )


def _difference(old: Counter[Finding], new: Counter[Finding]) -> tuple[Counter[Finding], Counter[Finding], int]:
    """Return what came, what went, and how many findings only have another message now."""
    came, went, reworded = new - old, old - new, 0
    gone: dict[Finding, list[Finding]] = {}
    for finding in went.elements():
        gone.setdefault(finding._replace(message=""), []).append(finding)
    for finding in list(came.elements()):
        alike = gone.get(finding._replace(message=""))
        if alike:
            came[finding] -= 1
            went[alike.pop()] -= 1
            reworded += 1
    return +came, +went, reworded


def _ratio(old: float, new: float, unit: str) -> str:
    if old <= 0:
        return "?"
    digits = 0 if unit == "MB" else 2
    text = f"{new / old:.2f} ({old:.{digits}f} → {new:.{digits}f} {unit})"
    return f"**{text}**" if new / old >= LARGEST else text


def _changed(old: Measured, new: Measured) -> list[tuple[str, str, str]]:
    """Return the runs with other verdicts: the run, the verdict before, and after."""
    names = sorted(old.verdicts.keys() | new.verdicts.keys())
    pairs = ((name, old.verdicts.get(name, "ok"), new.verdicts.get(name, "ok")) for name in names)
    return [each for each in pairs if each[1] != each[2]]


def _details(subject: Subject, old: Measured, new: Measured) -> Iterator[str]:
    if old.failure or new.failure:
        return
    changed = _changed(old, new)
    came, went, _ = _difference(old.findings, new.findings)
    for title, found in (("came", came), ("went", went)):
        if found:
            yield from _block(f"{subject.name}: {found.total()} findings {title}", _listed(found))
    if changed:
        lines = [f"- `{run}`: {before} → {after}" for run, before, after in changed[:LISTED]]
        yield from _block(f"{subject.name}: {len(changed)} verdicts differ", [*lines, *_rest(len(changed))])


def _listed(found: Counter[Finding]) -> list[str]:
    kinds = Counter(f"{each.severity} {each.rule}" for each in found.elements())
    counts = [f"- {kind}: {count}" for kind, count in kinds.most_common()]
    each = sorted(found.elements(), key=lambda finding: (_ORDER.index(finding.severity), finding.rule, finding.place))
    lines = [f"- `{each.place}` {each.severity} {each.rule}: {_cell(each.message)}" for each in each[:LISTED]]
    return [*counts, "", *lines, *_rest(len(each))]


def _rest(count: int) -> list[str]:
    return [f"- and {count - LISTED} more"] if count > LISTED else []


def _block(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("<details>", f"<summary>{title}</summary>", "", *lines, "", "</details>", "")


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ").replace("<", "&lt;")


if __name__ == "__main__":
    sys.exit(main())
