"""The configs that the options of NeMo Gym's command line select by name, such as `--environment NAME`."""

from __future__ import annotations

from collections.abc import Mapping

from gym_lsp.gym.release.run_options import BUILTIN_OPTIONS, RunOptions, read_run_options
from gym_lsp.gym.selectors import Ambiguous, Lookup, Selected, Unknown, select, selectable, selector_roots
from gym_lsp.memo import query
from gym_lsp.workspace.workspace import Workspace


@query
def own_options(workspace: Workspace) -> RunOptions | None:
    """Return the options of the installed release; None if there is none, or if its source does not show them."""
    install = workspace.install
    # These files do not show what links lead to outside of the workspace.
    return read_run_options(workspace.files, install.path) if install else None


def lookup_of(workspace: Workspace) -> Lookup:
    """Return where and how names are looked up."""
    options = own_options(workspace) or BUILTIN_OPTIONS
    roots = selector_roots(
        workspace.files,
        options,
        search=workspace.search.roots,
        install_root=workspace.install.path if workspace.install else None,
        working_directory=workspace.root,
        search_dirs=(*workspace.search_dirs, *workspace.settings.search_dirs),
    )
    profile = workspace.profile
    aliases: Mapping[str, str] = profile.config_path_aliases if profile.path_aliases_followed else {}
    return Lookup(workspace.files, roots, options, aliases)


@query
def config_named(workspace: Workspace, option: str, name: str) -> Selected | Unknown | Ambiguous | None:
    """Return what an option, without its dashes, selects by a name; None if the release does not have the option."""
    lookup = lookup_of(workspace)
    selector = lookup.options.selectors.get(option)
    return None if selector is None else select(selector, name, lookup)


@query
def names_for(workspace: Workspace, option: str) -> tuple[str, ...]:
    """Return the names that an option, without its dashes, accepts; none if the release does not have the option."""
    lookup = lookup_of(workspace)
    selector = lookup.options.selectors.get(option)
    return () if selector is None else selectable(selector, lookup)
