"""The components of a workspace: environments, benchmarks, agents, models, resources servers and sandboxes.

The registries of `gym` find them. This module makes one list of them, each with its place and the command to start it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import chain
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.compose.config import to_plain
from gym_lsp.compose.secrets import masked_text
from gym_lsp.gym.agent_registry import AGENTS_DIR, discover_agents
from gym_lsp.gym.catalog import CatalogEntry, CatalogStatus, discover_catalog
from gym_lsp.gym.discovery.config_metadata import Compose, across_roots
from gym_lsp.gym.layout import USUAL_ENTRYPOINT
from gym_lsp.gym.model_registry import discover_models
from gym_lsp.gym.resources_server_registry import discover_resources_servers
from gym_lsp.ide.instances import instances_in
from gym_lsp.ide.lookup import locations_of
from gym_lsp.ide.paths import file_location
from gym_lsp.ide.target import Location
from gym_lsp.memo import query
from gym_lsp.project import NAME
from gym_lsp.workspace.names import SANDBOX
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace


class ComponentKind(StrEnum):
    """The kinds of components."""

    ENVIRONMENT = "environment"
    BENCHMARK = "benchmark"
    AGENT = "agent"
    MODEL = "model"
    RESOURCES_SERVER = "resources_server"
    SANDBOX = "sandbox"


class Component(Struct, frozen=True):
    """A part that runs are composed of.

    `variant` distinguishes the configs of one component, and is None for the config that its bare name selects; for a
    sandbox it is the provider. `config` is the path as in `config_paths`, or None for an agent without a config.
    `command` starts the component; it is None if the component cannot start by itself. `status` is that of the catalog.
    `self_contained` is None for components that are not agents.
    """

    kind: ComponentKind
    name: str
    variant: str | None
    place: Location
    config: str | None
    description: str | None = None
    domain: str | None = None
    command: tuple[str, ...] | None = None
    status: CatalogStatus | None = None
    self_contained: bool | None = None

    @property
    def selector(self) -> str:
        """The name in arguments of NeMo Gym: `name` or `name/variant`."""
        return self.name if self.variant is None else f"{self.name}/{self.variant}"

    @property
    def command_line(self) -> str | None:
        """The command as a line of a shell."""
        return None if self.command is None else shlex.join(self.command)


def components(workspace: Workspace, kinds: Iterable[ComponentKind] = ComponentKind) -> Iterator[Component]:
    """Yield the components in the search roots, kind by kind, each kind in the order of its registry.

    What looks like a secret in their descriptions is masked.
    """
    for each in chain.from_iterable(_of_kind(workspace, kind) for kind in kinds):
        description, domain = (text and masked_text(text) for text in (each.description, each.domain))
        yield replace(each, description=description, domain=domain)


def _of_kind(workspace: Workspace, kind: ComponentKind) -> Iterator[Component]:
    match kind:
        case ComponentKind.ENVIRONMENT | ComponentKind.BENCHMARK:
            yield from _catalogued(workspace, kind)
        case ComponentKind.AGENT:
            yield from _agents(workspace)
        case ComponentKind.MODEL:
            yield from _models(workspace)
        case ComponentKind.RESOURCES_SERVER:
            yield from _resources_servers(workspace)
        case ComponentKind.SANDBOX:
            yield from _sandboxes(workspace)


def is_installed(workspace: Workspace, path: PurePath) -> bool:
    """Whether a path belongs to the install root and not to the workspace; in nested roots, the inner one counts."""
    install = None if workspace.install is None else workspace.install.path
    if install is None or install == workspace.root or not path.is_relative_to(install):
        return False
    return not (path.is_relative_to(workspace.root) and workspace.root.is_relative_to(install))


def start_command(roots: Iterable[str], overrides: Iterable[str] = (), search_dirs: Iterable[str] = ()) -> str:
    """Return the command line that starts a run."""
    given = chain(_flags("--config", roots), _flags("--search-dir", search_dirs))
    return shlex.join(("gym", "env", "start", *given, *overrides))


def check_command(
    recipe: str, overrides: Iterable[str] = (), search_dirs: Iterable[str] = (), gym_root: PurePath | None = None
) -> str:
    """Return the command line that checks the run of a recipe."""
    folders = (*_flags("--search-dir", search_dirs), *_flags("--gym-root", [str(gym_root)] if gym_root else ()))
    return shlex.join((NAME, "--check", "--recipe", recipe, *folders, *overrides))


def _flags(name: str, values: Iterable[str]) -> Iterator[str]:
    for value in values:
        yield name
        yield value


@query
def _catalog(workspace: Workspace) -> tuple[CatalogEntry, ...]:
    with_manifests = workspace.profile.has_manifests
    roots = workspace.search.roots
    return discover_catalog(
        roots, files=workspace.files, compose=_composer(workspace), with_manifests=with_manifests
    ).entries


def _catalogued(workspace: Workspace, kind: ComponentKind) -> Iterator[Component]:
    for entry in _catalog(workspace):
        if entry.kind == kind:
            path = PurePath(entry.config_path)
            spelled = workspace.spelled(path)
            yield Component(
                kind=kind,
                name=entry.name,
                variant=None,
                place=file_location(path),
                config=spelled,
                description=entry.description,
                domain=entry.domain,
                command=_command_of(entry, spelled),
                status=entry.status,
            )


def _command_of(entry: CatalogEntry, config: str) -> tuple[str, ...]:
    """Return the command that starts an entry of the catalog: with its name if NeMo Gym finds the config by that."""
    command = ("gym", "eval", "run") if entry.kind == "benchmark" else ("gym", "env", "start")
    if entry.resources_server_selector is not None:
        return (*command, "--resources-server", entry.resources_server_selector)
    named = f"{entry.kind}s/{entry.name}"
    if config in (f"{named}/config.yaml", f"{named}.yaml"):
        return (*command, f"--{entry.kind}", entry.name)
    return (*command, "--config", config)


def _agents(workspace: Workspace) -> Iterator[Component]:
    files = workspace.files
    found = across_roots(workspace.search.roots, AGENTS_DIR.name, lambda path: discover_agents(path, files=files))
    for agent in found.values():
        configs = [(stem, PurePath(path)) for stem, path in agent.variants.items()] or [(agent.name, None)]
        for stem, path in configs:
            yield Component(
                kind=ComponentKind.AGENT,
                name=agent.name,
                variant=None if stem == agent.name else stem,
                place=file_location(path or PurePath(agent.path) / USUAL_ENTRYPOINT),
                config=None if path is None else workspace.spelled(path),
                description=agent.description,
                self_contained=agent.self_contained,
            )


def _models(workspace: Workspace) -> Iterator[Component]:
    for model in discover_models(workspace.search.roots, files=workspace.files).values():
        path = PurePath(model.config_path)
        name, _, variant = model.name.partition("/")
        yield Component(ComponentKind.MODEL, name, variant or None, file_location(path), workspace.spelled(path))


def _resources_servers(workspace: Workspace) -> Iterator[Component]:
    found = discover_resources_servers(workspace.search.roots, files=workspace.files, compose=_composer(workspace))
    for server in found.values():
        path = PurePath(server.config_path)
        name, _, variant = server.name.partition("/")
        yield Component(
            kind=ComponentKind.RESOURCES_SERVER,
            name=name,
            variant=variant or None,
            place=file_location(path),
            config=workspace.spelled(path),
            description=server.description,
            domain=server.domain,
            command=("gym", "env", "start", "--resources-server", server.name),
        )


def _sandboxes(workspace: Workspace) -> Iterator[Component]:
    """Yield the sandbox blocks of all configs. Only texts that contain the name of a provider are parsed."""
    providers = workspace.profile.sandbox_providers
    for path in (*workspace.members, *workspace.library):
        text = workspace.text(path)
        if text is None or not any(provider in text for provider in providers):
            continue
        if workspace.kind(path) is FileKind.CONFIG:
            for block in instances_in(workspace, path):
                if block.server_type == SANDBOX:
                    yield Component(
                        kind=ComponentKind.SANDBOX,
                        name=block.name,
                        variant=block.implementation or None,
                        place=next(locations_of(block.config)),
                        config=workspace.spelled(path),
                    )


def _composer(workspace: Workspace) -> Compose:
    """Return a function that composes the own run of a config, for configs that do not describe themselves."""
    return lambda path: to_plain(workspace.own_run(path).config)
