"""What Git thinks of a path: its repository, and whether it is ignored. Git itself is not run."""

from __future__ import annotations

import warnings
from pathlib import PurePath
from typing import TYPE_CHECKING

from gym_lsp.files import Files, Kind, Unreadable

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_GIT = ".git"
_IGNORE = ".gitignore"
_EXCLUDE = PurePath(_GIT, "info", "exclude")


def repository(files: Files, folder: PurePath) -> PurePath | None:
    """Return the folder of the repository that contains a folder, that of a submodule's superproject; None without one.

    In a submodule or a worktree, `.git` is a file.
    """
    outermost = None
    for candidate in (folder, *folder.parents):
        kind = files.kind(candidate / _GIT)
        if kind is Kind.DIRECTORY:
            return candidate
        if kind is Kind.FILE:
            outermost = candidate
    return outermost


def index_file(files: Files, folder: PurePath) -> PurePath | None:
    """Return the index of the repository that contains a folder. Each command of Git that changes files writes it."""
    top = repository(files, folder)
    return None if top is None else top / _GIT / "index"


def would_commit(files: Files, path: PurePath) -> bool:
    """Return whether `git add` adds the content of a file: it is in a repository that does not ignore it.

    Git adds a link without the content of its target, so the real path decides. The ignore files of the user's own
    configuration are not read.
    """
    path = files.resolve(path)
    top = next((folder for folder in path.parents if files.kind(folder / _GIT) is not None), None)
    if top is None:
        return False
    specs = [(top, _spec(files, top / _EXCLUDE))]
    for name in ("", *path.relative_to(top).parts[:-1]):
        folder = specs[-1][0] / name
        specs.append((folder, _spec(files, folder / _IGNORE)))
    below = path.relative_to(top).parts
    # In an ignored folder, Git does not look at anything.
    return not any(_is_ignored(top.joinpath(*below[:end]), specs, end < len(below)) for end in range(1, len(below) + 1))


def _is_ignored(path: PurePath, specs: list[tuple[PurePath, GitIgnoreSpec]], is_folder: bool) -> bool:
    """Return what the nearest ignore file that mentions a path says."""
    for folder, spec in reversed(specs):
        if folder not in path.parents:
            continue
        name = path.relative_to(folder).as_posix()
        include = _last_match(spec, f"{name}/") if is_folder else spec.check_file(name).include
        if include is not None:
            return include
    return False


def _last_match(spec: GitIgnoreSpec, folder: str) -> bool | None:
    """Return whether the last pattern that matches a folder ignores it. `GitIgnoreSpec` itself is about files."""
    for pattern in reversed(tuple(spec.patterns)):
        if pattern.include is not None and pattern.match_file(folder) is not None:
            return pattern.include
    return None


def _spec(files: Files, path: PurePath) -> GitIgnoreSpec:
    # Only the few files with a literal secret need this.
    from pathspec import GitIgnoreSpec

    try:
        text = files.read(path)
    except Unreadable:
        text = ""
    with warnings.catch_warnings():
        # pathspec makes regular expressions of the patterns, and Python warns about some that Git accepts.
        warnings.simplefilter("ignore", FutureWarning)
        return GitIgnoreSpec.from_lines(text.splitlines())
