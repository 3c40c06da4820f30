"""`gym-lsp --check`."""

from __future__ import annotations

import gc
import sys
from collections.abc import Container, Iterable, Mapping
from pathlib import Path, PurePath

from gym_lsp.check import Checked, Checker
from gym_lsp.cli.arguments import Options
from gym_lsp.cli.failure import EXIT_CLEAN, EXIT_FINDINGS, UsageError
from gym_lsp.cli.output import Output, progress
from gym_lsp.cli.places import open_workspace, root_of, working_directory
from gym_lsp.compose.overrides import OverrideError
from gym_lsp.compose.run import Run
from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.files import Disk, Files, Missing, Overlay, Unreadable, absolute
from gym_lsp.reporters.report import Report, RuleInfo
from gym_lsp.rules import ALL_RULES
from gym_lsp.workspace.workspace import Workspace

_SEVERITIES = {severity.label: severity for severity in Severity}


def check(options: Options) -> int:
    """Carry out `--check`."""
    # One pass over many small objects that all stay: looking for garbage among them only costs time.
    gc.disable()
    arguments = options.arguments
    if arguments.config:
        workspace, checked = _check_run(options)
        outcomes = [(workspace, checked)]
    else:
        outcomes = _check_paths(options)
    diagnostics = [diagnostic for _, checked in outcomes for diagnostic in checked.diagnostics]
    if arguments.write_baseline:
        return _write_baseline(arguments.write_baseline, diagnostics)
    if arguments.baseline:
        diagnostics = _without_known(arguments.baseline, diagnostics)
    report = _report(outcomes, diagnostics)
    Output(options).write(report)
    fail_on = _SEVERITIES[arguments.fail_on] if arguments.fail_on else outcomes[0][0].settings.fail_on
    failed = any(diagnostic.severity <= fail_on for diagnostic in diagnostics)
    return EXIT_FINDINGS if failed and not arguments.exit_zero else EXIT_CLEAN


def _check_run(options: Options) -> tuple[Workspace, Checked]:
    workspace = open_workspace(options, working_directory())
    arguments = options.arguments
    try:
        return workspace, Checker(workspace).check_run(Run(tuple(arguments.config), tuple(arguments.paths)))
    except OverrideError as error:
        raise UsageError(str(error)) from None


def _check_paths(options: Options) -> list[tuple[Workspace, Checked]]:
    here = working_directory()
    files, given = _given(options)
    roots: dict[PurePath, list[PurePath]] = {}
    for path in given:
        roots.setdefault(root_of(files, path, here), []).append(path)
    outcomes: list[tuple[Workspace, Checked]] = []
    for root, paths in roots.items():
        workspace = open_workspace(options, root, files)
        chosen = workspace.below(tuple(paths))
        checker = Checker(workspace)
        ask = checker.check_standalone if options.arguments.standalone else checker.check_workspace
        outcomes.append((workspace, ask(progress(chosen, options))))
    return outcomes


def _given(options: Options) -> tuple[Files, list[PurePath]]:
    """The paths that were asked about, and the files among which they are looked for."""
    arguments = options.arguments
    given: list[str] = arguments.paths or ["."]
    disk = Disk()
    if given == ["-"]:
        if not arguments.stdin_filename:
            raise UsageError("- reads a config from stdin; --stdin-filename FILE says what it is called")
        path = absolute(arguments.stdin_filename)
        return Overlay(disk, {path: _stdin(path)}), [path]
    for path in given:
        if disk.kind(absolute(path)) is None:
            meant = "; overrides go with --config" if "=" in path else ""
            raise UsageError(f"{path}: there is no such file or folder{meant}")
    return disk, [absolute(path) for path in given]


def _stdin(path: PurePath) -> str:
    from gym_lsp.files import decode

    try:
        return decode(path, sys.stdin.buffer.read())
    except Unreadable as error:
        raise UsageError(str(error)) from None


def _write_baseline(name: str, diagnostics: list[Diagnostic]) -> int:
    from gym_lsp.reporters import baseline

    path = Path(absolute(name))
    try:
        path.write_text(baseline.write(baseline.take(diagnostics, PurePath(path.parent))), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {name}: {error.strerror}") from None
    print(f"Wrote {len(diagnostics)} findings to {name}.", file=sys.stderr)
    return EXIT_CLEAN


def _without_known(name: str, diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    from gym_lsp.reporters import baseline

    path = absolute(name)
    try:
        known = baseline.read(Disk().read(path), path.parent)
    except Missing:
        raise UsageError(f"--baseline {name}: there is no such file; --write-baseline {name} makes it") from None
    except (Unreadable, baseline.BaselineError) as error:
        raise UsageError(f"--baseline {name}: {error}") from None
    compared = baseline.apply(diagnostics, known)
    if compared.stale:
        gone = sum(stale.surplus for stale in compared.stale)
        print(f"gym-lsp: {gone} findings of {name} are gone; --write-baseline renews it", file=sys.stderr)
    return list(compared.new)


def _report(outcomes: list[tuple[Workspace, Checked]], diagnostics: list[Diagnostic]) -> Report:
    texts: dict[PurePath, str] = {}

    def text(path: PurePath) -> str:
        if path not in texts:
            found = (workspace.text(path) for workspace, _ in outcomes)
            texts[path] = next((each for each in found if each is not None), "")
        return texts[path]

    files = {path for _, checked in outcomes for path in checked.files}
    profile = outcomes[0][0].profile if outcomes[0][0].install is not None else None
    return Report(
        tuple(sorted(diagnostics, key=lambda diagnostic: diagnostic.sort_key)),
        text,
        working_directory(),
        None if profile is None else profile.release,
        len(files),
        rule_infos({diagnostic.rule for diagnostic in diagnostics}),
        tuple(_notes(workspace for workspace, _ in outcomes)),
    )


def _notes(workspaces: Iterable[Workspace]) -> Iterable[str]:
    """What a person should know about how the question was understood."""
    for workspace in workspaces:
        profile = workspace.profile
        if not profile.recognised:
            release = profile.release or "this NeMo Gym"
            unread = ", ".join(profile.unread)
            yield f"{release} is newer than this gym-lsp, which could not read of it: {unread}"


def rule_infos(names: Container[str]) -> Mapping[str, RuleInfo]:
    """Some of the rules, as reports speak of them."""
    return {
        rule.name: RuleInfo(rule.name, rule.summary, rule.url, rule.severity, rule.page)
        for rule in ALL_RULES
        if rule.name in names
    }
