"""Code lenses: how often instances are used and inherited, and the resolved configuration of a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.gym.layout import COPY, COPY_PREFIX, INHERIT_FROM, INHERIT_PREFIX
from gym_lsp.ide.paths import named_file
from gym_lsp.ide.references import Occurrence, uses_of
from gym_lsp.memo import query
from gym_lsp.text import Span
from gym_lsp.workspace.includers import includers
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import UseKind
from gym_lsp.workspace.workspace import Workspace

_DIRECTIVES = (UseKind.INHERIT, UseKind.COPY)
_WORDS = (INHERIT_FROM, COPY, INHERIT_PREFIX, COPY_PREFIX)


class LensKind(Enum):
    """The kinds of lenses."""

    USED = "used"
    INHERITED = "inherited"
    RESOLVED = "resolved"
    RECIPES = "recipes"


class Lens(Struct, frozen=True):
    """A lens above a span. `name` is its instance, empty for the lens of the whole file."""

    span: Span
    kind: LensKind
    name: str = ""


class CountedLens(Struct, frozen=True):
    """The text of a lens, and the places that it lists."""

    title: str
    places: tuple[Occurrence, ...]


def lenses(workspace: Workspace, path: PurePath) -> tuple[Lens, ...]:
    """Return the lenses of a file without their counts; `count` adds them when a lens becomes visible.

    A block that no other block inherits has no such lens, because an editor cannot remove a lens later.
    """
    if workspace.kind(path) not in (FileKind.CONFIG, FileKind.RECIPE):
        return ()
    found = [Lens(Span(0, 0), LensKind.RESOLVED)]
    if workspace.kind(path) is FileKind.CONFIG and any(_recipes(workspace, path)):
        found.append(Lens(Span(0, 0), LensKind.RECIPES))
    for defined in workspace.definitions(path):
        if defined.server_type is not None:
            found.append(Lens(defined.key, LensKind.USED, defined.name))
            if _places(workspace, path, defined.name, inherits=True):
                found.append(Lens(defined.key, LensKind.INHERITED, defined.name))
    return tuple(found)


def count(workspace: Workspace, path: PurePath, lens: Lens) -> CountedLens:
    """Return a lens with the places that use or inherit its instance."""
    if lens.kind is LensKind.RESOLVED:
        return CountedLens("show resolved", ())
    if lens.kind is LensKind.RECIPES:
        places = tuple(_in_recipe(workspace, path, recipe) for recipe in _recipes(workspace, path))
        return CountedLens(f"used by {len(places)} {'recipe' if len(places) == 1 else 'recipes'}", places)
    inherits = lens.kind is LensKind.INHERITED
    places = _places(workspace, path, lens.name, inherits=inherits)
    return CountedLens(f"{'inherited' if inherits else 'used'} by {len(places)}", places)


def _recipes(workspace: Workspace, path: PurePath) -> Iterator[PurePath]:
    """Yield the training recipes whose run has a config."""
    return (each for each in includers(workspace, path) if workspace.kind(each) is FileKind.RECIPE)


def _in_recipe(workspace: Workspace, path: PurePath, recipe: PurePath) -> Occurrence:
    """Return the entry of a recipe that names a config, or its beginning if it has the entry from another recipe."""
    entries = (use for use in workspace.uses(recipe) if use.kind is UseKind.INCLUDE)
    span = next((use.span for use in entries if named_file(workspace, recipe, use) == path), Span(0, 0))
    return Occurrence(recipe, span)


def inheriting_files(workspace: Workspace, path: PurePath) -> tuple[PurePath, ...]:
    """Return the files that may inherit from a file. Only their runs, which are slow to compose, decide."""
    names = (defined.name for defined in workspace.definitions(path))
    return tuple(dict.fromkeys(file for name in names for file in _inheriting(workspace).get(name, ())))


def _places(workspace: Workspace, path: PurePath, name: str, *, inherits: bool) -> tuple[Occurrence, ...]:
    files = _inheriting(workspace).get(name, ()) if inherits else None
    return tuple(
        Occurrence(file, use.steps[step][1])
        for file, use, step in uses_of(workspace, path, (name,), files)
        if (use.kind in _DIRECTIVES) is inherits
    )


@query
def _inheriting(workspace: Workspace) -> Mapping[str, tuple[PurePath, ...]]:
    """Return the files with a directive that names a top-level block, by that name."""
    found: dict[str, dict[PurePath, None]] = defaultdict(dict)
    for file in (*workspace.members, *workspace.library):
        text = workspace.text(file)
        if text is not None and any(word in text for word in _WORDS):
            for use in workspace.uses(file):
                if use.kind in _DIRECTIVES:
                    found[use.steps[0][0]][file] = None
    return {name: tuple(files) for name, files in found.items()}
