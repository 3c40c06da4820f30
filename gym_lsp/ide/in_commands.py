"""What the words of a command in a document refer to: configs, names that select configs, and keys of overrides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.commands.invocation import Invocation, Override
from gym_lsp.gym.selectors import Ambiguous, Selected
from gym_lsp.ide.lookup import anywhere, places_in
from gym_lsp.ide.paths import config_file, file_location
from gym_lsp.ide.shape import declared_at
from gym_lsp.ide.target import Location
from gym_lsp.text import Span
from gym_lsp.workspace.command_runs import commands_in, known_part_of
from gym_lsp.workspace.named import config_named
from gym_lsp.workspace.workspace import Workspace


class CommandWord(Struct, frozen=True):
    """A part of a command that refers to something: `text` is that of a config, of a name, or of a key with its dots.

    `option` is the flag of a name, without its dashes. `steps` are those of a key up to the one at the offset, and
    empty for another word.
    """

    span: Span
    invocation: Invocation
    text: str
    option: str = ""
    steps: tuple[str, ...] = ()


def word_at(workspace: Workspace, path: PurePath, offset: int) -> CommandWord | None:
    """Return the word of a command at an offset, or None."""
    words = (word for word in _words(workspace, path) if word.span.contains(offset))
    found = next(words, None)
    if found is None or not found.steps:
        return found
    at = 0
    parts = found.text.split(".")
    for index, part in enumerate(parts):
        span = Span(found.span.start + at, found.span.start + at + len(part))
        if span.contains(offset):
            return CommandWord(span, found.invocation, found.text, steps=tuple(parts[: index + 1]))
        at += len(part) + 1
    return found


def _words(workspace: Workspace, path: PurePath) -> Iterator[CommandWord]:
    """Yield what the commands of a document refer to, each key with all its steps."""
    for invocation in commands_in(workspace, path):
        for config in (*invocation.configs, *invocation.replaced):
            if config.is_known:
                yield CommandWord(config.span, invocation, config.text)
        for each in invocation.named:
            if each.name.is_known:
                yield CommandWord(each.name.span, invocation, each.name.text, each.option)
        for override in invocation.overrides:
            if override.key.is_known and not _is_split(override):
                yield CommandWord(
                    override.key.span, invocation, override.key.text, steps=tuple(override.key.text.split("."))
                )


def _is_split(override: Override) -> bool:
    """Whether there are quotes in the middle of a key, so that its steps have no places."""
    return override.key.span.end - override.key.span.start != len(override.key.text)


def definitions_of(workspace: Workspace, word: CommandWord) -> tuple[Location, ...]:
    """Return the places that a word refers to.

    For a key, these are the values that the override changes. For a field that the run does not set, they are its line
    in the class of the server, or else the block around it. If no config of the command has the block, all files of the
    search roots are candidates.
    """
    if word.steps:
        return _of_key(workspace, word)
    return tuple(map(file_location, files_of(workspace, word)))


def files_of(workspace: Workspace, word: CommandWord) -> tuple[PurePath, ...]:
    """Return the configs that a word refers to: one, or several if a name is ambiguous; none for a key."""
    if word.steps:
        return ()
    if not word.option:
        found = config_file(workspace, word.text)
        return () if found is None else (found,)
    match config_named(workspace, word.option, word.text):
        case Selected(path=path):
            return (path,)
        case Ambiguous(matches=matches):
            return matches
        case _:
            return ()


def _of_key(workspace: Workspace, word: CommandWord) -> tuple[Location, ...]:
    run = known_part_of(workspace, word.invocation)
    runs = () if run is None else (workspace.compose(run),)
    for end in range(len(word.steps), 0, -1):
        steps = word.steps[:end]
        places = tuple(dict.fromkeys(places_in(runs, steps)))
        if places and end < len(word.steps):
            declared = declared_at(workspace, places[0].path, word.steps)
            return places if declared is None else (declared,)
        if places:
            return places
    return anywhere(workspace, word.steps, None).places or anywhere(workspace, word.steps[:1], None).places


def links_in(workspace: Workspace, path: PurePath) -> Iterator[tuple[Span, PurePath]]:
    """Yield the places in the commands of a document that lead to one config, each with that config."""
    for word in _words(workspace, path):
        files = files_of(workspace, word)
        if len(files) == 1:
            yield word.span, files[0]
