"""Create a virtual environment and install into it, on a machine with only Python.

This runs before anything is installed, with any Python. So it uses only the standard library, and reports in one
sentence what is missing.

    python -m tests.tools.environment FOLDER ARGUMENT...     the arguments are those of `pip install`
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
    """Run the command line of the module's docstring and return the exit code."""
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    if sys.version_info < OLDEST:
        return _with_a_newer_python(arguments)
    folder, wanted = Path(arguments[0]), arguments[1:]
    python = _python(folder)
    if not _has(python, "pip") and not _create(folder):
        return 1
    print(f"Installing into {folder}: {wanted[-1]} ...", flush=True)
    try:
        pip(python, ["install", "--quiet", *wanted])
    except PipFailed as error:
        print(f"This could not be installed: {error}", file=sys.stderr)
        return 1
    return 0


def _with_a_newer_python(arguments: list[str]) -> int:
    for name in NEWER:
        found = shutil.which(name)
        # A version manager can have a shim for a Python that is not installed, so check whether it starts.
        if found and _has(Path(found), "venv"):
            return subprocess.call([found, "-m", "tests.tools.environment", *arguments])
    version = ".".join(str(part) for part in sys.version_info[:3])
    print(
        f"gym-lsp needs Python 3.11 or newer, and {sys.executable} is {version}: "
        "install one, or name it, as in `make demo PYTHON=/path/to/python3.12`.",
        file=sys.stderr,
    )
    return 1


def _create(folder: Path) -> bool:
    # A broken environment is created again. Any other folder is not changed.
    clear = ["--clear"] if (folder / "pyvenv.cfg").exists() else []
    if subprocess.call([sys.executable, "-m", "venv", *clear, str(folder)]) == 0:
        return True
    print(
        f"{sys.executable} could not make a virtual environment in {folder}: see its message above "
        "(on Debian and Ubuntu, venv is a package of its own: python3-venv).",
        file=sys.stderr,
    )
    return False


def _python(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _has(python: Path, module: str) -> bool:
    """Return whether `python` starts, is new enough and has `module`."""
    question = f"import sys, {module}; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([str(python), "-c", question], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
