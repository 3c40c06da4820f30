"""The check of the rows of datasets: `--check --rows`.

Which files there are is found out while the configs are checked, so that each run is composed only once. Each file is
then read once, for all datasets that name it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import TypeVar

from msgspec.structs import replace

from gym_lsp.check import Checked, Checker, Spread
from gym_lsp.compose.run import Run
from gym_lsp.compose.secrets import NONE
from gym_lsp.diagnostic import Diagnostic
from gym_lsp.files import LARGEST_ROWS, Kind, TooLarge, Unreadable
from gym_lsp.gym.layout import ROWS
from gym_lsp.memo import query
from gym_lsp.rows.judging import Expected, PromptColumns, judge
from gym_lsp.rows.problem import RowProblem, UncomparedRows, UnreadableRows, UnreadRows
from gym_lsp.rows.reading import first_rows, rows_in
from gym_lsp.rules.engine.context import Context, Scope
from gym_lsp.rules.engine.engine import Engine
from gym_lsp.rules.engine.findings import without_secrets
from gym_lsp.text import Span
from gym_lsp.workspace.listings import Listing, listings_naming, listings_of, listings_of_run, prompt_columns
from gym_lsp.workspace.workspace import Workspace

T = TypeVar("T")
CheckPaths = Callable[[Iterable[PurePath], Spread], Checked]

LARGEST_IN_EDITOR = 16 * 1024 * 1024
"""Bytes of an open document that are checked, whatever number of rows the user has set. It takes about 0.1 seconds."""


def check_with_rows(
    checker: Checker, check: CheckPaths, paths: Iterable[PurePath], spread: Spread, scope: Scope
) -> Checked:
    """Return the result of a check of some paths, with what is wrong with the rows that their configs list.

    A path can also lead to a file of rows, which is checked for all configs that list it.
    """
    listed: list[Listing] = []
    workspace = checker.workspace

    def listing(ask: Callable[[PurePath], Iterable[T]], paths: Sequence[PurePath]) -> Iterator[T]:
        def asking(path: PurePath) -> Iterator[T | Listing]:
            # The check composes the same run, and may forget it afterwards.
            yield from listings_of(workspace, path)
            yield from ask(path)

        for answer in spread(asking, paths):
            if isinstance(answer, Listing):
                listed.append(answer)
            else:
                yield answer

    checked = check(paths, listing)
    for path in checked.not_checked:
        if path.suffix == ROWS:
            listed.extend(listings_naming(workspace, path))
    return _with_rows(checker, checked, listed, scope)


def check_run_with_rows(checker: Checker, run: Run) -> Checked:
    """Return what is wrong with one run and with the rows that it lists. Raises OverrideError."""
    checked = checker.check_run(run)
    return _with_rows(checker, checked, listings_of_run(checker.workspace, run), Scope.RUN)


def _with_rows(checker: Checker, checked: Checked, listed: Iterable[Listing], scope: Scope) -> Checked:
    by_file: dict[PurePath, list[Listing]] = defaultdict(list)
    for each in listed:
        by_file[each.rows].append(each)
    found = [*checked.diagnostics]
    for path, listings in by_file.items():
        found.extend(findings_in_rows(checker, path, listings, scope))
    found.sort(key=lambda each: each.sort_key)
    others = tuple(path for path in checked.not_checked if path not in by_file)
    return Checked(tuple(found), tuple(dict.fromkeys((*checked.files, *by_file))), others)


def findings_in_rows(
    checker: Checker, path: PurePath, listings: Iterable[Listing], scope: Scope
) -> Iterator[Diagnostic]:
    """Yield what is wrong with a file of rows that some datasets list."""
    return _findings(checker.workspace, checker.engine, path, listings, scope)


def _findings(
    workspace: Workspace,
    engine: Engine,
    path: PurePath,
    listings: Iterable[Listing],
    scope: Scope,
    most_rows: int | None = None,
) -> Iterator[Diagnostic]:
    context = Context.of(workspace, scope)
    for problem in row_problems(workspace, path, listings, most_rows):
        for diagnostic in without_secrets(engine.check(context, problem), NONE):
            # Baselines are made of key paths, and a row has no other.
            yield replace(diagnostic, key_path=(problem.row,))


def check_document(checker: Checker, path: PurePath, most_rows: int) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the first rows of a file that an editor shows; nothing if no config lists it."""
    return _check_document(checker.workspace, checker.engine, path, most_rows)


