"""The command line of the benchmark."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import tests.bench
from gym_lsp.dev.slot import NoSlot, fill
from tests.bench.figure import Figure, machine, table
from tests.bench.growth import measure_growth
from tests.bench.gym_parser import HOW_TO_MAKE_IT, measure_parser
from tests.bench.keeping import measure_keeping
from tests.bench.keystroke import measure_keystroke
from tests.bench.process import ROOT, ProcessFailed, best_time, peak_memory
from tests.bench.reading import Reading, measure_reading
from tests.bench.recorded import record, worse
from tests.bench.scaling import measure_scaling
from tests.bench.serving import measure_serving
from tests.corpus import MISSING, find_corpus
from tests.parity.recorded import load

RELEASE = "0.7.0"
PAGE = ROOT / "docs" / "performance.md"
ONE_FILE = "benchmarks/aime24/config.yaml"
"""A typical config: it includes one other, and its model comes from the command line."""
SAMPLED = 20
"""With `--quick`, NeMo Gym's parser runs on one config of so many."""
MEGABYTE = 1_000_000
REQUESTS, QUICK_REQUESTS = 200, 10
"""The number of requests of each kind to a running server."""
EDITS, QUICK_EDITS = 10_000, 400
"""The number of edits between the measurements of memory."""

CHECK = ("-m", "gym_lsp", "--check", "--quiet")


def main() -> int:
    """Measure and print the table. Return 0, 1 if a goal is missed, 2 if nothing can be measured."""
    options = _options()
    # An installed gym-lsp has bytecode, so users do not wait until it is compiled.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    corpus = find_corpus()
    if corpus is None:
        print(MISSING, file=sys.stderr)
        return 2
    try:
        reading = measure_reading(corpus.release(RELEASE), options.repeat)
        figures = [_reading(reading), *_figures(corpus.release(RELEASE), options)]
    except ProcessFailed as error:
        print(error, file=sys.stderr)
        return 2
    lines = [*table(figures), "", f"{machine()}; the best of {options.repeat}."]
    print(*lines, sep="\n")
    for sentence in worse(figures, reading.libyaml):
        print(f"worse: {sentence}", file=sys.stderr)
    if options.write:
        record(figures, reading.libyaml)
        try:
            fill(PAGE, "figures", "\n".join(lines))
        except (NoSlot, OSError) as error:
            print(f"{PAGE.name}: {error}", file=sys.stderr)
            return 2
    return 0 if all(figure.is_met for figure in figures) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=tests.bench.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--repeat", type=int, default=10, metavar="N", help="take the best of N repetitions (10)")
    parser.add_argument(
        "--gym-python",
        type=Path,
        default=ROOT / ".venv-gym" / "bin" / "python",
        metavar="PYTHON",
        help="the Python interpreter that runs NeMo Gym's parser",
    )
    parser.add_argument(
        "--quick", action="store_true", help="measure roughly: two repetitions, few configs for the parser"
    )
    parser.add_argument("--full", action="store_true", help="measure trees of all shapes; takes some minutes more")
    parser.add_argument("--write", action="store_true", help="write the table to docs/performance.md")
    options = parser.parse_args()
    if options.quick and options.write:
        parser.error("the results of --quick are too rough for --write")
    if options.quick and options.full:
        parser.error("--quick and --full cannot be used together")
    if options.quick:
        options.repeat = 2
    if options.repeat < 1:
        parser.error("--repeat must be at least 1")
    return options


def _figures(release: Path, options: argparse.Namespace) -> Iterator[Figure]:
    repeat: int = options.repeat
    standalone = best_time([*CHECK, "--standalone"], release, repeat)
    if options.gym_python.is_file():
        yield _standalone(release, standalone, options)
    else:
        print(f"{HOW_TO_MAKE_IT}; without it, one figure is omitted.", file=sys.stderr)
    whole = best_time(CHECK, release, repeat)
    yield Figure("`--check` of the whole tree", f"{whole:.2f} s", "at most 1.0 s", whole, 1.0)
    one = best_time([*CHECK, ONE_FILE], release, repeat)
    bare = best_time(["-c", "pass"], release, repeat)
    measured = f"{one:.3f} s, of which Python's own start {bare:.3f} s"
    yield Figure("`--check` of one file in it", measured, "at most 0.2 s", one, 0.2)
    yield measure_scaling(CHECK, repeat)
    yield from measure_keeping(CHECK, release, repeat)
    if not options.quick:
        yield from measure_growth(CHECK, release, repeat, full=options.full)
    memory = peak_memory(["--check", "--quiet"], release) / MEGABYTE
    yield Figure("memory for the whole tree", f"{memory:.0f} MB", "below 150 MB", memory, 150, is_time=False)
    requests, edits = (QUICK_REQUESTS, QUICK_EDITS) if options.quick else (REQUESTS, EDITS)
    yield from measure_serving(release, repeat, requests, edits)
    yield measure_keystroke(requests)


def _reading(reading: Reading) -> Figure:
    ratio = reading.ours / reading.libyaml
    what = f"reading {reading.files} files ({reading.characters / MEGABYTE:.1f} MB) into span trees"
    measured = f"{reading.ours:.3f} s, {ratio:.2f} times libyaml's compose ({reading.libyaml:.3f} s)"
    return Figure(what, measured, "at most 3 times", ratio, 3.0, is_time=False)


def _standalone(release: Path, ours: float, options: argparse.Namespace) -> Figure:
    configs = [asked.path for asked in load(RELEASE).alone]
    asked = configs[::SAMPLED] if options.quick else configs
    theirs = measure_parser(options.gym_python, release, asked) * len(configs) / len(asked)
    about = "about " if options.quick else ""
    measured = f"{ours:.2f} s, 1/{theirs / ours:.0f} of NeMo Gym's parser ({about}{theirs:.1f} s)"
    return Figure(
        "`--check --standalone` of the whole tree", measured, "at most 1/25", ours / theirs, 1 / 25, is_time=False
    )


if __name__ == "__main__":
    sys.exit(main())
