"""The recipe that `--recipe` names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from gym_lsp.cli.failure import UsageError
from gym_lsp.cli.places import working_directory
from gym_lsp.files import Files, Kind, absolute
from gym_lsp.reporters.paths import relative_path
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace


def no_such_recipe(given: str, files: Files, workspace: Workspace) -> UsageError:
    """Return the error for a `--recipe` that is not a file, with the most similar recipe of the workspace."""
    if files.kind(absolute(given)) is Kind.DIRECTORY:
        return UsageError(f"--recipe {given}: expected a file, found a folder{_hint(given, workspace)}")
    return UsageError(f"--recipe {given}: file not found{_hint(given, workspace)}")


def _hint(given: str, workspace: Workspace) -> str:
    here = working_directory()
    known = [relative_path(path, here) for path in workspace.members if workspace.kind(path) is FileKind.RECIPE]
    if not known:
        return ""
    near = _nearest(PurePath(given), known)
    return "; `gym-lsp --list recipes` lists what there is" + (f"; did you mean `{near}`?" if near else "")


def _nearest(given: PurePath, known: Sequence[str]) -> str | None:
    """Return the recipe with nearly the same path, or else the same name, or else nearly the same name."""
    by_name = {PurePath(path).name: path for path in reversed(known)}
    near = nearest(given.as_posix(), known)
    if near:
        return near[0]
    names = (given.name, f"{given.name}.yaml", *nearest(given.name, by_name), *nearest(f"{given.name}.yaml", by_name))
    below = (path for path in known if PurePath(path).is_relative_to(given))
    return next((by_name[name] for name in names if name in by_name), next(below, None))
