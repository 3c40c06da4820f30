"""`gym-lsp --check --fix` writes fixed files, and `--diff` shows the changes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePath

from msgspec.structs import replace

from gym_lsp.check import Checker
from gym_lsp.cli.failure import EXIT_CLEAN, EXIT_FINDINGS, UsageError
from gym_lsp.cli.hints import counted, has_only_unsafe
from gym_lsp.cli.jobs import Job
from gym_lsp.cli.options import Options
from gym_lsp.cli.output import Output
from gym_lsp.cli.places import working_directory
from gym_lsp.cli.streams import print_line, print_message, write_text
from gym_lsp.diagnostic import Diagnostic, Fix, Severity
from gym_lsp.files import Disk, Unwritable
from gym_lsp.fixing import MOST_ROUNDS, Applied, Fixed, fix_all
from gym_lsp.reporters.paths import relative_path


def fix(job: Job, options: Options, may_edit: Callable[[PurePath], bool] = lambda _: True) -> Fixed:
    """Apply the fixes of a job in memory.

    Only files of the workspace and the named files are changed, not those of an install root. Findings below the shown
    severity are not fixed: an open name in a fragment is not a mistake. `may_edit` can exclude more files.
    """
    own = job.named | frozenset(job.workspace.members) | frozenset(job.documents)
    editable = job.named if job.is_of_stdin else own
    least = _least(options)

    def choose(finding: Diagnostic) -> Fix | None:
        if finding.severity > least:
            return None
        return finding.unambiguous_fix if options.unsafe_fixes else finding.safe_fix

    fixed = fix_all(job.workspace, job.check_configs, choose, lambda path: path in editable and may_edit(path))
    if options.rows and not options.diff:
        # Rows can be long, so they are read once, after the last round.
        fixed = replace(fixed, checked=job.check(Checker(fixed.workspace)))
    if not fixed.is_complete:
        print_message(f"stopped fixing after {MOST_ROUNDS} rounds; this is a bug in gym-lsp")
    return fixed


def write(jobs: Sequence[Job], fixed: Sequence[Fixed], folder: PurePath | None = None) -> None:
    """Write the fixed files, each as a whole; the text of stdin goes to stdout. Raises UsageError.

    With `folder`, only files in it are written.
    """
    for job, outcome in zip(jobs, fixed, strict=True):
        if job.is_of_stdin:
            [path] = job.named
            write_text(outcome.workspace.text(path) or "", sys.stdout)
            continue
        for path, after in outcome.texts.items():
            try:
                Disk().rewrite(path, job.workspace.text(path) or "", after, folder or root_of_edit(job, path))
            except Unwritable as error:
                shown = relative_path(path, working_directory())
                raise UsageError(f"cannot write {shown}: {error.reason}") from None


def root_of_edit(job: Job, path: PurePath) -> PurePath:
    """The folder that a fix may write in: the workspace, or for a named file outside of it the folder of the file."""
    root = job.workspace.root
    return root if path.is_relative_to(root) else path.parent


def show_diff(jobs: Sequence[Job], fixed: Sequence[Fixed], options: Options) -> int:
    """Print the changes as a unified diff, and return exit code 1 if there are any."""
    here = working_directory()
    lines: list[str] = []
    for job, outcome in zip(jobs, fixed, strict=True):
        for path, after in sorted(outcome.texts.items()):
            lines.extend(diff(relative_path(path, here), job.workspace.text(path) or "", after))
    Output(options).write_text("".join(lines))
    more = 0 if options.unsafe_fixes else sum(map(has_only_unsafe, _shown(fixed, options)))
    report_applied(fixed, options, "would fix {fixed}" + (f", {more} more with `--unsafe-fixes`" if more else ""))
    return EXIT_FINDINGS if lines and not options.exit_zero else EXIT_CLEAN


def _least(options: Options) -> Severity:
    """The lowest severity that is shown and fixed."""
    return options.show or Severity.WARNING


def _shown(fixed: Iterable[Fixed], options: Options) -> Iterator[Diagnostic]:
    least = _least(options)
    return (finding for each in fixed for finding in each.checked.diagnostics if finding.severity <= least)


def report_applied(fixed: Sequence[Fixed], options: Options, summary: str) -> None:
    """Print on stderr how many findings were fixed and, with `--show-fixes`, which. `summary` has a `{fixed}`."""
    applied = [each for outcome in fixed for each in outcome.applied]
    if options.show_fixes:
        for line in _listed(applied):
            print_line(line)
    if not options.quiet:
        for line in _listed(each for outcome in fixed for each in outcome.rejected):
            print_message(f"fix not applied because it would cause another error: {line}")
        print_message(summary.format(fixed=counted(len(applied))))


def _listed(applied: Iterable[Applied]) -> Iterator[str]:
    here = working_directory()
    for finding, chosen in applied:
        yield f"{relative_path(finding.path, here)}: {chosen.title} [{finding.rule}]"


def diff(name: str, before: str, after: str) -> Iterator[str]:
    """Yield the lines of a unified diff, with a mark after a last line that does not end in a line break."""
    from difflib import unified_diff

    for line in unified_diff(_lines(before), _lines(after), name, name):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """Lines as diff and patch split them: only LF ends a line."""
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop().removesuffix("\n")
    return [*lines, last] if last else lines
