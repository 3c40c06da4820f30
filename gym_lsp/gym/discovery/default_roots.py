"""Where the default folders of the registries lie.

In a checkout of gym-lsp that is the sample workspace at its root; for an installed gym-lsp it is wherever it was
started, because nothing of interest lies beside site-packages.
"""

from __future__ import annotations

from pathlib import Path

from gym_lsp.files import Disk, Files, Kind


def parent_dir(package: Path, working_directory: Path, files: Files | None = None) -> Path:
    """The folder that holds `package` if it is a checkout, that is, has a pyproject.toml; else the other one."""
    files = files or Disk()
    is_checkout = files.kind(package.parent / "pyproject.toml") is Kind.FILE
    return package.parent if is_checkout else working_directory


PARENT_DIR = parent_dir(Path(__file__).absolute().parents[1], Path.cwd())
"""The root below which the registries look unless they are told otherwise."""
