"""`gym-lsp --check --watch`: repeat the check whenever a file changes, until Ctrl+C."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.check import Checker
from gym_lsp.cli.checking import TextsOf, outcome_of
from gym_lsp.cli.concluding import conclude
from gym_lsp.cli.failure import UsageError
from gym_lsp.cli.jobs import Job, jobs
from gym_lsp.cli.options import Options
from gym_lsp.cli.streams import is_a_terminal, print_message, write_text
from gym_lsp.files import Disk
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.fence import around_all
from gym_lsp.workspace.place import GYM_FOLDERS
from gym_lsp.workspace.polling import Poller
from gym_lsp.workspace.workspace import YAML

PAUSE = 0.5
"""The shortest time between two polls, in seconds."""
_REST = 50
"""The pause after a poll is at least this many times as long as the poll, so that a large tree does not cost more
processor time."""
_CLEAR = "\x1b[2J\x1b[3J\x1b[H"


class Watched(Struct, frozen=True):
    """A job, and the checker that keeps the results of its last check."""

    job: Job
    checker: Checker

    def changed(self, change: Change) -> Watched:
        """Return the same job after the content of some configs changed."""
        workspace = self.job.workspace.changed(Disk(), change)
        return Watched(replace(self.job, workspace=workspace), self.checker.on(workspace))


def watch(options: Options) -> int:
    """Carry out `--check --watch`. Never returns: it ends with KeyboardInterrupt."""
    # Each change leaves garbage behind.
    gc.enable()
    watched = _start(options)
    poller = _poller(watched)
    while True:
        _check(options, watched)
        watched, poller = _after_change(options, watched, poller)


def _start(options: Options) -> list[Watched]:
    return [Watched(job, Checker(job.workspace)) for job in jobs(options, Disk())]


def _poller(watched: Sequence[Watched]) -> Poller:
    flat = [each.job.workspace.root for each in watched if not each.job.workspace.is_deep]
    fence = around_all(each.job.workspace.fence for each in watched)
    return Poller(Disk(), _folders(watched), flat, fence)


def _folders(watched: Iterable[Watched]) -> Iterator[PurePath]:
    """The folders whose files can change the results."""
    for each in watched:
        workspace = each.job.workspace
        yield workspace.root
        yield from (root / name for root in workspace.search.roots if root != workspace.root for name in GYM_FOLDERS)


def _check(options: Options, watched: Iterable[Watched]) -> None:
    if options.output_file is None and is_a_terminal(sys.stdout):
        write_text(_CLEAR, sys.stdout)
    checked = [(each.job.workspace, each.job.check(each.checker)) for each in watched]
    conclude(options, outcome_of(checked, options), TextsOf([workspace for workspace, _ in checked], options))
    if not options.quiet:
        print_message("waiting for changes; press Ctrl+C to stop")


def _after_change(options: Options, watched: list[Watched], poller: Poller) -> tuple[list[Watched], Poller]:
    """Wait for the next change, and return the jobs after it."""
    restart = False
    while True:
        change = _next_change(poller)
        restart |= bool(change.created_or_deleted) or any(path.suffix not in YAML for path in change.edited)
        if not restart:
            return [each.changed(change) for each in watched], poller
        try:
            watched = _start(options)
        except UsageError as error:
            # Settings can be wrong for a moment while someone edits them.
            print_message(str(error))
        else:
            return watched, _poller(watched)


def _next_change(poller: Poller) -> Change:
    """Wait until files have changed, and return the change."""
    took = 0.0
    while True:
        time.sleep(max(PAUSE, took * _REST))
        began = time.monotonic()
        change = poller.changes()
        took = time.monotonic() - began
        if change:
            return change
