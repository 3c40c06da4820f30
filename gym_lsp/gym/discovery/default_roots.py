"""The folder that the registries search by default.

In a checkout of gym-lsp, this is the sample workspace at the root of the checkout. For an installed gym-lsp it is the
working directory, because a folder beside site-packages holds no configs.
"""

from __future__ import annotations

from pathlib import Path

from gym_lsp.files import Disk, Files, Kind


def parent_dir(package: Path, working_directory: Path, files: Files | None = None) -> Path:
    """Return the folder of `package` if it is a checkout, that is, has a `pyproject.toml`; else `working_directory`."""
    files = files or Disk()
    is_checkout = files.kind(package.parent / "pyproject.toml") is Kind.FILE
    return package.parent if is_checkout else working_directory


def _working_directory() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:  # It has been deleted. The import of this module is the wrong place to report that.
        return Path()


PARENT_DIR = parent_dir(Path(__file__).absolute().parents[1], _working_directory())
"""The root that the registries search if the caller names none."""
