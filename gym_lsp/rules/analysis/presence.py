"""Whether a file that a config names is there, as far as that can be told from here."""

from __future__ import annotations

from pathlib import PurePath

from gym_lsp.rules.engine.context import Context


def is_missing(context: Context, path: str) -> bool:
    """Whether no search root has a file or folder, and it should be in one of them.

    Without NeMo Gym at hand, what is not in the workspace may be there; then only the files of components that the
    workspace has itself are known to be missing.
    """
    if context.search.resolve(context.files, path) is not None:
        return False
    if context.sees_components:
        return True
    component = PurePath(path).parts[:2]
    return len(component) == 2 and context.search.resolve(context.files, "/".join(component)) is not None
