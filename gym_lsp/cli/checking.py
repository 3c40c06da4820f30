"""`gym-lsp --check`."""

from __future__ import annotations

import gc
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from gym_lsp.check import Checked
from gym_lsp.cli.failure import EXIT_CLEAN, EXIT_FINDINGS, UsageError
from gym_lsp.cli.jobs import jobs
from gym_lsp.cli.options import Options
from gym_lsp.cli.output import Output
from gym_lsp.cli.streams import print_message
from gym_lsp.cli.workspaces import working_directory
from gym_lsp.compose.overrides import COMMAND_LINE, command_line
from gym_lsp.compose.secrets import masked_program
from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.files import Disk, Kind, Missing, Unreadable, Unwritable, absolute, is_below
from gym_lsp.reporters.paths import relative_path
from gym_lsp.reporters.report import Report, RuleInfo
from gym_lsp.rules import ALL_RULES
from gym_lsp.workspace.workspace import Workspace

if TYPE_CHECKING:
    from gym_lsp.fixing import Fixed
    from gym_lsp.reporters.baseline import Key


_MOST_NAMED = 3
"""Files or folders in one note."""


def check(options: Options) -> int:
    """Carry out `--check`."""
    checks = jobs(options)
    if options.show_files:
        from gym_lsp.cli.showing_files import show_files

        return show_files(checks, options)
    outcomes: list[tuple[Workspace, Checked]]
    fixed: list[Fixed] = []
    if options.fix or options.diff:
        from gym_lsp.cli import fixing

        # Each fix is tried on a new workspace, which leaves garbage behind.
        gc.enable()
        fixed = [fixing.fix(job, options) for job in checks]
        if options.diff:
            return fixing.show_diff(checks, fixed, options)
        fixing.write(checks, fixed)
        outcomes = [(outcome.workspace, outcome.checked) for outcome in fixed]
    else:
        outcomes = [(job.workspace, job.checked()) for job in checks]
    return conclude(options, outcomes, fixed)


def conclude(options: Options, outcomes: list[tuple[Workspace, Checked]], fixed: Sequence[Fixed]) -> int:
    """Report the findings, and return the exit code."""
    diagnostics = [diagnostic for _, checked in outcomes for diagnostic in checked.diagnostics]
    if options.write_baseline:
        return _write_baseline(options.write_baseline, diagnostics, options)
    if options.baseline:
        diagnostics = _without_known(options.baseline, diagnostics, outcomes, options)
    output = Output(options)
    left = output.write(_report(outcomes, diagnostics, options))
    if options.fix or (output.is_for_reading and left):
        from gym_lsp.cli import fixing

        if options.fix:
            fixing.report_applied(fixed, options, f"fixed {{fixed}}, {len(left)} left")
        if output.is_for_reading and (hint := fixing.fix_hint(left, options)):
            print_message(hint)
    fail_on = {path: workspace.settings.fail_on for workspace, checked in outcomes for path in checked.files}
    usual = outcomes[0][0].settings.fail_on
    failed = any(found.severity <= (options.fail_on or fail_on.get(found.path, usual)) for found in diagnostics)
    return EXIT_FINDINGS if failed and not options.exit_zero else EXIT_CLEAN


def _write_baseline(name: str, diagnostics: list[Diagnostic], options: Options) -> int:
    from gym_lsp.reporters import baseline

    path = absolute(name)
    try:
        Disk().write(path, baseline.write(baseline.take(diagnostics, path.parent)))
    except Unwritable as error:
        raise UsageError(f"cannot write {name}: {error.reason}") from None
    if not options.quiet:
        count = "1 finding" if len(diagnostics) == 1 else f"{len(diagnostics)} findings"
        print_message(f"wrote {count} to {name}")
    return EXIT_CLEAN


def _without_known(
    name: str, diagnostics: list[Diagnostic], outcomes: list[tuple[Workspace, Checked]], options: Options
) -> list[Diagnostic]:
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
    gone = sum(stale.surplus for stale in compared.stale if _was_checked(stale.key, path.parent, outcomes))
    if gone and not options.quiet:
        findings = "1 finding that no longer exists" if gone == 1 else f"{gone} findings that no longer exist"
        print_message(f"{name} records {findings}; update it with `--write-baseline {name}`")
    return list(compared.new)


