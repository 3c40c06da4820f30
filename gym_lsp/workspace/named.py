"""The configs that the options of NeMo Gym's command line select by name, such as `--environment NAME`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath

from gym_lsp.gym.layout import AGENTS, NAME, RESOURCES, RESOURCES_SERVER
from gym_lsp.gym.release.run_options import BUILTIN_OPTIONS, RunOptions, read_run_options
from gym_lsp.gym.selectors import Ambiguous, Lookup, Selected, Unknown, select, selectable, selector_roots
from gym_lsp.memo import query
from gym_lsp.workspace.recognise import FileKind
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


@query
def config_with_server(workspace: Workspace, name: str) -> PurePath | None:
    """Return the first config that defines a resources server with its agent; None if there is none.

    An environment can define its server itself. No option selects such a config by the name of the server.
    """
    return next(_configs_with_server(workspace, name), None)


def _configs_with_server(workspace: Workspace, name: str) -> Iterator[PurePath]:
    for definition in workspace.names.defined(name):
        path = definition.path
        if definition.server_type == RESOURCES and workspace.kind(path) is FileKind.CONFIG:
            agents = (each for each in workspace.own_run(path).servers if each.server_type == AGENTS)
            refs = (each.config.table(RESOURCES_SERVER) for each in agents)
            if any(ref is not None and ref.leaf(NAME) == name for ref in refs):
                yield path
