"""The second half of `make demo`: check the example of the README, which has two mistakes.

    python -m tests.tools.demo

The exit code is 0 if gym-lsp finds them.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = "environments/tides"
_EXAMPLE = re.compile(r"^```yaml\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_HAS_ERRORS = 1


def main() -> int:
    """Check the first config of the README in an empty folder."""
    example = _EXAMPLE.search((ROOT / "README.md").read_text("utf-8"))
    if example is None:
        print("README.md has no config", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        config = Path(scratch, FOLDER, "config.yaml")
        config.parent.mkdir(parents=True)
        config.write_text(example["text"], encoding="utf-8")
        print(f"\nAnd a config with two mistakes, the one in the README:\n\n$ gym-lsp --check {FOLDER}", flush=True)
        command = [sys.executable, "-m", "gym_lsp", "--check", "--quiet", FOLDER]
        code = subprocess.run(command, cwd=scratch, check=False).returncode
    return 0 if code == _HAS_ERRORS else 1


if __name__ == "__main__":
    sys.exit(main())
