"""Builds the wheel, the source distribution and the VS Code extensions twice, and compares the files byte by byte.

    python -m tests.tools.distributions FOLDER [--without-extension]     writes the files and SHA256SUMS

Each time, the files of the repository are copied to another folder, with another hash seed. The time of all files is
`SOURCE_DATE_EPOCH`, by default the time of the last commit. So anyone can build a release again and compare it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.tools import bundle
from tests.tools.node import Unavailable, client_packages, node_programs
from tests.tools.pip import PipFailed

REPOSITORY = Path(__file__).parents[2]
CONSTRAINTS = Path(__file__).with_name("build-constraints.txt")
SUMS = "SHA256SUMS"
_WITHOUT_GIT = 1_577_836_800
"""The start of 2020, for a source distribution, which has no commits."""


class BuildFailed(Exception):
    """A program failed; the message is its output."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line of the module's docstring. Return 1 if the files differ or cannot be built."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.distributions")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without-extension", action="store_true")
    options = parser.parse_args(arguments)
    folder: Path = options.folder.absolute()
    try:
        return _compare(folder, with_extension=not options.without_extension)
    except (BuildFailed, PipFailed, Unavailable, bundle.BundleFailed) as error:
        print(error, file=sys.stderr)
        return 1


def _compare(folder: Path, *, with_extension: bool) -> int:
    with tempfile.TemporaryDirectory() as temporary:
        first, second = (
            build(Path(temporary) / name, seed, with_extension=with_extension)
            for seed, name in enumerate(("first", "another-folder"))
        )
        different = sorted(name for name in first.keys() | second.keys() if digest(first, name) != digest(second, name))
        folder.mkdir(parents=True, exist_ok=True)
        for path in first.values():
            shutil.copyfile(path, folder / path.name)
        lines = [f"{digest(first, name)}  {name}\n" for name in sorted(first)]
        (folder / SUMS).write_text("".join(lines), encoding="utf-8")
    print("".join(lines), end="")
    for name in different:
        print(f"{name} differs if it is built again", file=sys.stderr)
    if not different:
        print(f"{len(first)} files are the same, byte for byte, if they are built again")
    return 1 if different else 0


def digest(files: Mapping[str, Path], name: str) -> str | None:
    path = files.get(name)
    return None if path is None else hashlib.sha256(path.read_bytes()).hexdigest()


def build(folder: Path, seed: int, *, with_extension: bool) -> dict[str, Path]:
    """Copy the repository to `folder`, build there, and return the built files by name. Raises BuildFailed."""
    copy_repository(folder)
    environment = os.environ | {
        "PIP_CONSTRAINT": str(CONSTRAINTS),
        "PYTHONHASHSEED": str(seed),
        "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH") or str(time_of_last_commit()),
        # Archives contain local times.
        "TZ": "UTC",
    }
    built = folder / "dist"
    _run([sys.executable, "-m", "build", "--outdir", str(built)], folder, environment)
    if with_extension:
        _extension(folder / "vscode-client", built, environment)
    return {path.name: path for path in built.iterdir() if not path.name.startswith(".")}


def _extension(client: Path, built: Path, environment: Mapping[str, str]) -> None:
    """Build the extension without a server, and then one with it for each platform."""
    node = node_programs(REPOSITORY / ".editors" / "node")
    environment = {**environment, "PATH": f"{node}{os.pathsep}{environment['PATH']}"}
    client_packages(environment)
    (client / "node_modules").symlink_to(REPOSITORY / "vscode-client" / "node_modules")
    _run(["npm", "--silent", "run", "package"], client, environment)
    [package] = client.glob("*.vsix")
    package.rename(built / package.name)
    [wheel] = built.glob("*.whl")
    for target in bundle.TARGETS:
        bundle.package(client, target, wheel, built, environment)


def copy_repository(folder: Path) -> None:
    """Copy the files that are in git, or that would be added to it; without git, all files."""
    if not (REPOSITORY / ".git").exists():
        left_out = shutil.ignore_patterns(".venv*", ".editors", "dist", "node_modules", "out", "__pycache__", "*.vsix")
        shutil.copytree(REPOSITORY, folder, ignore=left_out)
        return
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source, target = REPOSITORY / name, folder / name
        if not source.is_file():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        # Of the mode, git keeps only whether a file is a program. The rest depends on the machine.
        target.chmod(0o755 if source.stat().st_mode & 0o100 else 0o644)


def time_of_last_commit() -> int:
    """Return the time of the last commit, in seconds; without git, a fixed time."""
    command = ["git", "log", "-1", "--format=%ct"]
    done = subprocess.run(command, cwd=REPOSITORY, check=False, capture_output=True, text=True)
    return int(done.stdout) if done.returncode == 0 and done.stdout.strip() else _WITHOUT_GIT


def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode != 0:
        raise BuildFailed(f"{' '.join(command)} failed in {folder}:\n{done.stdout}")


if __name__ == "__main__":
    sys.exit(main())
