"""Checks a NeMo Gym config after a coding agent has edited it.

    check_after_edit.py FILE...     for any agent
    check_after_edit.py             for Claude Code: the event of the hook comes on standard input

Errors go to standard error with exit code 2, which Claude Code passes on to the model. Everything else is exit code 0
without output, so other files and other problems never interrupt the work. It needs only Python.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

MOST_LINES = 20
SECONDS = 60


def main(arguments: list[str]) -> int:
    """Check the files that are YAML, and return the exit code."""
    files = [path for path in arguments or edited() if path.endswith((".yaml", ".yml"))]
    program = shutil.which("gym-lsp")
    if not files or program is None:
        return 0
    command = [program, "--check", "--format", "concise", "--quiet", *files]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return 0
    if done.returncode != 1:
        return 0
    lines = done.stdout.splitlines()
    print(*lines[:MOST_LINES], sep="\n", file=sys.stderr)
    if len(lines) > MOST_LINES:
        print(f"{len(lines) - MOST_LINES} more findings", file=sys.stderr)
    print("`gym-lsp --explain RULE` explains a rule", file=sys.stderr)
    return 2


def edited() -> list[str]:
    """Return the file that the event of a hook names."""
    try:
        path = json.load(sys.stdin)["tool_input"]["file_path"]
    except (ValueError, KeyError, TypeError):
        return []
    return [path] if isinstance(path, str) else []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
