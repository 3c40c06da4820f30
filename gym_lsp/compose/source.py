"""A file as a run sees it: its document and the configuration that it loads as."""

from __future__ import annotations

from pathlib import PurePath
from typing import Protocol

from msgspec import Struct

from gym_lsp.compose.config import Leaf, Origin, Provenance, Table, lift, table
from gym_lsp.syntax import Document, Mapping, Scalar, parse
from gym_lsp.syntax.tree import Atom


class ConfigFile(Struct, frozen=True, eq=False):
    """One file, parsed and lifted. `config` is empty where the root is no mapping."""

    path: PurePath
    document: Document
    origin: Origin
    config: Table
    root_is_mapping: bool


class Configs(Protocol):
    """Where a run gets its files from: the disk, or a snapshot that keeps what was parsed."""

    def load(self, path: PurePath) -> ConfigFile:
        """Raises files.Missing and files.Unreadable as `Files.read` does."""
        ...


def config_file(path: PurePath, text: str, provenance: Provenance = Provenance.WRITTEN) -> ConfigFile:
    """The file that a text would be. Mirrors `OmegaConf.load`."""
    document = parse(text)
    origin = Origin(path, text, provenance)
    root = document.root
    if isinstance(root, Mapping):
        lifted = lift(root, origin)
        assert isinstance(lifted, Table)
        return ConfigFile(path, document, origin, lifted, True)
    nothing = Scalar(0, 0, None, "", None) if root is None else root
    entries: dict[Atom, Leaf | Table] = {}
    # OmegaConf takes a lone word for a key without a value.
    if isinstance(root, Scalar) and isinstance(root.value, str) and root.value:
        entries[root.value] = Leaf(None, origin, root, Scalar(root.end, root.end, None, "", None), None, 0)
    is_mapping = root is None or bool(entries) or (isinstance(root, Scalar) and root.value in (None, ""))
    return ConfigFile(path, document, origin, table(dict(entries), origin, None, nothing), is_mapping)
