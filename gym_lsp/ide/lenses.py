"""Code lenses above instances: who uses and who inherits them, and what the file resolves to."""

from __future__ import annotations

from enum import Enum
from pathlib import PurePath
from typing import NamedTuple

from gym_lsp.ide.references import Reference, uses_of
from gym_lsp.text import Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import UseKind
from gym_lsp.workspace.workspace import Workspace

_DIRECTIVES = (UseKind.INHERIT, UseKind.COPY)


class LensKind(Enum):
    """What a lens says."""

    USED = "used"
    INHERITED = "inherited"
    RESOLVED = "resolved"


class Lens(NamedTuple):
    """A lens above a span. `name` is the instance that it speaks of, empty for the one about the whole file."""

    span: Span
    kind: LensKind
    name: str = ""


class Counted(NamedTuple):
    """A lens with its text, and the places that it leads to."""

    title: str
    places: tuple[Reference, ...]


def lenses(workspace: Workspace, path: PurePath) -> tuple[Lens, ...]:
    """The lenses of a file, without their counts, which `count` gives when a lens comes into view."""
    if workspace.kind(path) is not FileKind.CONFIG:
        return ()
    found = [Lens(Span(0, 0), LensKind.RESOLVED)]
    for defined in workspace.definitions(path):
        if defined.server_type is not None:
            found.append(Lens(defined.key, LensKind.USED, defined.name))
            found.append(Lens(defined.key, LensKind.INHERITED, defined.name))
    return tuple(found)


def count(workspace: Workspace, path: PurePath, lens: Lens) -> Counted | None:
    """Who uses, or inherits, what a lens speaks of; None where nobody inherits it, which goes without saying."""
    if lens.kind is LensKind.RESOLVED:
        return Counted("show resolved", ())
    inherits = lens.kind is LensKind.INHERITED
    places = tuple(
        Reference(file, use.steps[step][1])
        for file, use, step in uses_of(workspace, path, (lens.name,))
        if (use.kind in _DIRECTIVES) is inherits
    )
    if inherits:
        return Counted(f"inherited by {len(places)}", places) if places else None
    return Counted(f"used by {len(places)}", places)
