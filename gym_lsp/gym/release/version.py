"""The version of the NeMo Gym in an install root."""

from __future__ import annotations

import re
from pathlib import PurePath

from gym_lsp.files import Files, Kind, Unreadable
from gym_lsp.gym.python.constant import NotConstant
from gym_lsp.gym.python.module import Module
from gym_lsp.gym.python.source import Source

DIST_INFO = re.compile(r"nemo[-_.]gym-(?P<version>[^-]+)\.dist-info", re.IGNORECASE)
"""The name of the folder with the records of the installer."""

_NUMBERS = re.compile(r"\d+(?:\.\d+)*")


def read_release(files: Files, install_root: PurePath) -> str | None:
    """Return the version of a NeMo Gym, such as `0.7.0` or `0.8.0rc1`, or None if it has none.

    The version comes from `package_info.py` or, as a second choice, from the name of the `dist-info` folder. A checkout
    between two releases has the version of one of them, so the version is only a hint.
    """
    return _package_info(files, install_root) or _dist_info(files, install_root)


def _package_info(files: Files, install_root: PurePath) -> str | None:
    path = install_root / "nemo_gym" / "package_info.py"
    try:
        module = Module(path, "nemo_gym.package_info", files.read(path))
        source = Source(files, (install_root,))
        parts = [source.constant(module, name) for name in ("MAJOR", "MINOR", "PATCH", "PRE_RELEASE")]
    except (Unreadable, NotConstant):
        return None
    return ".".join(map(str, parts[:3])) + str(parts[3])


def _dist_info(files: Files, install_root: PurePath) -> str | None:
    for entry in files.entries(install_root):
        match = DIST_INFO.fullmatch(entry.name) if entry.kind is Kind.DIRECTORY else None
        if match:
            return match["version"]
    return None


def order(release: str) -> tuple[int, ...]:
    """Return the numbers of a version for comparison, without a suffix such as `rc1` or `.dev0`."""
    match = _NUMBERS.match(release)
    return tuple(map(int, match[0].split("."))) if match else ()
