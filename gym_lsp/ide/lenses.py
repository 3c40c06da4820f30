"""Code lenses above instances: who uses and who inherits them, and what the file resolves to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from enum import Enum
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.gym.layout import COPY, COPY_PREFIX, INHERIT_FROM, INHERIT_PREFIX
from gym_lsp.ide.references import Reference, uses_of
from gym_lsp.memo import query
from gym_lsp.text import Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import UseKind
from gym_lsp.workspace.workspace import Workspace

_DIRECTIVES = (UseKind.INHERIT, UseKind.COPY)
_WORDS = (INHERIT_FROM, COPY, INHERIT_PREFIX, COPY_PREFIX)


class LensKind(Enum):
    """What a lens says."""

    USED = "used"
    INHERITED = "inherited"
    RESOLVED = "resolved"


class Lens(Struct, frozen=True):
    """A lens above a span. `name` is the instance that it speaks of, empty for the one about the whole file."""

    span: Span
    kind: LensKind
    name: str = ""


class Counted(Struct, frozen=True):
    """A lens with its text, and the places that it leads to."""

    title: str
    places: tuple[Reference, ...]


def lenses(workspace: Workspace, path: PurePath) -> tuple[Lens, ...]:
    """The lenses of a file, without their counts, which `count` gives when a lens comes into view.

    That nobody inherits a block goes without saying; an editor could not take such a lens back later.
    """
    if workspace.kind(path) is not FileKind.CONFIG:
        return ()
    found = [Lens(Span(0, 0), LensKind.RESOLVED)]
    for defined in workspace.definitions(path):
        if defined.server_type is not None:
            found.append(Lens(defined.key, LensKind.USED, defined.name))
            if _places(workspace, path, defined.name, inherits=True):
                found.append(Lens(defined.key, LensKind.INHERITED, defined.name))
    return tuple(found)


def count(workspace: Workspace, path: PurePath, lens: Lens) -> Counted:
    """Who uses, or inherits, what a lens speaks of."""
    if lens.kind is LensKind.RESOLVED:
        return Counted("show resolved", ())
    inherits = lens.kind is LensKind.INHERITED
    places = _places(workspace, path, lens.name, inherits=inherits)
    return Counted(f"{'inherited' if inherits else 'used'} by {len(places)}", places)


def heirs(workspace: Workspace, path: PurePath) -> tuple[PurePath, ...]:
    """The files that may inherit something from a file: their runs decide, which take their time to compose."""
    names = (defined.name for defined in workspace.definitions(path))
    return tuple(dict.fromkeys(file for name in names for file in _inheriting(workspace).get(name, ())))


def _places(workspace: Workspace, path: PurePath, name: str, *, inherits: bool) -> tuple[Reference, ...]:
    files = _inheriting(workspace).get(name, ()) if inherits else None
    return tuple(
        Reference(file, use.steps[step][1])
        for file, use, step in uses_of(workspace, path, (name,), files)
        if (use.kind in _DIRECTIVES) is inherits
    )


@query
def _inheriting(workspace: Workspace) -> Mapping[str, tuple[PurePath, ...]]:
    """The files with a directive that names a top-level block, by that name."""
    found: dict[str, dict[PurePath, None]] = defaultdict(dict)
    for file in (*workspace.members, *workspace.library):
        text = workspace.text(file)
        if text is not None and any(word in text for word in _WORDS):
            for use in workspace.uses(file):
                if use.kind in _DIRECTIVES:
                    found[use.steps[0][0]][file] = None
    return {name: tuple(files) for name, files in found.items()}
