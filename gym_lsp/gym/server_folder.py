"""The folder that NeMo Gym starts a server in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.files import Files, Kind

INSTALLED_BY = ("pyproject.toml", "requirements.txt")
"""The files that NeMo Gym installs a server from. A folder must have exactly one of them."""


class ServerFolder(Struct, frozen=True):
    """The folder of an implementation, and the files of `INSTALLED_BY` in it."""

    path: PurePath
    installed_by: tuple[str, ...]


def find_server_folder(
    files: Files, roots: Sequence[PurePath], server_type: str, implementation: str
) -> ServerFolder | None:
    """Return the folder of a server in the first root where it can be installed. Mirrors `_resolve_server_dir`.

    If no such folder can be installed, return the first folder of that name, or None if there is none.
    """
    first: ServerFolder | None = None
    for root in roots:
        folder = root / server_type / implementation
        # One listing, which is often cached, answers for both files.
        names = {entry.name for entry in files.entries(folder)}
        found = tuple(name for name in INSTALLED_BY if name in names)
        if found:
            return ServerFolder(folder, found)
        if first is None and files.kind(folder) is Kind.DIRECTORY:
            first = ServerFolder(folder, ())
    return first
