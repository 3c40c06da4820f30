"""Blocks that a name stands for: instances, sandboxes, what a directive brings in, implementations, environments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.compose.blocks import looks_like_sandbox
from gym_lsp.compose.config import Config, Provenance, Table, at
from gym_lsp.compose.run import Composition
from gym_lsp.gym.layout import DOMAIN, NAME, RESOURCES, SERVER_DEPTH, TYPE, is_top_level
from gym_lsp.gym.meanings import SANDBOX_PROVIDERS
from gym_lsp.ide.fields import class_of, own_fields
from gym_lsp.ide.hover.values import place
from gym_lsp.ide.implementations import usual_domain
from gym_lsp.ide.instances import instances_in, provider_of
from gym_lsp.ide.lookup import find, own_run, servers_at
from gym_lsp.ide.markdown import Link, Markdown, bullets, code
from gym_lsp.ide.paths import component_folder, entrypoint_file
from gym_lsp.syntax import KeyPath
from gym_lsp.workspace.names import Definition
from gym_lsp.workspace.workspace import Workspace

_MOST_PLACES = 5


def about_block(workspace: Workspace, path: PurePath, steps: KeyPath) -> Iterator[Markdown | str]:
    """What stands at a key path of a file's own run, if it is a mapping: a server, a sandbox, or something else."""
    run = own_run(workspace, path)
    found = find(run, steps)
    if found is None:
        yield from _elsewhere(workspace, str(steps[0]))
        return
    if not isinstance(found, Table):
        return
    servers = tuple(servers_at(run, workspace.profile, steps)) if len(steps) <= SERVER_DEPTH else ()
    for server in servers:
        yield f"**{steps[0]}** · {code(f'{server.server_type}/{server.implementation}')}"
        yield from _server(workspace, server.server_type, server.implementation, server.entrypoint, server.config)
    if not servers:
        yield from _other(workspace, run, steps, found)
    if found.origin.provenance is Provenance.STAND_IN:
        yield "A stand-in: which model it is, another config or the command line says."
    elif is_top_level(steps):
        yield ("Defined in ", place(workspace, found))


def _server(
    workspace: Workspace, server_type: str, implementation: str, entrypoint: str, config: Table
) -> Iterator[Markdown | str]:
    domain, description = config.leaf(DOMAIN), config.leaf("description")
    if isinstance(description, str):
        yield description
    if isinstance(domain, str):
        yield f"Domain: {code(domain)}. {workspace.profile.domain_meanings.get(domain, '')}".rstrip()
    yield bullets(_refs(workspace, config))
    started = entrypoint_file(workspace, server_type, implementation, entrypoint)
    if started is not None:
        yield ("Started by ", Link(workspace.spelled(started), started, 0))


def _refs(workspace: Workspace, config: Table) -> Iterator[Markdown]:
    """What a server refers to, field by field."""
    for field, value in config.entries.items():
        name = value.leaf(NAME) if isinstance(value, Table) else None
        server_type = value.leaf(TYPE) if isinstance(value, Table) else None
        if isinstance(name, str) and server_type in workspace.profile.server_types:
            yield (f"{code(str(field))}: {code(name)}",)


def _other(workspace: Workspace, run: Composition, steps: KeyPath, block: Table) -> Iterator[Markdown | str]:
    if is_top_level(steps) and looks_like_sandbox(steps[0], block, workspace.profile):
        yield from about_sandbox(workspace, str(steps[0]), block)
        return
    moved = next((transfer for transfer in run.transfers if transfer.source == steps and transfer.moved), None)
    if moved is not None:
        yield f"{code('.'.join(map(str, steps)))} becomes {code('.'.join(map(str, moved.target)))}, which inherits it."


