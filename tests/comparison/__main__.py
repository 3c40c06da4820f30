"""Show the mistakes to all tools, and write `results.json` and the tables of docs/comparison.md and README.md.

    python -m tests.comparison [--gym PROGRAM]

PROGRAM is the command `gym` of an environment in which NeMo Gym 0.7.0 is installed. This takes about ten minutes.
Without it, only gym-lsp is asked again, and the recorded answers of the other tools and the times stay.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from gym_lsp.dev.slot import fill
from tests.comparison import results, tools
from tests.comparison.measure import Measurement
from tests.comparison.mistakes import copy_workspace, load
from tests.corpus import MISSING, find_corpus

RELEASE = "0.7.0"


def main() -> int:
    """Run the command line of the module's docstring and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.comparison")
    parser.add_argument("--gym", type=Path, metavar="PROGRAM")
    program: Path | None = parser.parse_args().gym
    corpus = find_corpus()
    if corpus is None:
        print(MISSING, file=sys.stderr)
        return 2
    data = load()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch).resolve()
        copy_workspace(folder)
        measurement = Measurement(folder, (program or Path()).absolute(), corpus.release(RELEASE))
        if program is None:
            measured = measurement.only_gym_lsp(data, results.load())
        else:
            tools.write_schema(folder, corpus.release(RELEASE))
            measured = measurement.results(data)
    results.write(measured)
    fill(results.PAGE, "tables", results.tables(data, measured))
    fill(results.README, "comparison", results.summary(data, measured))
    print(results.tables(data, measured))
    return 0


if __name__ == "__main__":
    sys.exit(main())
