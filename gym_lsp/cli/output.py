"""Where the output of a command goes, and in which format."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from msgspec.structs import replace

from gym_lsp.cli.failure import UsageError
from gym_lsp.cli.options import Options
from gym_lsp.cli.streams import is_a_terminal, print_message, write_text
from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.files import Disk, Unwritable, absolute
from gym_lsp.reporters import FORMATS, Report

WIDTH = 80
"""Columns of the output if it does not go to a terminal."""
_DEFAULT_SHOW = {"full": Severity.WARNING, "concise": Severity.WARNING, "github": Severity.WARNING}
"""The default of `--show` in formats for people, without the many open names of fragments. Other formats show all."""
_WITH_NOTES = ("full", "github")
"""The formats that show the notes of a report; for the other formats, the notes go to stderr."""
PATIENCE = 0.5
"""Seconds before a check shows its progress."""


def terminal_width() -> int:
    """The columns of the terminal, or the value of the variable COLUMNS."""
    # This imports modules for archives, and a check in CI does not need it.
    import shutil

    return shutil.get_terminal_size((WIDTH, 24)).columns


class Output:
    """Standard output or a file, as the options say."""

    def __init__(self, options: Options) -> None:
        self._file = options.output_file if options.output_file != "-" else None
        is_terminal = self._file is None and is_a_terminal(sys.stdout)
        is_colorful = self._file is None and _wants_color(is_terminal)
        self._color = options.color == "always" or (options.color == "auto" and is_colorful)
        self._width = terminal_width() if is_terminal or os.environ.get("COLUMNS") else WIDTH
        self._format = options.format or "full"
        self._statistics = options.statistics
        self._quiet = options.quiet
        # With `--fix`, stdout is for the fixed text of stdin.
        self._stdout_is_taken = options.fix and options.paths == ("-",)
        self._show = options.show or _DEFAULT_SHOW.get(self._format, Severity.HINT)

    @property
    def is_for_reading(self) -> bool:
        """Whether a person reads this output directly, so that hints on stderr help."""
        return self._file is None and self._format == "full" and not (self._quiet or self._statistics)

    def write(self, report: Report) -> tuple[Diagnostic, ...]:
        """Write a report, and return the findings that it shows. Raises UsageError if the file cannot be written."""
        if not self._quiet and (self._statistics or self._format not in _WITH_NOTES):
            for note in report.notes:
                print_message(note)
        hidden = [found.severity for found in report.diagnostics if found.severity > self._show]
        report = replace(
            report, diagnostics=tuple(found for found in report.diagnostics if found.severity <= self._show)
        )
        if self._statistics:
            from gym_lsp.reporters import statistics

            if self._format == "json":
                text = statistics.render_json(report)
            else:
                text = statistics.render(report, color=self._color, width=self._width)
        else:
            text = FORMATS[self._format](report, color=self._color, width=self._width)
        self.write_text(text)
        if hidden and not self._quiet and self._file is None:
            findings, them = ("1 finding", "it") if len(hidden) == 1 else (f"{len(hidden)} findings", "them")
            print_message(f"{findings} hidden; show {them} with `--show {max(hidden).label}`")
        return report.diagnostics

    def write_text(self, text: str) -> None:
        """Write text as UTF-8, whatever the locale is. Raises UsageError if it cannot be written."""
        if self._file is None:
            write_text(text, sys.stderr if self._stdout_is_taken else sys.stdout)
            return
        try:
            Disk().write(absolute(self._file), text)
        except Unwritable as error:
            raise UsageError(f"cannot write {self._file}: {error.reason}") from None


def _wants_color(is_terminal: bool) -> bool:
    """Whether the environment asks for colors; as in Python itself, NO_COLOR overrides FORCE_COLOR."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (is_terminal and os.environ.get("TERM") != "dumb")


def progress(options: Options, paths: Iterable[tuple[PurePath, float]]) -> Iterator[PurePath]:
    """Yield the paths one by one, and show the progress of a long check on a terminal.

    Each path comes with the part of the work that is done before it, from 0 to 1.
    """
    if options.quiet or not is_a_terminal(sys.stderr):
        yield from (path for path, _ in paths)
        return
    began = shown = time.monotonic()
    for path, done in paths:
        yield path
        now = time.monotonic()
        if now - began > PATIENCE and now - shown > 0.1:
            shown = now
            print(f"\r\033[Kchecking: {int(done * 100)} %", end="", file=sys.stderr, flush=True)
    if shown != began:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