def about_sandbox(workspace: Workspace, name: str, block: Table) -> Iterator[str]:
    """A sandbox block: its provider, and what it says to it."""
    provider = provider_of(block, workspace.profile)
    yield f"**{name}** · sandbox of {code(provider)}"
    yield SANDBOX_PROVIDERS.get(provider, "")
    arguments = block.table(provider)
    if arguments is not None and arguments.entries:
        yield "Sets " + ", ".join(code(str(key)) for key in arguments.entries) + "."


def _elsewhere(workspace: Workspace, name: str) -> Iterator[Markdown | str]:
    """Who could give a name that the run does not have."""
    found = workspace.names.defined(name)
    if not found:
        if workspace.names.is_open(name):
            yield f"{code(name)} comes from outside, as the settings say."
        else:
            yield f"Nothing in the workspace or in NeMo Gym defines {code(name)}."
        return
    yield f"This run does not define {code(name)}. These files do, and `config_paths` can bring one of them in:"
    lines = [_definition(workspace, each) for each in found[:_MOST_PLACES]]
    if len(found) > _MOST_PLACES:
        lines.append((f"and {len(found) - _MOST_PLACES} more",))
    yield bullets(lines)


def _definition(workspace: Workspace, definition: Definition) -> Markdown:
    config = workspace.load(definition.path).config.get(definition.name)
    where: str | Link = workspace.spelled(definition.path) if config is None else place(workspace, config)
    return (where,) if definition.server_type is None else (where, f" ({definition.server_type})")


def about_inherited(
    workspace: Workspace, path: PurePath, directive: str, steps: KeyPath, whole: KeyPath
) -> Iterator[Markdown | str]:
    """What `_inherit_from` or `_copy` brings in; `steps` is its path as far as the cursor, `whole` all of it."""
    run = own_run(workspace, path)
    source = at(run.merged, steps)
    if steps == whole and isinstance(source, Table):
        keys = [str(key) for key in source.entries]
        moves = "and is taken away there" if directive == "inherit" else "and stays there too"
        yield f"Brings in {', '.join(map(code, keys))} from {code('.'.join(map(str, steps)))}, {moves}."
    if source is None:
        yield from _elsewhere(workspace, str(steps[0]))
        return
    yield from about_block(workspace, path, steps)


def about_implementation(
    workspace: Workspace, server_type: str, implementation: str, entrypoint: str
) -> Iterator[Markdown | str]:
    """A folder that holds a server: where it is, which class it starts, and who configures it."""
    yield f"**{implementation}** · {code(server_type)}"
    folder = component_folder(workspace, server_type, implementation)
    if folder is None:
        yield f"No search root has the folder {code(f'{server_type}/{implementation}')}."
        return
    domain = usual_domain(workspace, implementation) if server_type == RESOURCES else None
    if domain is not None:
        yield f"Mostly used for the domain {code(domain)}."
    server = class_of(workspace, server_type, implementation, entrypoint)
    started = entrypoint_file(workspace, server_type, implementation, entrypoint)
    if server is not None:
        yield ("Its class: ", Link(workspace.spelled(server.path), server.path, server.selection.start))
        own = [code(field.name) for field in own_fields(workspace, server_type, implementation, entrypoint)]
        yield f"Its own fields: {', '.join(own)}." if own else ""
    elif started is not None:
        yield ("Started by ", Link(workspace.spelled(started), started, 0))
    else:
        yield f"In {code(workspace.spelled(folder))}"
    count = sum(
        (each.server_type, each.implementation) == (server_type, implementation)
        for file in (*workspace.members, *workspace.library)
        for each in instances_in(workspace, file)
    )
    yield f"{count} {'instance' if count == 1 else 'instances'} in the search roots." if count else ""


def deleted_value(run: Composition, block: KeyPath, name: str) -> Config | None:
    """What `_delete_key` takes out: a key of the block that is inherited, or of the block itself."""
    for transfer in run.transfers:
        if transfer.target == block:
            return at(run.merged, (*transfer.source, name))
    return at(run.merged, (*block, name))
