"""A file of a run: its document and its configuration."""

from __future__ import annotations

from pathlib import PurePath
from typing import Protocol

from msgspec import Struct

from gym_lsp.compose.config import Leaf, Origin, Provenance, Table, lift, table
from gym_lsp.syntax import Document, KeyPath, Mapping, Scalar, parse
from gym_lsp.syntax.stretches import Stretch
from gym_lsp.syntax.tree import Atom


class ConfigFile(Struct, frozen=True, eq=False):
    """One file, parsed and converted. `config` is empty if the root is not a mapping."""

    path: PurePath
    document: Document
    origin: Origin
    config: Table
    root_is_mapping: bool


class Configs(Protocol):
    """The source of the files of a run: the disk, or a snapshot with a cache of parsed files."""

    def load(self, path: PurePath) -> ConfigFile:
        """Return a file. Raises Missing and Unreadable like `Files.read`."""
        ...


def config_file(
    path: PurePath, text: str, provenance: Provenance = Provenance.WRITTEN, earlier: Document | None = None
) -> ConfigFile:
    """Return the file with a text; `earlier` is its document before an edit. Mirrors `OmegaConf.load`."""
    document = parse(text, earlier)
    root = document.root
    if isinstance(root, Mapping):
        return _of_mapping(path, document, root, provenance)
    origin = Origin(path, text, provenance)
    nothing = Scalar(0, 0, None, "", None) if root is None else root
    entries: dict[Atom, Leaf | Table] = {}
    # OmegaConf treats a single word as a key without a value.
    if isinstance(root, Scalar) and isinstance(root.value, str) and root.value:
        entries[root.value] = Leaf(None, origin, root, Scalar(root.end, root.end, None, "", None), None, 0)
    is_mapping = root is None or bool(entries) or (isinstance(root, Scalar) and root.value in (None, ""))
    return ConfigFile(path, document, origin, table(dict(entries), origin, None, nothing), is_mapping)


def stretch_alone(path: PurePath, stretch: Stretch) -> ConfigFile:
    """Return a stretch of a file as if the file had no other text."""
    return _of_mapping(path, Document(stretch.text, stretch.root, (), ()), stretch.root, Provenance.WRITTEN)


def as_recipe(file: ConfigFile) -> ConfigFile:
    """Return a file as a training recipe, whose values say that they are those of one."""
    origin = Origin(file.path, file.document.text, is_recipe=True)
    root = file.document.root
    if not isinstance(root, Mapping):
        return ConfigFile(file.path, file.document, origin, file.config, file.root_is_mapping)
    config = lift(root, origin)
    assert isinstance(config, Table)
    return ConfigFile(file.path, file.document, origin, config, True)


def embedded_in(file: ConfigFile, path: KeyPath) -> ConfigFile:
    """Return the mapping at a key path of a file as if it were the whole file; empty if there is none."""
    found = file.document.root
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) and isinstance(step, str) else None
    document = file.document
    root = found if isinstance(found, Mapping) else None
    document = Document(document.text, root, document.problems, document.anchors, document.given_up)
    if root is None:
        nothing = Scalar(0, 0, None, "", None)
        return ConfigFile(file.path, document, file.origin, table({}, file.origin, None, nothing), True)
    config = lift(root, file.origin)
    assert isinstance(config, Table)
    return ConfigFile(file.path, document, file.origin, config, True)


def _of_mapping(path: PurePath, document: Document, root: Mapping, provenance: Provenance) -> ConfigFile:
    origin = Origin(path, document.text, provenance)
    config = lift(root, origin)
    assert isinstance(config, Table)
    return ConfigFile(path, document, origin, config, True)
