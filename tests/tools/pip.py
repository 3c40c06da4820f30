"""pip as a process, with errors that users can act on.

If the index cannot be reached, pip prints pages of retries. Here it is one sentence.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

UNREACHABLE = ("Max retries exceeded", "Retrying (Retry(total=0", "(from versions: none)")
"""Parts of pip's output if the package index did not answer: the last of its retries, or no version at all."""


class PipFailed(Exception):
    """pip failed. The message contains the reason, what to do, and the last lines of its output."""


def pip(python: Path, arguments: Sequence[str]) -> None:
    """Run pip of the interpreter `python`. Raises PipFailed."""
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return
    tail = "\n".join(f"    {line}" for line in done.stdout.strip().splitlines()[-12:])
    if any(sign in done.stdout for sign in UNREACHABLE):
        raise PipFailed(
            f"the package index cannot be reached; connect, or set pip's index or proxy.\npip said:\n{tail}"
        )
    raise PipFailed(f"pip ended with exit code {done.returncode}.\npip said:\n{tail}")


def own_pip(arguments: Sequence[str]) -> None:
    """Run pip of the running interpreter. Raises PipFailed."""
    pip(Path(sys.executable), arguments)
