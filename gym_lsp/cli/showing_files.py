"""`gym-lsp --check --show-files`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from gym_lsp.cli.failure import EXIT_CLEAN
from gym_lsp.cli.jobs import Job
from gym_lsp.cli.options import Options
from gym_lsp.cli.output import Output
from gym_lsp.cli.places import working_directory
from gym_lsp.gym.layout import ROWS
from gym_lsp.reporters.paths import relative_path
from gym_lsp.text import visible
from gym_lsp.workspace.listings import Listing, listings_naming, listings_of
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace

_EXCLUDED = "not checked: the settings exclude it"
_BY_CALLER = "not checked: `--exclude` excludes it"
_OTHER = "not checked: not a NeMo Gym file"
_ROWS = "rows"


def show_files(jobs: Sequence[Job], options: Options) -> int:
    """Print each YAML file that a check concerns, and each file of rows: what it is, or why it is not checked."""
    shown: dict[PurePath, str] = {}
    for job in jobs:
        shown.update(_kinds(job.workspace, job.paths, job.asked))
        if options.rows:
            shown.update((listing.rows, _ROWS) for path in job.paths for listing in _listings(job.workspace, path))
    here = working_directory()
    lines = (f"{visible(relative_path(path, here))}: {what}\n" for path, what in sorted(shown.items()))
    Output(options).write_text("".join(lines))
    return EXIT_CLEAN


def _listings(workspace: Workspace, path: PurePath) -> tuple[Listing, ...]:
    return listings_naming(workspace, path) if path.suffix == ROWS else listings_of(workspace, path)


def _kinds(
    workspace: Workspace, paths: Sequence[PurePath], asked: Sequence[PurePath]
) -> Iterator[tuple[PurePath, str]]:
    chosen = set(paths)
    for folder in asked:
        for path in workspace.files_below(folder):
            if path not in chosen:
                yield path, _BY_CALLER if workspace.settings.is_excluded_by_caller(path) else _EXCLUDED
    for path in paths:
        kind = workspace.kind(path)
        yield path, _OTHER if kind is FileKind.OTHER else kind.value