@query
def _check_document(workspace: Workspace, engine: Engine, path: PurePath, most_rows: int) -> tuple[Diagnostic, ...]:
    listings = listings_naming(workspace, path)
    if not listings or workspace.files.kind(path) is not Kind.FILE:
        return ()
    found = _findings(workspace, engine, path, listings, Scope.WORKSPACE, most_rows)
    return tuple(sorted(found, key=lambda each: each.sort_key))


def row_problems(
    workspace: Workspace, path: PurePath, listings: Iterable[Listing], most_rows: int | None = None
) -> Iterator[RowProblem]:
    """Yield what is wrong with a file of rows, as data; with `most_rows`, with its first ones."""
    # In any order of the configs, the outcome is the same.
    listings = sorted(listings, key=lambda each: (str(each.config), each.at, each.instance))
    most = LARGEST_ROWS if most_rows is None else LARGEST_IN_EDITOR
    try:
        text = workspace.files.head(path, most)
        is_whole = _is_whole(workspace, path, text, most)
    except Unreadable as error:
        yield UnreadableRows(path, Span(0, 0), 0, 0, error.reason)
        return
    # Many configs list the same file for the same server.
    unlike = {
        (each.owner, each.prompt, each.has_prompt, each.is_task, each.is_tested_example, each.agents): each
        for each in listings
    }
    if most_rows is not None and len(first := first_rows(text, most_rows)) < len(text):
        text, is_whole = first, False
    expectations = [_expected(workspace, each) for each in unlike.values()]
    instances = frozenset(name for each in listings for name in each.instances)
    names = tuple(dict.fromkeys(each.instance for each in listings))
    if not is_whole:
        rows = sum(1 for _ in rows_in(text))
        yield UnreadRows(path, Span(0, 0), rows, 0)
        expectations = [replace(each, is_counted=False) for each in expectations]
    yield from _uncompared(workspace, path, listings, Span(0, min(1, len(text))))
    if text or is_whole:
        yield from judge(path, text, expectations, instances, names)


def _uncompared(workspace: Workspace, path: PurePath, listings: Iterable[Listing], at: Span) -> Iterator[RowProblem]:
    """Yield a problem for each server whose schema NeMo Gym cannot use."""
    for owner in dict.fromkeys(each.owner for each in listings if each.owner is not None):
        unusable = None if workspace.task_data(*owner) is not None else workspace.unusable_task_data(*owner)
        if unusable is not None:
            yield UncomparedRows(path, at, 0, 0, owner[1], unusable)


def _is_whole(workspace: Workspace, path: PurePath, text: str, most: int) -> bool:
    """Whether a text that was read up to a limit, in bytes, is that of the whole file."""
    if text and len(text) < most // 4:
        # A code point has at most four bytes.
        return True
    try:
        return workspace.files.read(path) == text
    except TooLarge as error:
        return error.size <= most


def rows_text(workspace: Workspace, path: PurePath) -> str | None:
    """Return the text that the places of findings in a file of rows refer to; None if it cannot be read."""
    try:
        return workspace.files.head(path, LARGEST_ROWS)
    except Unreadable:
        return None


def _expected(workspace: Workspace, listing: Listing) -> Expected:
    prompt = PromptColumns(None, ()) if listing.has_prompt else None
    if listing.prompt is not None:
        prompt = PromptColumns(listing.prompt, prompt_columns(workspace, listing.prompt))
    owner = listing.owner
    return Expected(
        needs_prompt=not listing.has_prompt and not listing.is_task,
        prompt=prompt,
        server="" if owner is None else owner[1],
        schema=None if owner is None else workspace.task_data(*owner),
        is_counted=listing.is_tested_example,
        agents=listing.agents,
    )
