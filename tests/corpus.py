"""The real NeMo Gym releases for tests with the marker `corpus`.

The wheel of each release is downloaded with pip into the cache folder of the user and unpacked there, so that a new
clone does not download it again. Nothing of a release is installed or imported.

    python -m tests.corpus fetch     download the missing releases
    python -m tests.corpus path      print the folder of the releases
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gym_lsp.cache.folder import user_cache_folder
from tests.tools.pip import PipFailed, own_pip

WHEELS: Mapping[str, str] = {
    "0.4.0": "955f08027a2f01a1c6e0e3c5da0820c330fee0307754d59ba2517f5ad89cea6e",
    "0.5.1": "bb3934ab836cd2bd43bd2d957ee43981a1da4282960eac5ffa7b26d204b49efe",
    "0.6.0": "08098e8748930fd0c3d08690601b38802a3501ac0efc04362574b388092d6d64",
    "0.7.0": "cce78fc3fd048f36b4c465fe8e9fe3cc5e7afb6f6e287bfe831f156988508a70",
}
"""Release -> SHA-256 of its wheel."""

MISSING = "the NeMo Gym releases are not there: run `make corpus`"
_USER_CACHE = user_cache_folder(os.environ, sys.platform) or ".cache"
"""Read once, because tests change the environment."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Unpacked releases: `releases` maps a version to the folder with its `nemo_gym`, `environments`, ..."""

    releases: Mapping[str, Path]

    def release(self, version: str) -> Path:
        """Return the folder of one release. Raises KeyError for a version that is not part of the corpus."""
        return self.releases[version]


def corpus_folder() -> Path:
    """Return the folder of the releases, which has one folder for each version."""
    return Path(_USER_CACHE) / "corpus"


@cache
def find_corpus() -> Corpus | None:
    """Return the corpus, or None if a release is missing. Only the existence of the folders is checked."""
    folder = corpus_folder()
    releases = {version: folder / version for version in WHEELS}
    return Corpus(releases) if all(_record(root, version).is_file() for version, root in releases.items()) else None


def damage(root: Path, version: str) -> str | None:
    """Return what is wrong with the unpacked wheel in `root`, or None. Each file of its RECORD must have its size."""
    try:
        with open(_record(root, version), encoding="utf-8", newline="") as record:
            for name, _, size in csv.reader(record):
                if size and (root / name).stat().st_size != int(size):
                    return f"{name} is not {size} bytes long"
    except OSError as error:
        return f"{error.filename}: {error.strerror}"
    except ValueError:
        return "its RECORD is not one"
    return None


def fetch_release(folder: Path, version: str, digest: str) -> bool:
    """Download and unpack one release below `folder`, unless it is there. Return whether it was missing.

    Two processes can do this at the same time: each unpacks into a temporary folder and renames it, and the second one
    discards its copy. Raises PipFailed.
    """
    root = folder / version
    if damage(root, version) is None:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{version}-", dir=folder) as scratch:
        _unpack(_download(Path(scratch), version, digest), Path(scratch) / "new")
        # What is in the way is damaged, or another process has just put it there whole.
        if root.exists() and damage(root, version) is not None:
            root.rename(Path(scratch) / "old")
        try:
            (Path(scratch) / "new").rename(root)
        except OSError:
            if damage(root, version) is not None:
                raise
    return True


def _download(folder: Path, version: str, digest: str) -> Path:
    requirements = folder / "requirements.txt"
    requirements.write_text(f"nemo-gym=={version} --hash=sha256:{digest}\n", encoding="utf-8")
    # The wheel asks for a newer Python than ours; it is only ever read.
    flags = ("--no-deps", "--ignore-requires-python", "--only-binary=:all:", "--no-cache-dir")
    own_pip(["download", "--quiet", *flags, "--dest", str(folder), "--requirement", str(requirements)])
    [wheel] = folder.glob("*.whl")
    return wheel


def _unpack(wheel: Path, target: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    wheel.unlink()


def _record(root: Path, version: str) -> Path:
    return root / f"nemo_gym-{version}.dist-info" / "RECORD"


def _fetch() -> int:
    folder = corpus_folder()
    for version, digest in WHEELS.items():
        if damage(folder / version, version) is None:
            continue
        print(f"Downloading nemo-gym {version} into {folder} ...", flush=True)
        try:
            fetch_release(folder, version, digest)
        except PipFailed as error:
            print(f"nemo-gym {version} could not be downloaded: {error}", file=sys.stderr)
            return 1
        except OSError as error:
            print(f"nemo-gym {version} could not be unpacked: {error}", file=sys.stderr)
            return 1
    return 0


def main(arguments: list[str]) -> int:
    """Run the command line of the module's docstring and return the exit code."""
    match arguments:
        case ["fetch"]:
            return _fetch()
        case ["path"]:
            print(corpus_folder())
            return 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
