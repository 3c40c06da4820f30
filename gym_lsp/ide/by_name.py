"""Definitions and uses by name, for callers without a cursor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.ide.definition import definition
from gym_lsp.ide.lookup import anywhere
from gym_lsp.ide.references import (
    Occurrence,
    implementation_keys,
    mentioning,
    references,
    uses_of_file,
    uses_of_implementation,
)
from gym_lsp.syntax import KeyPath
from gym_lsp.workspace.includers import includers
from gym_lsp.workspace.workspace import Workspace

_MOST_DEFINITIONS = 20
"""Definitions of one name whose references are searched. Their uses are mostly the same."""


def occurrences_of_name(workspace: Workspace, name: str) -> tuple[Occurrence, ...]:
    """Return the places that define or use a name: an instance, a dotted key path, an implementation, a variable.

    Without a definition, these are the uses of the name, which must come from outside. Definitions come first.
    """
    steps = tuple(name.split("."))
    found = dict.fromkeys(_of_value(workspace, steps))
    found.update(dict.fromkeys(_of_implementation(workspace, name)))
    if not found:
        found.update(dict.fromkeys(_undefined(workspace, name, steps)))
    return tuple(sorted(found, key=lambda each: not each.is_definition))


def occurrences_of_file(workspace: Workspace, path: PurePath) -> tuple[Occurrence, ...]:
    """Return the places that name a file: the entries that include a config, and the fields with its path."""
    files = (*workspace.members, *workspace.library)
    return tuple(dict.fromkeys(uses_of_file(workspace, path, files)))


def reached_from(workspace: Workspace, path: PurePath) -> tuple[PurePath, ...]:
    """Return the configs whose own run contains a config, directly or not, the nearest first."""
    return includers(workspace, path)


def names_like(workspace: Workspace, name: str) -> tuple[str, ...]:
    """Return the names of instances that are one or two edits away."""
    return workspace.names.spelled_like(name.partition(".")[0], None)


def _of_value(workspace: Workspace, steps: KeyPath) -> Iterator[Occurrence]:
    seen: set[Occurrence] = set()
    searched = 0
    for place in anywhere(workspace, steps, None).places:
        own = Occurrence(place.path, place.selection, is_definition=True)
        if own in seen or searched == _MOST_DEFINITIONS:
            if own not in seen:
                seen.add(own)
                yield own
            continue
        searched += 1
        seen.add(own)
        yield own
        for each in references(workspace, place.path, place.selection.start):
            if each not in seen:
                seen.add(each)
                yield each


def _of_implementation(workspace: Workspace, name: str) -> Iterator[Occurrence]:
    files = tuple(mentioning(workspace, name, (*workspace.members, *workspace.library)))
    for server_type in workspace.profile.server_types:
        keys = ((file, key) for file in files for key in implementation_keys(workspace, file, server_type, name))
        first = next(keys, None)
        if first is not None:
            # The class of the server, if its program is there.
            found = definition(workspace, first[0], first[1].start)
            for place in () if found is None else found[1]:
                if place.selection != first[1]:
                    yield Occurrence(place.path, place.selection, is_definition=True)
        yield from uses_of_implementation(workspace, server_type, name, files)


def _undefined(workspace: Workspace, name: str, steps: KeyPath) -> Iterator[Occurrence]:
    for file in mentioning(workspace, str(steps[-1]), (*workspace.members, *workspace.library)):
        for use in workspace.uses(file):
            if use.name == name or tuple(step for step, _ in use.steps)[: len(steps)] == steps:
                yield Occurrence(file, use.span)
