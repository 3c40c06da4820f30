"""Makes the virtual environment that `make` works in, on a machine that has nothing but Python.

Runs before anything is installed, with whatever Python is at hand, so it uses the standard library alone and says in
one sentence what is missing.

    python -m tests.tools.environment FOLDER [EXTRA]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.tools.pip import PipFailed, pip

OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")


def main(arguments: list[str]) -> int:
    """Make FOLDER a virtual environment with gym-lsp, and the tools of EXTRA, installed; 1 where that fails."""
    if not 1 <= len(arguments) <= 2:
        print(__doc__, file=sys.stderr)
        return 2
    if sys.version_info < OLDEST:
        return _with_a_newer_python(arguments)
    folder, extra = Path(arguments[0]), arguments[1:]
    python = _python(folder)
    if not _works(python) and not _create(folder):
        return 1
    target = f".[{extra[0]}]" if extra else "."
    print(
        f"Installing {target} into {folder} (Python {sys.version_info.major}.{sys.version_info.minor}) ...", flush=True
    )
    try:
        pip(python, ["install", "--quiet", "--editable", target])
    except PipFailed as error:
        print(f"gym-lsp could not be installed: {error}", file=sys.stderr)
        return 1
    return 0


def _with_a_newer_python(arguments: list[str]) -> int:
    for name in NEWER:
        found = shutil.which(name)
        # A version manager's shim may be there for a Python that is not, so look whether it starts.
        if found and _works(Path(found)):
            return subprocess.call([found, "-m", "tests.tools.environment", *arguments])
    version = ".".join(str(part) for part in sys.version_info[:3])
    print(
        f"gym-lsp needs Python 3.11 or newer, and {sys.executable} is {version}: "
        "install one, or name it, as in `make demo PYTHON=/path/to/python3.12`.",
        file=sys.stderr,
    )
    return 1


def _create(folder: Path) -> bool:
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(folder)]) == 0:
        return True
    print(
        f"{sys.executable} could not make a virtual environment in {folder}: see its message above "
        "(on Debian and Ubuntu, venv is a package of its own: python3-venv).",
        file=sys.stderr,
    )
    return False


def _python(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _works(python: Path) -> bool:
    try:
        done = subprocess.run([str(python), "-c", "import venv, pip"], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
