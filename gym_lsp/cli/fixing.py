"""`gym-lsp --check --fix` and `--diff`: what fixes make of the files, written or shown."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

from gym_lsp.cli.failure import EXIT_CLEAN, EXIT_FINDINGS, UsageError
from gym_lsp.cli.jobs import Job
from gym_lsp.cli.options import Options
from gym_lsp.cli.output import Output
from gym_lsp.cli.streams import print_line, print_message, write_text
from gym_lsp.cli.workspaces import working_directory
from gym_lsp.diagnostic import Diagnostic, Fix, Severity
from gym_lsp.files import Disk, Unwritable
from gym_lsp.fixing import Applied, Fixed, certain, fix_all, safe
from gym_lsp.reporters.paths import relative_path


def fix(job: Job, options: Options) -> Fixed:
    """Apply fixes to what a job is about, in memory.

    Only files of the workspace, and those that were named, are touched: an install root belongs to somebody else. Of
    findings less severe than what is shown, nothing is changed: an open end of a fragment is no mistake.
    """
    own = job.named | frozenset(job.workspace.members)
    editable = job.named if job.is_of_stdin else own
    least = _least(options)
    kind = certain if options.unsafe_fixes else safe

    def choose(finding: Diagnostic) -> Fix | None:
        return kind(finding) if finding.severity <= least else None

    fixed = fix_all(job.workspace, job.check, choose, editable.__contains__)
    if not fixed.is_complete:
        print_message("the fixes did not come to an end; this is a bug of gym-lsp")
    return fixed


def write(jobs: Sequence[Job], fixed: Sequence[Fixed]) -> None:
    """Write the fixed files, each whole; text from stdin goes to stdout. Raises UsageError."""
    for job, outcome in zip(jobs, fixed, strict=True):
        if job.is_of_stdin:
            [path] = job.named
            write_text(outcome.workspace.text(path) or "", sys.stdout)
            continue
        for path, after in outcome.texts.items():
            try:
                Disk().rewrite(path, job.workspace.text(path) or "", after)
            except Unwritable as error:
                shown = relative_path(path, working_directory())
                raise UsageError(f"cannot write {shown}: {error.reason}") from None


def show_diff(jobs: Sequence[Job], fixed: Sequence[Fixed], options: Options) -> int:
    """Print what would change as a unified diff, and give exit code 1 where something would."""
    here = working_directory()
    lines: list[str] = []
    for job, outcome in zip(jobs, fixed, strict=True):
        for path, after in sorted(outcome.texts.items()):
            lines.extend(_diff(relative_path(path, here), job.workspace.text(path) or "", after))
    Output(options).write_text("".join(lines))
    more = 0 if options.unsafe_fixes else sum(map(_only_unsafe, _shown(fixed, options)))
    report_applied(fixed, options, "Would fix {fixed}" + (f", {more} more with --unsafe-fixes." if more else "."))
    return EXIT_FINDINGS if lines and not options.exit_zero else EXIT_CLEAN


def _least(options: Options) -> Severity:
    """What is less severe than this is neither shown nor fixed."""
    return options.show or Severity.WARNING


def _shown(fixed: Iterable[Fixed], options: Options) -> Iterator[Diagnostic]:
    least = _least(options)
    return (finding for each in fixed for finding in each.checked.diagnostics if finding.severity <= least)


def report_applied(fixed: Sequence[Fixed], options: Options, sentence: str) -> None:
    """Say on stderr how many findings were fixed and, if asked for, which."""
    applied = [each for outcome in fixed for each in outcome.applied]
    if options.show_fixes:
        for line in _listed(applied):
            print_line(line)
    if not options.quiet:
        for line in _listed(each for outcome in fixed for each in outcome.refused):
            print_message(f"not done, because another error would show: {line}")
        print_message(sentence.format(fixed=_count(len(applied))))


def fix_hint(findings: Iterable[Diagnostic], options: Options) -> str | None:
    """What a person could let gym-lsp fix, as a sentence; None where there is nothing."""
    findings = tuple(findings)
    easy = 0 if options.fix else sum(safe(finding) is not None for finding in findings)
    more = 0 if options.unsafe_fixes else sum(_only_unsafe(finding) for finding in findings)
    if easy:
        unsafe = f", {more} more with --unsafe-fixes" if more else ""
        return f"{_count(easy)} can be fixed with --fix{unsafe}; --diff in its place shows how"
    return (
        f"{_count(more)} can be fixed with --fix --unsafe-fixes; --diff in place of --fix shows how" if more else None
    )


def _only_unsafe(finding: Diagnostic) -> bool:
    return safe(finding) is None and certain(finding) is not None


def _listed(applied: Iterable[Applied]) -> Iterator[str]:
    here = working_directory()
    for finding, chosen in applied:
        yield f"{relative_path(finding.path, here)}: {chosen.title} [{finding.rule}]"


def _count(number: int) -> str:
    return "1 finding" if number == 1 else f"{number} findings"


def _diff(name: str, before: str, after: str) -> Iterator[str]:
    """The lines of a unified diff, which say where a text does not end in a line break."""
    from difflib import unified_diff

    for line in unified_diff(_lines(before), _lines(after), name, name):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """Lines as diff and patch see them: nothing but LF ends one."""
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop().removesuffix("\n")
    return [*lines, last] if last else lines
