"""The tool `find`: what defines a name or a file, and what uses it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.cli.tools.arguments import Find
from gym_lsp.cli.tools.paging import cut, joined, page
from gym_lsp.cli.tools.site import Site, is_folder
from gym_lsp.files import Disk, Kind
from gym_lsp.gym.layout import ROWS
from gym_lsp.ide.by_name import names_like, occurrences_of_file, occurrences_of_name, reached_from
from gym_lsp.ide.definition import definition
from gym_lsp.ide.references import Occurrence, references
from gym_lsp.mcp.calling import quoted
from gym_lsp.mcp.offer import Answer, Data, ToolError
from gym_lsp.text import LineIndex, Position
from gym_lsp.workspace.workspace import YAML, Workspace

_MOST_SHOWN = 160
"""Characters of a line that are shown."""
_MOST_BEFORE = 40
"""Characters before the place, if the line is longer than that."""
_MOST_REACHED = 20
"""Configs that reach a file, in the text."""


class _Found(Struct, frozen=True):
    """What was asked for, its occurrences, and for a config the configs whose run contains it."""

    title: str
    occurrences: tuple[Occurrence, ...]
    reached_from: tuple[PurePath, ...] = ()


def find(site: Site, given: Find) -> Answer:
    """Return the definitions and uses of a name, of a file, or of what is at a place."""
    if bool(given.name) == bool(given.path):
        raise ToolError("set either `name`, or `path` with `line` and `column`")
    if given.path:
        workspace, found = _at_place(site, given)
    else:
        workspace, found = _by_name(site, given.name)
    lines = _Lines(site, workspace)
    # A dataset can have thousands of rows that name its agent.
    occurrences = sorted(found.occurrences, key=lambda each: (not each.is_definition, each.path.suffix == ROWS))
    part = page(occurrences, given.offset, given.limit, lambda each: 2 * len(lines.text(each)) + 100)
    defined = sum(each.is_definition for each in found.occurrences)
    counts = f"{_counted(defined, 'definition')}, {_counted(len(found.occurrences) - defined, 'use')}"
    text = joined(
        f"{found.title}: {counts}",
        *(lines.text(each) for each in part.shown),
        *part.rest("places", "name a longer key path"),
        *_reached(site, found.reached_from),
    )
    reached = [site.shown(path) for path in found.reached_from[:_MOST_REACHED]]
    places = [lines.data(each) for each in part.shown]
    data: Data = {"places": places, **part.data, "definitions": defined}
    return Answer(text, {**data, "reached_from": reached, "reached_from_total": len(found.reached_from)})


def _at_place(site: Site, given: Find) -> tuple[Workspace, _Found]:
    path = site.existing(given.path)
    if is_folder(path):
        raise ToolError(f"`path`: {quoted(given.path)} is a folder; name a file")
    workspace = site.workspace(path)
    text = workspace.text(path)
    if text is None:
        raise ToolError(f"`path`: cannot read {quoted(given.path)}")
    offset = LineIndex(text).offset(Position(given.line - 1, given.column - 1))
    title = f"{cut(site.shown(path))}:{given.line}:{given.column}"
    goto = definition(workspace, path, offset)
    places = () if goto is None else goto[1]
    defining = (Occurrence(place.path, place.selection, is_definition=True) for place in places)
    found = tuple(dict.fromkeys((*defining, *references(workspace, path, offset))))
    if not found:
        raise ToolError(f"nothing with a definition is at {title}; point at a name, a key or a path")
    return workspace, _Found(title, found)


def _by_name(site: Site, name: str) -> tuple[Workspace, _Found]:
    title = quoted(name)
    if PurePath(name).suffix in YAML or "/" in name:
        path = site.path(name)
        if Disk().kind(path) is Kind.FILE:
            workspace = site.workspace(path)
            return workspace, _Found(title, occurrences_of_file(workspace, path), reached_from(workspace, path))
        installed = _in_search_roots(site, name)
        if installed is not None:
            return installed
        raise ToolError(f"{title}: file not found")
    workspace = site.workspace()
    found = occurrences_of_name(workspace, name)
    if not found:
        near = names_like(workspace, name)
        hint = f"; did you mean {quoted(near[0])}?" if near else "; `list` shows components, and `resolve` key paths"
        raise ToolError(f"{title} is not defined or used in this workspace{hint}")
    return workspace, _Found(title, found)


def _in_search_roots(site: Site, name: str) -> tuple[Workspace, _Found] | None:
    """Return what is known about a file that is named as in `config_paths`."""
    workspace = site.workspace()
    path = workspace.search.resolve(workspace.files, name)
    if path is None:
        return None
    return workspace, _Found(quoted(name), occurrences_of_file(workspace, path), reached_from(workspace, path))


def _reached(site: Site, paths: Iterable[PurePath]) -> tuple[str, ...]:
    names = [cut(site.shown(path)) for path in paths]
    if not names:
        return ()
    more = f" and {len(names) - _MOST_REACHED} more" if len(names) > _MOST_REACHED else ""
    are = "1 config reaches it" if len(names) == 1 else f"{len(names)} configs reach it"
    return (f"{are}: {', '.join(names[:_MOST_REACHED])}{more}",)


def _counted(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"


class _Lines:
    """Occurrences as lines of text and as data, with the line of the file, in which secrets are masked."""

    def __init__(self, site: Site, workspace: Workspace) -> None:
        self._site = site
        self._workspace = workspace
        self._lines: dict[PurePath, tuple[LineIndex, LineIndex]] = {}

    def text(self, each: Occurrence) -> str:
        """Return the occurrence as one line."""
        line, column, shown = self._place(each)
        role = "definition" if each.is_definition else "use"
        return f"{cut(self._site.shown(each.path))}:{line}:{column}: {role}: {shown}"

    def data(self, each: Occurrence) -> Data:
        """Return the occurrence as data."""
        line, column, shown = self._place(each)
        role = "definition" if each.is_definition else "use"
        return {"path": self._site.shown(each.path), "line": line, "column": column, "role": role, "text": shown}

    def _place(self, each: Occurrence) -> tuple[int, int, str]:
        if each.path not in self._lines:
            text, shown = self._workspace.text(each.path) or "", self._workspace.shown(each.path)
            self._lines[each.path] = LineIndex(text), LineIndex(shown)
        index, shown_index = self._lines[each.path]
        place = index.position(each.span.start)
        is_there = place.line < len(shown_index)
        line = shown_index.line_span(place.line).of(shown_index.text) if is_there else ""
        if len(line) > _MOST_SHOWN:
            line = line[max(0, place.column - _MOST_BEFORE) :]
        return place.line + 1, place.column + 1, cut(line.strip(), _MOST_SHOWN)
