"""What a check ends with: the report, the baseline, the exit code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from gym_lsp.cli.failure import EXIT_CLEAN, EXIT_FINDINGS, UsageError
from gym_lsp.cli.hints import counted, fix_hint
from gym_lsp.cli.options import Options
from gym_lsp.cli.outcome import Outcome, Part, Texts
from gym_lsp.cli.output import Output
from gym_lsp.cli.places import working_directory
from gym_lsp.cli.streams import print_message
from gym_lsp.diagnostic import Diagnostic
from gym_lsp.files import Disk, Missing, Unreadable, Unwritable, absolute
from gym_lsp.reporters.report import Report

if TYPE_CHECKING:
    from gym_lsp.cli.ignoring import Ignored
    from gym_lsp.fixing import Fixed
    from gym_lsp.reporters.baseline import Key


def conclude(
    options: Options, outcome: Outcome, texts: Texts, fixed: Sequence[Fixed] = (), ignored: Sequence[Ignored] = ()
) -> int:
    """Report the findings, and return the exit code."""
    diagnostics = outcome.diagnostics
    if options.write_baseline:
        return _write_baseline(options.write_baseline, diagnostics, options)
    if options.baseline:
        diagnostics = without_known(options.baseline, diagnostics, outcome, options)
    output = Output(options)
    left = output.write(report_of(outcome, diagnostics, texts))
    if options.add_ignores and not options.quiet:
        from gym_lsp.cli.ignoring import report

        report(ignored, len(left))
    if options.fix or (output.is_for_reading and left):
        if options.fix:
            from gym_lsp.cli.fixing import report_applied

            report_applied(fixed, options, f"fixed {{fixed}}, {len(left)} left")
        if output.is_for_reading and (hint := fix_hint(left, options)):
            print_message(hint)
    fail_on = {path: part.fail_on for part in outcome.parts for path in part.files}
    usual = outcome.parts[0].fail_on
    failed = any(found.severity <= (options.fail_on or fail_on.get(found.path, usual)) for found in diagnostics)
    return EXIT_FINDINGS if failed and not options.exit_zero else EXIT_CLEAN


def report_of(outcome: Outcome, diagnostics: tuple[Diagnostic, ...], texts: Texts) -> Report:
    """Return a report of some findings of an outcome."""
    rules = {found.rule for found in diagnostics}
    return Report(
        diagnostics,
        texts.text,
        texts.shown,
        working_directory(),
        outcome.release,
        len({path for part in outcome.parts for path in part.files}),
        {name: info for name, info in outcome.rules.items() if name in rules},
        outcome.notes,
        tuple(part.root for part in outcome.parts),
        len({path for part in outcome.parts for path in part.not_checked}),
    )


def _write_baseline(name: str, diagnostics: Sequence[Diagnostic], options: Options) -> int:
    from gym_lsp.reporters import baseline

    path = absolute(name)
    try:
        Disk().write(path, baseline.write(baseline.take(diagnostics, path.parent)))
    except Unwritable as error:
        raise UsageError(f"cannot write {name}: {error.reason}") from None
    if not options.quiet:
        print_message(f"wrote {counted(len(diagnostics))} to {name}")
    return EXIT_CLEAN


def without_known(
    name: str, diagnostics: Sequence[Diagnostic], outcome: Outcome, options: Options
) -> tuple[Diagnostic, ...]:
    """Return the findings that a baseline does not record. Raises UsageError."""
    from gym_lsp.reporters import baseline

    path = absolute(name)
    try:
        known = baseline.read(Disk().read(path), path.parent)
    except Missing:
        raise UsageError(f"--baseline {name}: file not found; create it with `--write-baseline {name}`") from None
    except Unreadable as error:
        raise UsageError(f"--baseline {name}: {error.reason}") from None
    except baseline.BaselineError as error:
        raise UsageError(f"--baseline {name}: {error}") from None
    compared = baseline.apply(diagnostics, known)
    gone = sum(stale.surplus for stale in compared.stale if _was_checked(stale.key, path.parent, outcome.parts))
    if gone and not options.quiet:
        findings = "1 finding that no longer exists" if gone == 1 else f"{gone} findings that no longer exist"
        print_message(f"{name} records {findings}; update it with `--write-baseline {name}`")
    return tuple(compared.new)


def _was_checked(key: Key, root: PurePath, parts: Sequence[Part]) -> bool:
    """Whether this check would have found the finding again: its file and rule were checked, or the file is gone."""
    path = absolute(key.path, root)
    if Disk().kind(path) is None:
        return True
    return any(path in part.files and key.rule not in part.switched_off for part in parts)
