"""The folder that a server is started from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.files import Files, Kind

INSTALLED_BY = ("pyproject.toml", "requirements.txt")
"""What NeMo Gym installs a server by: one of the two, and not both."""


class ServerFolder(Struct, frozen=True):
    """The folder of an implementation, and which of `INSTALLED_BY` it has."""

    path: PurePath
    installed_by: tuple[str, ...]


def find_server_folder(
    files: Files, roots: Sequence[PurePath], server_type: str, implementation: str
) -> ServerFolder | None:
    """Where NeMo Gym starts a server: the first root whose folder can be installed. Mirrors `_resolve_server_dir`.

    If no root has such a folder, the first folder of that name; None where there is none at all.
    """
    first: ServerFolder | None = None
    for root in roots:
        folder = root / server_type / implementation
        # One look at the folder, which is often known already, tells of both.
        names = {entry.name for entry in files.entries(folder)}
        found = tuple(name for name in INSTALLED_BY if name in names)
        if found:
            return ServerFolder(folder, found)
        if first is None and files.kind(folder) is Kind.DIRECTORY:
            first = ServerFolder(folder, ())
    return first
