"""`make soak`: 100,000 random steps on the newest release.

python -m tests.soak [--steps N] [--seed N]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.corpus import MISSING, find_corpus
from tests.soak.soak import GROWTH, Plan, soak


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--compare-every", type=int, default=1_000)
    arguments = parser.parse_args()
    corpus = find_corpus()
    if corpus is None:
        print(MISSING, file=sys.stderr)
        return 2
    plan = Plan(arguments.steps, arguments.seed, arguments.compare_every)
    with tempfile.TemporaryDirectory(prefix="gym-lsp-soak-") as folder:
        outcome = soak(corpus.release("0.7.0"), Path(folder), plan, lambda line: print(line, flush=True))
    work = f"{plan.steps} steps in {outcome.seconds:.0f} s, compared {outcome.compared} times"
    print(f"{work}, memory x{outcome.growth:.3f} in the second half")
    return 0 if outcome.growth <= GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
