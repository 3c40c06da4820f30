"""What a person can do about findings that gym-lsp can fix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from gym_lsp.cli.options import Options
from gym_lsp.diagnostic import Diagnostic
from gym_lsp.gym.layout import ROWS
from gym_lsp.project import NAME

_WITHOUT_FIX = ("watch", "cache", "add_ignores")
"""The options that cannot be used together with `--fix`."""
_WITH_FIX = (
    *("config", "recipe", "standalone", "rows", "docs", "search_dir", "gym_root", "exclude", "settings", "isolated"),
    *("select", "ignore"),
)
"""The options that decide which findings there are, and that can be used together with `--fix`."""


def fix_hint(findings: Iterable[Diagnostic], options: Options) -> str | None:
    """A message about the findings that gym-lsp can fix; None if there are none."""
    # `--fix` does not change rows.
    findings = tuple(finding for finding in findings if finding.path.suffix != ROWS)
    with_safe = 0 if options.fix else sum(finding.safe_fix is not None for finding in findings)
    more = 0 if options.unsafe_fixes else sum(map(has_only_unsafe, findings))
    if with_safe:
        unsafe = f", {more} more with `--unsafe-fixes`" if more else ""
        return f"{counted(with_safe)} can be fixed with {_way(options, '--fix')}{unsafe}; {_preview(options, '--diff')}"
    if more:
        way, preview = _way(options, "--fix --unsafe-fixes"), _preview(options, "--diff --unsafe-fixes")
        return f"{counted(more)} can be fixed with {way}; {preview}"
    return None


def _preview(options: Options, flags: str) -> str:
    instead = " instead" if _is_in_the_way(options) else ""
    return f"preview the changes with `{flags}`{instead}"


def _way(options: Options, flags: str) -> str:
    """Return the options that fix, or a whole command if the given ones cannot be used together with them."""
    if not _is_in_the_way(options):
        return f"`{flags}`"
    if any("=" in path for path in options.paths):
        # An override can contain a secret.
        blocking = next(name for name in _WITHOUT_FIX if getattr(options, name))
        return f"`{flags}` instead of `--{blocking.replace('_', '-')}`"
    from shlex import join  # costs a millisecond that only this should pay

    return f"`{NAME} --check {flags} {join(_again(options))}".rstrip() + "`"


def _is_in_the_way(options: Options) -> bool:
    return any(getattr(options, name) for name in _WITHOUT_FIX)


def _again(options: Options) -> Iterator[str]:
    """Yield the arguments that lead to the same findings."""
    for name in _WITH_FIX:
        value = cast("bool | str | tuple[str, ...] | None", getattr(options, name))
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            yield flag
        for each in (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ():
            yield from (flag, each)
    if options.show is not None:
        # What is not shown is not fixed.
        yield from ("--show", options.show.label)
    yield from options.paths


def has_only_unsafe(finding: Diagnostic) -> bool:
    return finding.safe_fix is None and finding.unambiguous_fix is not None


def counted(number: int) -> str:
    return "1 finding" if number == 1 else f"{number} findings"
