"""What a person can do about findings that gym-lsp can fix."""

from __future__ import annotations

from collections.abc import Iterable

from gym_lsp.cli.options import Options
from gym_lsp.diagnostic import Diagnostic
from gym_lsp.gym.layout import ROWS


def fix_hint(findings: Iterable[Diagnostic], options: Options) -> str | None:
    """A message about the findings that gym-lsp can fix; None if there are none."""
    # `--fix` does not check rows.
    findings = tuple(finding for finding in findings if finding.path.suffix != ROWS)
    with_safe = 0 if options.fix else sum(finding.safe_fix is not None for finding in findings)
    more = 0 if options.unsafe_fixes else sum(map(has_only_unsafe, findings))
    if with_safe:
        unsafe = f", {more} more with `--unsafe-fixes`" if more else ""
        return f"{counted(with_safe)} can be fixed with `--fix`{unsafe}; preview the changes with `--diff`"
    if more:
        return (
            f"{counted(more)} can be fixed with `--fix --unsafe-fixes`; preview the changes with "
            "`--diff --unsafe-fixes`"
        )
    return None


def has_only_unsafe(finding: Diagnostic) -> bool:
    return finding.safe_fix is None and finding.unambiguous_fix is not None


def counted(number: int) -> str:
    return "1 finding" if number == 1 else f"{number} findings"
