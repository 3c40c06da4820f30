"""`gym-lsp --check`."""

from __future__ import annotations

import gc
from collections.abc import Container, Iterable, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING

from gym_lsp.check import Checked
from gym_lsp.check_rows import rows_text
from gym_lsp.cli.concluding import conclude
from gym_lsp.cli.jobs import jobs
from gym_lsp.cli.notes import notes_of
from gym_lsp.cli.options import Options
from gym_lsp.cli.outcome import Outcome, Part
from gym_lsp.compose.overrides import COMMAND_LINE, command_line
from gym_lsp.compose.secrets import masked_program
from gym_lsp.diagnostic import Severity
from gym_lsp.files import Disk
from gym_lsp.reporters.report import RuleInfo
from gym_lsp.rules import ALL_RULES, RULE_NAMES
from gym_lsp.workspace.workspace import YAML, Workspace

if TYPE_CHECKING:
    from gym_lsp.cli.ignoring import Ignored
    from gym_lsp.fixing import Fixed


def check(options: Options) -> int:
    """Carry out `--check` without a cache."""
    checks = jobs(options, Disk())
    if options.show_files:
        from gym_lsp.cli.showing_files import show_files

        return show_files(checks, options)
    if options.show_settings:
        from gym_lsp.cli.showing_settings import show_settings

        return show_settings([job.workspace for job in checks], options)
    fixed: list[Fixed] = []
    ignored: list[Ignored] = []
    if options.fix or options.diff:
        from gym_lsp.cli import fixing

        # Each fix is tried on a new workspace, which leaves garbage behind.
        gc.enable()
        fixed = [fixing.fix(job, options) for job in checks]
        if options.diff:
            return fixing.show_diff(checks, fixed, options)
        fixing.write(checks, fixed)
        checked = [(outcome.workspace, outcome.checked) for outcome in fixed]
    elif options.add_ignores:
        from gym_lsp.cli import ignoring

        gc.enable()
        ignored = [ignoring.ignore(job, options) for job in checks]
        ignoring.write(checks, ignored)
        checked = [(outcome.workspace, outcome.checked) for outcome in ignored]
    else:
        checked = [(job.workspace, job.checked()) for job in checks]
    texts = TextsOf([workspace for workspace, _ in checked], options)
    return conclude(options, outcome_of(checked, options), texts, fixed, ignored)


def outcome_of(checked: list[tuple[Workspace, Checked]], options: Options) -> Outcome:
    """Return the outcome of the checks of some workspaces."""
    diagnostics = sorted((each for _, found in checked for each in found.diagnostics), key=lambda each: each.sort_key)
    # A folder of several checkouts has no NeMo Gym itself.
    profile = next((workspace.profile for workspace, _ in checked if workspace.install is not None), None)
    return Outcome(
        tuple(diagnostics),
        tuple(_part(workspace, found) for workspace, found in checked),
        None if profile is None else profile.release,
        rule_infos({diagnostic.rule for diagnostic in diagnostics}),
        tuple(notes_of(checked, options)),
    )


def _part(workspace: Workspace, checked: Checked) -> Part:
    settings = workspace.settings
    switched_off = (name for name in RULE_NAMES if settings.severity_of(name, Severity.ERROR) is None)
    return Part(workspace.root, checked.files, checked.not_checked, settings.fail_on, frozenset(switched_off))


class TextsOf:
    """The texts of some workspaces, and of the command line."""

    def __init__(self, workspaces: Iterable[Workspace], options: Options) -> None:
        self._workspaces = tuple(workspaces)
        self._typed = command_line(options.config, options.paths if options.names_run else ())

    def text(self, path: PurePath) -> str:
        if path == COMMAND_LINE:
            return self._typed
        found = next((text for each in self._workspaces if (text := each.text(path)) is not None), None)
        if found is None and path.suffix not in YAML:
            # Rows can be longer than any config.
            return next(filter(None, (rows_text(each, path) for each in self._workspaces)), "")
        return found or ""

    def shown(self, path: PurePath) -> str:
        if path == COMMAND_LINE:
            return masked_program(self._typed)
        return next((text for each in self._workspaces if (text := each.shown(path))), "")


def rule_infos(names: Container[str]) -> Mapping[str, RuleInfo]:
    """The named rules, as reports describe them."""
    return {
        rule.name: RuleInfo(rule.name, rule.summary, rule.url, rule.severity, rule.page)
        for rule in ALL_RULES
        if rule.name in names
    }
