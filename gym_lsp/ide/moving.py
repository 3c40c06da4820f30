"""What has to change in configs when files and folders move, so that the paths that name them stay right."""

from __future__ import annotations

import json
import os.path
from collections.abc import Iterator, Mapping
from pathlib import PurePath

from gym_lsp.compose.resolved import scalar
from gym_lsp.diagnostic import FileEdit
from gym_lsp.files import absolute
from gym_lsp.ide.paths import PathValue, component_folder, paths_in, told_by_place
from gym_lsp.ide.references import implementation_keys, mentioning
from gym_lsp.syntax import Mapping as MappingNode
from gym_lsp.syntax import Scalar
from gym_lsp.text import Edit, Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import Use, UseKind, inner_span
from gym_lsp.workspace.workspace import Workspace

Moves = Mapping[PurePath, PurePath]
"""Old paths of files and folders, and where each of them goes."""


def will_rename_files(workspace: Workspace, moves: Moves) -> tuple[FileEdit, ...]:
    """The edits that keep the configs of the workspace right, in terms of the texts and paths before the move.

    Paths that lead to what moves are spelled anew, from the root that holds it. Where the folder of an implementation
    gets another name, the servers of that implementation do, too, and a manifest goes by the folder that it comes to.
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
    """The files whose text mentions something that moves, and those that move and hold relative paths."""
    names = tuple(path.name for path in moves)
    for path in workspace.members:
        text = workspace.text(path)
        if text is not None and (any(name in text for name in names) or _moved(path, moves) is not None):
            yield path


def _moved(path: PurePath, moves: Moves) -> PurePath | None:
    """Where a path goes: by itself, or with a folder around it."""
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
    """The new spelling of a path that is relative to a folder, which may itself move; None where it stays."""
    old = absolute(value.text, base)
    target = _moved(old, moves) or old
    folder = (_moved(path, moves) or path).parent if value.beside else _moved(base, moves) or base
    return None if absolute(value.text, folder) == target else PurePath(os.path.relpath(target, folder)).as_posix()


def _from_roots(workspace: Workspace, value: PathValue, moves: Moves) -> str | None:
    """The new spelling of a path that is looked for under the search roots; None where it stays."""
    places = workspace.search.candidates(value.text) if value.file is None else (value.file,)
    target = next((new for place in places if (new := _moved(absolute(place, workspace.root), moves))), None)
    if target is None:
        return None
    if PurePath(value.text).is_absolute():
        return target.as_posix()
    spelled = workspace.spelled(target)
    first = workspace.search.resolve(workspace.files, spelled)
    # Another file of that name in an earlier root would win.
    return spelled if first in (None, target) or _moved(first, moves) is not None else target.as_posix()


def _replaced(text: str, span: Span, new: str) -> Edit:
    """The edit that puts another text into a scalar, in the quotes that it has or that it needs."""
    match text[span.start - 1 : span.start]:
        case "'":
            return Edit(span, new.replace("'", "''"))
        case '"':
            return Edit(span, json.dumps(new, ensure_ascii=False)[1:-1])
        case _:
            return Edit(span, scalar(new))


# Manifests


def _manifests(workspace: Workspace, moves: Moves) -> Iterator[FileEdit]:
    """What manifests that move say of their place, as far as it was right before."""
    for path in workspace.members:
        new = _moved(path, moves)
        if new is None or workspace.kind(path) is not FileKind.MANIFEST:
            continue
        before, root = told_by_place(path), workspace.load(path).document.root
        for key, text in told_by_place(new).items():
            value = root.get(key) if isinstance(root, MappingNode) else None
            if isinstance(value, Scalar) and value.value == before.get(key) != text:
                yield FileEdit(path, _replaced(workspace.text(path) or "", inner_span(value), text))


# Implementations


def _implementations(workspace: Workspace, moves: Moves) -> Iterator[tuple[str, str, str]]:
    """(server type, old name, new name) of each implementation whose folder gets another name."""
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
    """Every place of the workspace that names an implementation."""
    for path in mentioning(workspace, name, workspace.members):
        text = workspace.text(path) or ""
        spans = [*implementation_keys(workspace, path, server_type, name)]
        for use in workspace.uses(path):
            spans.extend(_segments(use, server_type, name))
        for span in spans:
            bare = _bare(text, span)
            if bare.of(text) == name:
                yield path, bare


def _segments(use: Use, server_type: str, name: str) -> Iterator[Span]:
    if use.kind is UseKind.IMPLEMENTATION and (use.server_type, use.name) == (server_type, name):
        yield use.span
    elif len(use.steps) > 2 and (use.steps[1][0], use.steps[2][0]) == (server_type, name):
        yield use.steps[2][1]


def _bare(text: str, span: Span) -> Span:
    """A key without its quotes."""
    return Span(span.start + 1, span.end - 1) if text[span.start : span.start + 1] in ("'", '"') else span
