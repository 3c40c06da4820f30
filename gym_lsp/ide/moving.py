"""Edits of configs when files and folders move, so that paths and implementation names stay correct."""

from __future__ import annotations

import json
import os.path
from collections.abc import Iterator, Mapping
from pathlib import PurePath

from gym_lsp.compose.resolved import scalar
from gym_lsp.diagnostic import FileEdit
from gym_lsp.files import absolute
from gym_lsp.ide.paths import PathValue, component_folder, paths_in, values_by_folder
from gym_lsp.ide.references import implementation_keys, mentioning
from gym_lsp.syntax import Mapping as MappingNode
from gym_lsp.syntax import Scalar
from gym_lsp.text import Edit, Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import Use, UseKind, inner_span
from gym_lsp.workspace.workspace import Workspace

Moves = Mapping[PurePath, PurePath]
"""The new path of each file or folder that moves, by its old path."""


def will_rename_files(workspace: Workspace, moves: Moves) -> tuple[FileEdit, ...]:
    """Return the edits that keep the configs of the workspace correct. They apply to the files before the move.

    A path to a file that moves is written again, relative to its search root. If the folder of an implementation gets
    a new name, so do its servers. The `name` and `kind` of a manifest that moves follow its new folder.
    """
    found: dict[FileEdit, None] = {}
    for path in _affected(workspace, moves):
        for value in paths_in(workspace, path):
            edit = _respelled(workspace, path, value, moves)
            if edit is not None:
                found[FileEdit(path, edit)] = None
    found.update(dict.fromkeys(_manifests(workspace, moves)))
    for server_type, old, new in _implementations(workspace, moves):
        for path, span in _named(workspace, server_type, old):
            found[FileEdit(path, Edit(span, new))] = None
    return tuple(sorted(found))


def _affected(workspace: Workspace, moves: Moves) -> Iterator[PurePath]:
    """Yield the files that mention the name of a moved path, and the files that move, which may have relative paths."""
    names = tuple(path.name for path in moves)
    for path in workspace.members:
        text = workspace.text(path)
        if text is not None and (any(name in text for name in names) or _moved(path, moves) is not None):
            yield path


def _moved(path: PurePath, moves: Moves) -> PurePath | None:
    """Return the new path of a file or folder that moves, itself or with a folder around it, or None."""
    for old, new in moves.items():
        if path == old or path.is_relative_to(old):
            return new / path.relative_to(old)
    return None


# Paths


def _respelled(workspace: Workspace, path: PurePath, value: PathValue, moves: Moves) -> Edit | None:
    text = workspace.text(path) or ""
    if "${" in value.text or value.span.of(text) != value.text:
        return None
    if value.base is None:
        new = _from_roots(workspace, value, moves)
    else:
        new = _relative(path, value, value.base, moves)
    return None if new is None else _replaced(text, value.span, new)


def _relative(path: PurePath, value: PathValue, base: PurePath, moves: Moves) -> str | None:
    """Return the new text of a path that is relative to a folder, which may move too, or None if it stays the same."""
    old = absolute(value.text, base)
    target = _moved(old, moves) or old
    folder = (_moved(path, moves) or path).parent if value.beside else _moved(base, moves) or base
    return None if absolute(value.text, folder) == target else PurePath(os.path.relpath(target, folder)).as_posix()


def _from_roots(workspace: Workspace, value: PathValue, moves: Moves) -> str | None:
    """Return the new text of a path that is relative to the search roots, or None if it stays the same."""
    places = workspace.search.candidates(value.text) if value.file is None else (value.file,)
    target = next((new for place in places if (new := _moved(absolute(place, workspace.root), moves))), None)
    if target is None:
        return None
    if PurePath(value.text).is_absolute():
        return target.as_posix()
    spelled = workspace.spelled(target)
    first = workspace.search.resolve(workspace.files, spelled)
    # A file with the same path in an earlier root would hide it.
    return spelled if first in (None, target) or _moved(first, moves) is not None else target.as_posix()


def _replaced(text: str, span: Span, new: str) -> Edit:
    """Return the edit that replaces the text of a scalar, within its quotes or with the quotes that it needs."""
    match text[span.start - 1 : span.start]:
        case "'":
            return Edit(span, new.replace("'", "''"))
        case '"':
            return Edit(span, json.dumps(new, ensure_ascii=False)[1:-1])
        case _:
            return Edit(span, scalar(new))


# Manifests


def _manifests(workspace: Workspace, moves: Moves) -> Iterator[FileEdit]:
    """Yield the edits of moved manifests, for values that matched their folder before."""
    for path in workspace.members:
        new = _moved(path, moves)
        if new is None or workspace.kind(path) is not FileKind.MANIFEST:
            continue
        before, root = values_by_folder(path), workspace.load(path).document.root
        for key, text in values_by_folder(new).items():
            value = root.get(key) if isinstance(root, MappingNode) else None
            if isinstance(value, Scalar) and value.value == before.get(key) != text:
                yield FileEdit(path, _replaced(workspace.text(path) or "", inner_span(value), text))


# Implementations


def _implementations(workspace: Workspace, moves: Moves) -> Iterator[tuple[str, str, str]]:
    """Yield (server type, old name, new name) for each implementation whose folder gets a new name."""
    for old, new in moves.items():
        for root in workspace.search.roots:
            for server_type in workspace.profile.server_types:
                home = root / server_type
                if not old.is_relative_to(home) or not new.is_relative_to(home) or old == home:
                    continue
                name = old.relative_to(home).as_posix()
                if component_folder(workspace, server_type, name) == old:
                    yield server_type, name, new.relative_to(home).as_posix()


def _named(workspace: Workspace, server_type: str, name: str) -> Iterator[tuple[PurePath, Span]]:
    """Yield every place in the workspace that names an implementation, without quotes."""
    for path in mentioning(workspace, name, workspace.members):
        text = workspace.text(path) or ""
        spans = [*implementation_keys(workspace, path, server_type, name)]
        for use in workspace.uses(path):
            spans.extend(_segments(use, server_type, name))
        for span in spans:
            name_span = _unquoted(text, span)
            if name_span.of(text) == name:
                yield path, name_span


def _segments(use: Use, server_type: str, name: str) -> Iterator[Span]:
    if use.kind is UseKind.IMPLEMENTATION and (use.server_type, use.name) == (server_type, name):
        yield use.span
    elif len(use.steps) > 2 and (use.steps[1][0], use.steps[2][0]) == (server_type, name):
        yield use.steps[2][1]


def _unquoted(text: str, span: Span) -> Span:
    """Return the span of a key without its quotes."""
    return Span(span.start + 1, span.end - 1) if text[span.start : span.start + 1] in ("'", '"') else span
