"""`make fuzz`: random inputs for the parsers, the composition, the editor features, the server and the disk.

python -m tests.fuzz [HARNESS ...] [--count N] [--seed N] [--start N]
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from tests.fuzz import compose, files, ide, server, syntax
from tests.fuzz.harness import Harness, run

HARNESSES: dict[str, Harness[Any]] = {
    module.HARNESS.name: module.HARNESS for module in (syntax, compose, ide, server, files)
}
SHARES = {"syntax": 100, "compose": 20, "ide": 2, "server": 1, "files": 5}
"""The number of inputs of each harness, as a multiple of `--count`, because they differ in what they cost."""
_PART = 10_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("harness", nargs="*", choices=[[], *HARNESSES], help="by default all of them")
    parser.add_argument("--count", type=int, help="inputs of each harness")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", type=int, default=0, help="the number of the first input")
    arguments = parser.parse_args()
    failed = False
    for name in arguments.harness or HARNESSES:
        failed |= fuzz(name, arguments.count or 1_000 * SHARES[name], arguments.seed, arguments.start)
    return 1 if failed else 0


def fuzz(name: str, count: int, seed: int, start: int) -> bool:
    """Run one harness, print how far it is, and return whether it found a failure."""
    executions, seconds, counted = 0, 0.0, 0
    for first in range(start, start + count, _PART):
        outcome = run(HARNESSES[name], min(_PART, start + count - first), seed, first)
        executions, seconds, counted = (
            executions + outcome.executions,
            seconds + outcome.seconds,
            counted + outcome.counted,
        )
        print(
            f"{name:<8} {executions:>9} executions, {executions / seconds:>7.0f} per second, {counted} counted",
            flush=True,
        )
        for failure in outcome.failures:
            print(f"{failure.text}\n{failure.case!r:.6000}\n")
            print(
                f"repeat with: python -m tests.fuzz {name} --seed {seed} --start {failure.number} --count 1", flush=True
            )
        if outcome.failures:
            return True
    return False


if __name__ == "__main__":
    sys.exit(main())
