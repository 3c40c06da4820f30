"""Where reports go, and in which form."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

from msgspec.structs import replace

from gym_lsp.cli.failure import UsageError
from gym_lsp.cli.options import Options
from gym_lsp.cli.streams import is_a_terminal, print_message, write_text
from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.files import absolute
from gym_lsp.reporters import FORMATS, Report

WIDTH = 80
"""Columns where there is no terminal to ask."""
_DEFAULT_SHOW = {"full": Severity.WARNING, "concise": Severity.WARNING, "github": Severity.WARNING}
"""What a person wants to see who did not ask: a fragment has many open ends, and none of them is a mistake."""
_WITH_NOTES = ("full", "github")
"""The formats in which a person reads the notes of a report themselves."""
PATIENCE = 0.5
"""Seconds before a long check says how far it is."""


def terminal_width() -> int:
    """The columns of the terminal, or as many as COLUMNS says."""
    # It brings in all kinds of archives, for which a check in CI has no use.
    import shutil

    return shutil.get_terminal_size((WIDTH, 24)).columns


class Output:
    """The standard output or a file, as the arguments say."""

    def __init__(self, options: Options) -> None:
        self._file = options.output_file if options.output_file != "-" else None
        is_terminal = self._file is None and is_a_terminal(sys.stdout)
        is_colorful = self._file is None and _wants_color(is_terminal)
        self._color = options.color == "always" or (options.color == "auto" and is_colorful)
        self._width = terminal_width() if is_terminal else WIDTH
        self._format = options.format or "full"
        self._statistics = options.statistics
        self._quiet = options.quiet
        # With --fix, the text that came from stdin goes out there.
        self._stdout_is_taken = options.fix and options.paths == ("-",)
        self._show = options.show or _DEFAULT_SHOW.get(self._format, Severity.HINT)

    @property
    def is_for_reading(self) -> bool:
        """Whether a person reads this as it comes, so that a word beside it is welcome."""
        return self._file is None and self._format == "full" and not (self._quiet or self._statistics)

    def write(self, report: Report) -> tuple[Diagnostic, ...]:
        """Render a report, and give the findings that it shows. Raises UsageError where the file cannot be written."""
        if not self._quiet and (self._statistics or self._format not in _WITH_NOTES):
            for note in report.notes:
                print_message(note)
        hidden = [found.severity for found in report.diagnostics if found.severity > self._show]
        report = replace(
            report, diagnostics=tuple(found for found in report.diagnostics if found.severity <= self._show)
        )
        if self._statistics:
            from gym_lsp.reporters import statistics

            text = statistics.render(report, color=self._color, width=self._width)
        else:
            text = FORMATS[self._format](report, color=self._color, width=self._width)
        self.write_text(text)
        if hidden and not self._quiet and self._file is None:
            findings, them = ("1 finding is", "it") if len(hidden) == 1 else (f"{len(hidden)} findings are", "them")
            print_message(f"{findings} less severe and not shown; --show {max(hidden).label} shows {them}")
        return report.diagnostics

    def write_text(self, text: str) -> None:
        """Write text as UTF-8, whatever the terminal's locale says."""
        if self._file is None:
            write_text(text, sys.stderr if self._stdout_is_taken else sys.stdout)
            return
        try:
            Path(absolute(self._file)).write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise UsageError(f"cannot write {self._file}: {error.strerror}") from None


def _wants_color(is_terminal: bool) -> bool:
    """What the environment says; as Python itself has it, NO_COLOR is stronger than FORCE_COLOR."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (is_terminal and os.environ.get("TERM") != "dumb")


def progress(options: Options, paths: Iterable[tuple[PurePath, float]]) -> Iterator[PurePath]:
    """The paths one by one, with a line on a terminal that says how far it is once it takes long.

    Each path comes with the part of the work that is done before it.
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
