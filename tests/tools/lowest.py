"""Installs gym-lsp and its extra `mcp` with the lowest version of each dependency that pyproject.toml allows.

    python -m tests.tools.lowest FOLDER NAME...     the names are those of further packages, of the extra `dev`

Run it with the oldest supported Python: the lowest versions have no wheels for newer ones.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from tests.tools.environment import main as install

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def main(arguments: list[str]) -> int:
    """The command line that the module's docstring shows; returns the exit code."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    folder, *names = arguments
    project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    further = [each for each in extras["dev"] if re.split(r"[^\w.-]", each, maxsplit=1)[0] in names]
    return install([folder, *map(lowest, (*project["dependencies"], *extras["mcp"])), *further, "--editable", "."])


def lowest(requirement: str) -> str:
    """Return a requirement such as `a>=1,<2` pinned to its lowest version. Raises ValueError if it has none."""
    found = re.match(r"(?P<name>[\w.-]+)>=(?P<version>[\w.]+)", requirement)
    if found is None:
        raise ValueError(f"{requirement} in pyproject.toml has no lower bound")
    return f"{found['name']}=={found['version']}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
