"""Compares a tag with everything that has a version, and writes the bills of materials of a release.

python -m tests.tools.release check TAG       lists what is missing for the release of a tag such as v0.1.0
python -m tests.tools.release notes           prints the section of CHANGELOG.md about this version
python -m tests.tools.release sbom FOLDER     for the wheel and the .vsix in a folder: CycloneDX, as JSON
python -m tests.tools.release entries FOLDER  writes the entries for the lists of servers that editors read

The .vsix for a platform has two bills: one of the extension, and one of the packages of the server that it carries.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

from gym_lsp import __version__
from gym_lsp.project import REPOSITORY
from tests.tools import entries
from tests.tools.bundle import LOCK
from tests.tools.node import node_programs
from tests.tools.pip import pip

ROOT = Path(__file__).parents[2]


def main(arguments: list[str]) -> int:
    """Run the command line of the module's docstring. Return 1 if something is missing, 2 if it is not understood."""
    match arguments:
        case ["check", tag]:
            found = list(missing(tag))
            print(*found, sep="\n", end="\n" if found else "")
            return 1 if found else 0
        case ["notes"]:
            print(notes(__version__) or "")
            return 0
        case ["sbom", folder]:
            write_bills(Path(folder))
            return 0
        case ["entries", folder] if REPOSITORY is not None:
            print(*entries.write(Path(folder), REPOSITORY), sep="\n")
            return 0
        case ["entries", _]:
            print("REPOSITORY in gym_lsp/project.py is not set, and each entry names it", file=sys.stderr)
            return 1
        case _:
            print(__doc__, file=sys.stderr)
            return 2


def missing(tag: str, repository: str | None = REPOSITORY) -> Iterator[str]:
    """Yield a sentence for each thing that has to change before the release of a tag."""
    if tag != f"v{__version__}":
        yield f"the tag is {tag}, and the version in gym_lsp/__init__.py is {__version__}"
    if repository is None:
        yield "REPOSITORY in gym_lsp/project.py is not set, so the packages have no link to their source"
    if not notes(__version__):
        yield f"CHANGELOG.md has no section {__version__}"
    if f"\n## {__version__}\n" not in (ROOT / "vscode-client/CHANGELOG.md").read_text("utf-8"):
        yield f"vscode-client/CHANGELOG.md has no section {__version__}"


def notes(version: str) -> str | None:
    """Return the section of CHANGELOG.md about a version, without its heading."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    found = re.search(rf"^## {re.escape(version)}\b.*\n(?P<section>(?:(?!## ).*\n?)*)", text, re.MULTILINE)
    return found["section"].strip() if found else None


def write_bills(folder: Path) -> None:
    """Write `sbom-python`, `sbom-extension` and `sbom-carried` into the folder, which contains the wheel."""
    [wheel] = folder.glob("*.whl")
    environment = ROOT / "build" / "sbom"
    venv.create(environment, with_pip=True, clear=True)
    python = environment / "bin" / "python"
    pip(python, ["install", "--quiet", str(wheel)])
    # The tools that install are not a part of gym-lsp.
    pip(python, ["uninstall", "--quiet", "--yes", "setuptools", "pip"])
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    for source, name in ((["environment", str(python)], "sbom-python"), (["requirements", str(LOCK)], "sbom-carried")):
        command = [*source, "--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible"]
        written = ["--output-file", str(folder / f"{name}.cdx.json")]
        subprocess.run([sys.executable, "-m", "cyclonedx_py", *command, *written], check=True, env=clean)
    node = node_programs(ROOT / ".editors" / "node")
    listed = subprocess.run(
        ["npm", "sbom", "--sbom-format", "cyclonedx", "--package-lock-only"],
        cwd=ROOT / "vscode-client",
        env=os.environ | {"PATH": f"{node}{os.pathsep}{os.environ['PATH']}"},
        check=True,
        capture_output=True,
        text=True,
    )
    (folder / "sbom-extension.cdx.json").write_text(json.dumps(json.loads(listed.stdout), indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
