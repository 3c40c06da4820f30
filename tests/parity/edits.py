"""One-line edits of a config, and the functions with which the kinds of mistakes are defined."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from yaml.nodes import Node

from tests.parity.sites import Config, Entry, Server


@dataclass(frozen=True, order=True)
class Edit:
    """`insert` in place of the code points from `start` to `end`."""

    start: int
    end: int
    insert: str
    line: int
    """The line of the mistake, counted from 1 in the text after the edit. For a deleted line it is the next one."""
    also: tuple[int, ...] = ()
    """Other lines of that text at which the mistake can be reported: an incomplete block, a ref to a removed name."""

    def apply(self, text: str) -> str:
        return text[: self.start] + self.insert + text[self.end :]


@dataclass(frozen=True)
class Place:
    """A config to make mistakes in, its release, and the random generator."""

    config: Config
    tree: Mapping[str, Config]
    strangers: tuple[str, ...]
    """YAML files of the release that are not Gym configs."""
    draw: random.Random

    def edit(self, start: int, end: int, insert: str, also: Iterable[int] = ()) -> Edit:
        """Return the smallest edit that puts `insert` between the offsets. `also` are offsets in the original text."""
        config = self.config
        while start < end and insert and config.text[start] == insert[0]:
            start, insert = start + 1, insert[1:]
        while start < end and insert and config.text[end - 1] == insert[-1]:
            end, insert = end - 1, insert[:-1]
        added = insert.count("\n") - config.text.count("\n", start, end)
        lines = {config.line(offset) + (added if offset >= end else 0) for offset in also}
        line = config.line(start)
        return Edit(start, end, insert, line, tuple(sorted(lines - {line})))

    def value(self, entry: Entry, new: str, also: Iterable[int] = ()) -> Iterator[Edit]:
        """Replace the value, if it is a scalar on the line of its key and differs."""
        scalar = entry.scalar
        if scalar and self._text(scalar) != new:
            yield self.edit(scalar.start_mark.index, scalar.end_mark.index, new, also)

    def key(self, entry: Entry, new: str, also: Iterable[int] = ()) -> Iterator[Edit]:
        """Replace the key."""
        if entry.name != new and self._text(entry.key) == entry.name:
            yield self.edit(entry.key.start_mark.index, entry.key.end_mark.index, new, also)

    def typo_in_key(self, entry: Entry, also: Iterable[int] = ()) -> Iterator[Edit]:
        yield from self.key(entry, self.typo(entry.name), also)

    def delete(self, entry: Entry, also: Iterable[int] = ()) -> Iterator[Edit]:
        """Delete the line of the key, if only the key is before its value on it."""
        config, start = self.config, entry.key.start_mark.index
        if config.opens_its_line(entry.key) and (
            entry.scalar or entry.value.start_mark.line > entry.key.start_mark.line
        ):
            yield self.edit(config.line_start(start), config.line_end(start), "", also)

    def before(self, entry: Entry, text: str, also: Iterable[int] = ()) -> Iterator[Edit]:
        """Add a line before an entry, with its indentation."""
        if self.config.opens_its_line(entry.key):
            start = self.config.line_start(entry.key.start_mark.index)
            yield self.edit(start, start, f"{' ' * entry.key.start_mark.column}{text}\n", also)

    def at_top(self, text: str, also: Iterable[int] = ()) -> Iterator[Edit]:
        """Add a top-level line."""
        name = text.partition(":")[0]
        top = [entry for entry in self.config.top if self.config.opens_its_line(entry.key)]
        if top and all(entry.name != name for entry in top):
            yield from self.before(self.draw.choice(top), text, also)

    def in_server(self, server: Server, text: str, also: Iterable[int] = ()) -> Iterator[Edit]:
        """Add a field to a server."""
        name = text.partition(":")[0]
        if server.fields and name not in server.fields:
            yield from self.before(self.draw.choice(list(server.fields.values())), text, also)

    def owners(self, entry: Entry) -> list[int]:
        """Return the offsets of the keys that contain the entry, innermost first, and of its list element."""
        return [entry.mapping.start_mark.index, *(owner.key.start_mark.index for owner in entry.ancestors)]

    def uses(self, server: Server) -> list[int]:
        """Return the offsets of the places in the file that name the instance of the server."""
        return [*self.config.lines_that_name(server.instance.name), *self.owners(server.impl)]

    def typo(self, word: str) -> str:
        """Return the word with one typing error: a letter removed, doubled, or swapped with the next one."""
        letters = [index for index, letter in enumerate(word) if letter.isalnum() and index > 0]
        if not letters:
            return f"{word}x"
        index = self.draw.choice(letters)
        before, letter, after = word[:index], word[index], word[index + 1 :]
        slips = [f"{before}{letter}{letter}{after}"]
        if len(letters) > 2:
            slips.append(f"{before}{after}")
        if after and after[0] != letter and after[0].isalnum():
            slips.append(f"{before}{after[0]}{letter}{after[1:]}")
        return self.draw.choice(slips)

    def _text(self, node: Node) -> str:
        return self.config.text[node.start_mark.index : node.end_mark.index]


@dataclass(frozen=True)
class Kind:
    """A kind of mistake: all places of a config at which it can be made."""

    name: str
    row: int | None
    """The row of this project's catalogue of mistakes, if there is one."""
    edits: Callable[[Place], Iterator[Edit]]