def _was_checked(key: Key, root: PurePath, outcomes: list[tuple[Workspace, Checked]]) -> bool:
    """Whether this check would have found the finding again: its file and rule were checked, or the file is gone."""
    path = absolute(key.path, root)
    if Disk().kind(path) is None:
        return True
    return any(
        path in checked.files and workspace.settings.severity_of(key.rule, Severity.ERROR) is not None
        for workspace, checked in outcomes
    )


def _report(outcomes: list[tuple[Workspace, Checked]], diagnostics: list[Diagnostic], options: Options) -> Report:
    typed = command_line(options.config, options.paths if options.config else ())

    def text(path: PurePath) -> str:
        if path == COMMAND_LINE:
            return typed
        return next((found for workspace, _ in outcomes if (found := workspace.text(path)) is not None), "")

    def shown(path: PurePath) -> str:
        if path == COMMAND_LINE:
            return masked_program(typed)
        return next((found for workspace, _ in outcomes if (found := workspace.shown(path))), "")

    files = {path for _, checked in outcomes for path in checked.files}
    others = {path for _, checked in outcomes for path in checked.not_checked}
    # A folder of several checkouts has no NeMo Gym itself.
    profile = next((workspace.profile for workspace, _ in outcomes if workspace.install is not None), None)
    return Report(
        tuple(sorted(diagnostics, key=lambda diagnostic: diagnostic.sort_key)),
        text,
        shown,
        working_directory(),
        None if profile is None else profile.release,
        len(files),
        rule_infos({diagnostic.rule for diagnostic in diagnostics}),
        tuple(_notes(outcomes, options)),
        tuple(workspace.root for workspace, _ in outcomes),
        len(others),
    )


def _notes(outcomes: list[tuple[Workspace, Checked]], options: Options) -> Iterator[str]:
    """What a person needs to know to understand the result."""
    named = [*_named_but_not_checked(outcomes, options)]
    if not named and not any(checked.files for _, checked in outcomes) and not options.config:
        below = ", ".join(path for path in options.paths if path != ".") or "this folder"
        yield (
            f"nothing to check in {below}: it does not contain a NeMo Gym config, manifest, prompt or env.yaml, "
            "or the settings exclude all of them"
        )
    yield from named
    yield from _links_outside(outcomes, options)
    for workspace, _ in outcomes:
        yield from _missing_paths(workspace)
        caveat = workspace.profile.caveat
        if caveat is not None:
            yield caveat


def _named_but_not_checked(outcomes: list[tuple[Workspace, Checked]], options: Options) -> Iterator[str]:
    """Files that the command line names, but that do not belong to NeMo Gym."""
    named = {absolute(path): path for path in options.paths} if not options.config else {}
    others = [named[path] for _, checked in outcomes for path in checked.not_checked if path in named]
    if others:
        contents = "a server, a sandbox, a directive or `config_paths`"
        yield f"not checked: {_few(others)}; a NeMo Gym config contains {contents}"


def _links_outside(outcomes: list[tuple[Workspace, Checked]], options: Options) -> Iterator[str]:
    """Folders that were not entered, because they are links to the outside."""
    below = [absolute(path) for path in options.paths or (".",)] if not options.config else []
    links = [
        relative_path(link, working_directory())
        for workspace, _ in outcomes
        for link in workspace.links_outside(workspace.root)
        if any(is_below(link, folder) for folder in below)
    ]
    if links:
        are = "links to folders" if len(links) > 1 else "a link to a folder"
        yield f"not checked: {_few(links)}, {are} outside of the workspace; name the real folder with `--search-dir`"


def _few(names: list[str]) -> str:
    """The first of some names, and the number of the others."""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _missing_paths(workspace: Workspace) -> Iterator[str]:
    """Settings that name missing folders or files. This is not an error, because not everyone has all of them."""
    settings = workspace.settings
    where = relative_path(settings.path, working_directory()) if settings.path is not None else ""
    for folder in settings.search_dirs:
        if workspace.files.kind(folder) is not Kind.DIRECTORY:
            yield f"{where}: `search-dirs`: folder {relative_path(folder, working_directory())} not found"
    for name, roots in settings.runs.items():
        for root in roots:
            if workspace.search.resolve(workspace.files, root) is None:
                yield f"{where}: `runs.{name}`: {root} not found in any search root"


def rule_infos(names: Container[str]) -> Mapping[str, RuleInfo]:
    """The named rules, as reports describe them."""
    return {
        rule.name: RuleInfo(rule.name, rule.summary, rule.url, rule.severity, rule.page)
        for rule in ALL_RULES
        if rule.name in names
    }
