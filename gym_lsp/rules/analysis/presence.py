"""Whether a file that a config names exists, as far as that is known."""

from __future__ import annotations

from pathlib import PurePath

from gym_lsp.files import Kind
from gym_lsp.gym.layout import COMPONENT_FOLDERS
from gym_lsp.rules.engine.context import Context


def is_missing(context: Context, path: str) -> bool:
    """Whether a file or folder is in no search root, although it should be.

    If NeMo Gym itself was not found, a file that is not in the workspace may be there. Then only the files of
    components in the workspace are known to be missing.
    """
    if context.search.resolve(context.files, path) is not None:
        return False
    return context.sees_components or _is_of_workspace(context, path)


def may_be_installed(context: Context, path: str) -> bool:
    """Whether a path that is in no search root may lead into NeMo Gym itself, which was not found."""
    is_of_component = not PurePath(path).is_absolute() and path.split("/", 1)[0] in COMPONENT_FOLDERS
    return is_of_component and not context.sees_components and not _is_of_workspace(context, path)


def _is_of_workspace(context: Context, path: str) -> bool:
    """Whether a path leads into a component of the workspace."""
    component = PurePath(path).parts[:2]
    return len(component) == 2 and context.search.resolve(context.files, "/".join(component)) is not None


def is_directory(context: Context, path: str) -> bool:
    """Whether a path leads to a directory, which NeMo Gym finds and then cannot open."""
    found = context.search.resolve(context.files, path)
    return found is not None and context.files.kind(found) is Kind.DIRECTORY
