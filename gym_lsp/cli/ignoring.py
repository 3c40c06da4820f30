"""`gym-lsp --check --add-ignores`: comments that suppress all current findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.check import Checked, Checker
from gym_lsp.cli.failure import UsageError
from gym_lsp.cli.fixing import root_of_edit
from gym_lsp.cli.hints import counted
from gym_lsp.cli.jobs import Job
from gym_lsp.cli.options import Options
from gym_lsp.cli.places import working_directory
from gym_lsp.cli.streams import print_message
from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.files import Disk, Overlay, Unwritable
from gym_lsp.ide.suppression_edits import with_comments
from gym_lsp.reporters.paths import relative_path
from gym_lsp.syntax import parse
from gym_lsp.text import visible
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.workspace import YAML, Workspace

_MOST_ROUNDS = 3
"""A finding can be reported only after another one is suppressed."""


class Ignored(Struct, frozen=True):
    """A workspace with its comments, the findings that are left, the changed texts, and the number of findings."""

    workspace: Workspace
    checked: Checked
    texts: dict[PurePath, str]
    count: int


def ignore(job: Job, options: Options) -> Ignored:
    """Add the comments of a job in memory. Only files of the workspace and the named files are changed."""
    least = options.show or Severity.WARNING
    reason = " ".join((options.reason or "").split())
    editable = job.named | frozenset(job.workspace.members)
    workspace, checked = job.workspace, job.checked()
    texts: dict[PurePath, str] = {}
    count = 0
    for _ in range(_MOST_ROUNDS):
        shown = (each for each in checked.diagnostics if each.severity <= least and each.path in editable)
        changed: dict[PurePath, str] = {}
        for path, findings in _by_file(shown).items():
            before = workspace.text(path) or ""
            commented = with_comments(parse(before), findings, reason)
            if commented.text != before:
                changed[path] = commented.text
                count += commented.count
        if not changed:
            break
        texts |= changed
        workspace = workspace.changed(Overlay(job.workspace.files, texts), Change.edit(changed))
        checked = job.check(Checker(workspace))
    return Ignored(workspace, checked, texts, count)


def _by_file(findings: Iterable[Diagnostic]) -> dict[PurePath, list[Diagnostic]]:
    by_file: defaultdict[PurePath, list[Diagnostic]] = defaultdict(list)
    for each in findings:
        if each.path.suffix in YAML:
            by_file[each.path].append(each)
    return by_file


def write(jobs: Sequence[Job], ignored: Sequence[Ignored]) -> None:
    """Write the changed files, each as a whole. Raises UsageError."""
    for job, outcome in zip(jobs, ignored, strict=True):
        for path, after in outcome.texts.items():
            try:
                Disk().rewrite(path, job.workspace.text(path) or "", after, root_of_edit(job, path))
            except Unwritable as error:
                shown = visible(relative_path(path, working_directory()))
                raise UsageError(f"cannot write {shown}: {error.reason}") from None


def report(ignored: Sequence[Ignored], left: int) -> None:
    """Print on stderr how many findings have a comment now."""
    count = sum(each.count for each in ignored)
    files = sum(len(each.texts) for each in ignored)
    where = "" if not files else " in 1 file" if files == 1 else f" in {files} files"
    print_message(f"added comments for {counted(count)}{where}, {left} left")
