"""Finds the files that paths in configs refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.compose.config import Leaf
from gym_lsp.compose.config import at as value_at
from gym_lsp.compose.interpolate import Interpolator
from gym_lsp.files import Kind, absolute
from gym_lsp.gym.layout import CONFIG_PATH_FIELD, ENTRYPOINT, NAME, USUAL_ENTRYPOINT, ServerPath
from gym_lsp.gym.manifest import CATALOG_FOLDERS
from gym_lsp.gym.server_folder import find_server_folder
from gym_lsp.ide.target import Location
from gym_lsp.memo import query
from gym_lsp.syntax import KeyPath, Node, Scalar, Sequence
from gym_lsp.syntax import Mapping as MappingNode
from gym_lsp.text import Span
from gym_lsp.workspace.uses import Use, UseKind, inner_span
from gym_lsp.workspace.workspace import Workspace

_LONGEST = 512
"""Characters; a longer text is not a path."""
_START = Span(0, 0)


def file_location(path: PurePath) -> Location:
    """Return the start of a file as a location."""
    return Location(path, _START, _START)


@query
def component_folder(workspace: Workspace, server_type: str, implementation: str) -> PurePath | None:
    """Return the folder of an implementation, or None if it is not in any search root."""
    found = find_server_folder(workspace.files, workspace.search.roots, server_type, implementation)
    return None if found is None else found.path


def entrypoint_file(
    workspace: Workspace, server_type: str, implementation: str, entrypoint: str = USUAL_ENTRYPOINT
) -> PurePath | None:
    """Return the Python file that starts a server, or None if it does not exist."""
    folder = component_folder(workspace, server_type, implementation)
    return None if folder is None else _existing(workspace, absolute(entrypoint, folder))


def named_file(workspace: Workspace, path: PurePath, use: Use) -> PurePath | None:
    """Return the file that a use in `path` refers to; None if it does not exist, and for uses that are not paths."""
    if use.kind is UseKind.INCLUDE:
        return _included(workspace, path, use)
    if use.kind is not UseKind.FILE:
        return None
    return named_by_field(workspace, path, use.at, use.name)


def named_by_field(workspace: Workspace, path: PurePath, at: KeyPath, text: str) -> PurePath | None:
    """Return the file that the field at a key path refers to with its text, or None."""
    server = ServerPath.of(at)
    if server is not None and server.rest == (ENTRYPOINT,):
        return entrypoint_file(workspace, server.server_type, server.implementation, text)
    if at == (CONFIG_PATH_FIELD,):
        return _existing(workspace, absolute(text, path.parent))
    return searched(workspace, text)


def searched(workspace: Workspace, text: str) -> PurePath | None:
    """Return the file at a path that is relative to the search roots, or None."""
    found = workspace.search.resolve(workspace.files, text) if text else None
    return None if found is None else _existing(workspace, absolute(found, workspace.root))


def _included(workspace: Workspace, path: PurePath, use: Use) -> PurePath | None:
    entry = use.name
    if "${" in entry:
        entry = _interpolated(workspace, path, use) or ""
    return config_file(workspace, entry)


def config_file(workspace: Workspace, entry: str) -> PurePath | None:
    """Return the config that an entry of `config_paths` refers to, by its present or its old path."""
    canonical = workspace.profile.config_path_aliases.get(PurePath(entry).as_posix())
    return searched(workspace, entry) or (searched(workspace, canonical) if canonical else None)


def _interpolated(workspace: Workspace, path: PurePath, use: Use) -> str | None:
    """Return the value of an interpolated entry of `config_paths` with the keys of the same file only, or None."""
    config = workspace.gym_part(path).config
    leaf = value_at(config, use.at)
    found = Interpolator(config, ()).dereference(leaf, use.at) if isinstance(leaf, Leaf) else None
    return found.value if isinstance(found, Leaf) and isinstance(found.value, str) else None


def _existing(workspace: Workspace, path: PurePath) -> PurePath | None:
    return path if workspace.files.kind(path) is Kind.FILE else None


def values_by_folder(manifest: PurePath) -> Mapping[str, str]:
    """Return the values of a manifest that its folder determines, by key: `name` and `kind`."""
    folder = next((parent for parent in manifest.parents if parent.name in CATALOG_FOLDERS), None)
    if folder is None or folder == manifest.parent:
        return {}
    return {NAME: manifest.parent.relative_to(folder).as_posix(), "kind": CATALOG_FOLDERS[folder.name]}


class PathValue(Struct, frozen=True):
    """A value of a config that is a path.

    `span` excludes quotes. `base` is the folder that the path is relative to, or None for the search roots; `beside` is
    True if this is the folder of the config itself. `file` is the file that the path refers to, or None.
    """

    span: Span
    text: str
    base: PurePath | None
    file: PurePath | None
    beside: bool = False


def paths_in(workspace: Workspace, path: PurePath, containing: str = "") -> Iterator[PathValue]:
    """Yield the paths in a file that contain `containing`.

    These are entries of `config_paths`, fields for paths, and all other text that refers to an existing file.
    """
    known: set[Span] = set()
    for use in workspace.uses(path):
        if use.kind in (UseKind.INCLUDE, UseKind.FILE) and containing in use.name:
            known.add(use.span)
            beside = use.at == (CONFIG_PATH_FIELD,)
            base = path.parent if beside else _server_folder(workspace, use)
            yield PathValue(use.span, use.name, base, named_file(workspace, path, use), beside)
    for at, scalar in _candidates(workspace, path):
        if containing in scalar.text and inner_span(scalar) not in known:
            found = path_at(workspace, path, at, scalar)
            if found is not None:
                yield found


def _server_folder(workspace: Workspace, use: Use) -> PurePath | None:
    """Return the folder that an entrypoint is relative to; None for other paths."""
    server = ServerPath.of(use.at)
    if server is None or server.rest != (ENTRYPOINT,):
        return None
    return component_folder(workspace, server.server_type, server.implementation)


def path_at(workspace: Workspace, path: PurePath, at: KeyPath, value: Scalar) -> PathValue | None:
    """Return a value as a path if it refers to a file in the search roots or in the folder of its server, or None."""
    if not _may_be_path(value):
        return None
    text = value.text
    if "${" in text:
        text = _resolved(workspace, path, at) or ""
    if not text or len(text) > _LONGEST or not text.isprintable():
        return None
    found = searched(workspace, text)
    if found is not None:
        return PathValue(inner_span(value), value.text, None, found)
    server = ServerPath.of(at)
    if server is not None and server.rest and server.server_type in workspace.profile.server_types:
        folder = component_folder(workspace, server.server_type, server.implementation)
        found = None if folder is None else _existing(workspace, absolute(text, folder))
        if found is not None:
            return PathValue(inner_span(value), value.text, folder, found)
    return None


def _resolved(workspace: Workspace, path: PurePath, at: KeyPath) -> str | None:
    """Return the value of an interpolated text in the file's own run, or None."""
    config = workspace.own_run(path).config
    leaf = value_at(config, at)
    if not isinstance(leaf, Leaf) or not leaf.is_interpolation or leaf.origin.path != path:
        return None
    found = Interpolator(config, ()).dereference(leaf, at)
    return found.value if isinstance(found, Leaf) and isinstance(found.value, str) else None


@query
def _candidates(workspace: Workspace, path: PurePath) -> tuple[tuple[KeyPath, Scalar], ...]:
    """Return the values of a file that look like paths, with their key paths."""
    return tuple(each for each in _scalars(workspace.gym_part(path).document.root, ()) if _may_be_path(each[1]))


def _may_be_path(value: Scalar) -> bool:
    is_line = isinstance(value.value, str) and value.style not in ("|", ">")
    return is_line and "/" in value.text and "://" not in value.text


def _scalars(node: Node | None, path: KeyPath) -> Iterator[tuple[KeyPath, Scalar]]:
    """Yield every scalar of a tree with its key path."""
    if isinstance(node, Scalar):
        yield path, node
    elif isinstance(node, MappingNode):
        for entry in node.entries:
            yield from _scalars(entry.value, (*path, str(entry.name)))
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from _scalars(item, (*path, index))
