"""`gym-lsp --check --watch`: the same question again whenever a file changes, until Ctrl+C."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.check import Checker
from gym_lsp.cli.arguments import Options
from gym_lsp.cli.checking import conclude
from gym_lsp.cli.failure import UsageError
from gym_lsp.cli.question import Question, questions
from gym_lsp.cli.streams import is_a_terminal, put, say
from gym_lsp.files import Disk
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.polling import Poller
from gym_lsp.workspace.recognise import GYM_FOLDERS
from gym_lsp.workspace.workspace import YAML

PAUSE = 0.5
"""Seconds between two looks at the least."""
_REST = 50
"""How much longer than a look the pause behind it is at the least, so that large trees take no more processor time."""
_CLEAR = "\x1b[2J\x1b[3J\x1b[H"


class Asked(Struct, frozen=True):
    """A question, and the checker that remembers what it found out."""

    question: Question
    checker: Checker

    def changed(self, change: Change) -> Asked:
        """The same question after the content of some configs changed."""
        workspace = self.question.workspace.changed(Disk(), change)
        return Asked(replace(self.question, workspace=workspace), self.checker.on(workspace))


def watch(options: Options) -> int:
    """Carry out `--check --watch`. Ends with the exception that Ctrl+C is."""
    # Of each change some garbage stays behind.
    gc.enable()
    asked = _begin(options)
    look = Poller(Disk(), _folders(asked))
    while True:
        _tell(options, asked)
        asked, look = _after_change(options, asked, look)


def _begin(options: Options) -> list[Asked]:
    return [Asked(question, Checker(question.workspace)) for question in questions(options)]


def _folders(asked: Iterable[Asked]) -> Iterator[PurePath]:
    """The folders whose files have a say in the answers."""
    for each in asked:
        workspace = each.question.workspace
        yield workspace.root
        yield from (root / name for root in workspace.search.roots if root != workspace.root for name in GYM_FOLDERS)


def _tell(options: Options, asked: Iterable[Asked]) -> None:
    if options.arguments.output_file is None and is_a_terminal(sys.stdout):
        put(_CLEAR, sys.stdout)
    conclude(options, [(each.question.workspace, each.question.ask(each.checker)) for each in asked], [])
    if not options.arguments.quiet:
        say("waiting for changes; Ctrl+C ends this")


def _after_change(options: Options, asked: list[Asked], look: Poller) -> tuple[list[Asked], Poller]:
    """The questions after the next change."""
    from_the_start = False
    while True:
        change = _next_change(look)
        from_the_start |= bool(change.created_or_deleted) or any(path.suffix not in YAML for path in change.edited)
        if not from_the_start:
            return [each.changed(change) for each in asked], look
        try:
            asked = _begin(options)
        except UsageError as error:
            # Settings that somebody is writing may be wrong for a moment.
            say(str(error))
        else:
            return asked, Poller(Disk(), _folders(asked))


def _next_change(look: Poller) -> Change:
    """Wait until files have changed, and return which ones."""
    took = 0.0
    while True:
        time.sleep(max(PAUSE, took * _REST))
        began = time.monotonic()
        change = look.changes()
        took = time.monotonic() - began
        if change:
            return change
