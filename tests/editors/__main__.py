"""Unpacks the editors and runs the tests that drive them.

Where they cannot be had, this says why; that is a failure in CI alone.

    python -m tests.editors FOLDER [ARGUMENT...]     the arguments are those of pytest
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import in_ci
from tests.editors.programs import FOLDER_VARIABLE, TESTS
from tests.editors.unpack import Unavailable, unpack_all


def main(arguments: list[str]) -> int:
    """The command line that the module's docstring shows; returns the exit code."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(arguments[0]).absolute()
    try:
        unpack_all(folder)
    except Unavailable as error:
        print(f"Neovim, Helix, Emacs and Vim are not driven: {error}", file=sys.stderr)
        return 1 if in_ci() else 0
    tests = [str(Path(__file__).with_name(name)) for name in TESTS]
    command = [sys.executable, "-m", "pytest", *tests, *arguments[1:]]
    return subprocess.call(command, env={**os.environ, FOLDER_VARIABLE: str(folder)})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
