"""Hovers of names that stand for blocks: instances, sandboxes, sources of directives, implementations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePath

from gym_lsp.compose.blocks import looks_like_sandbox
from gym_lsp.compose.config import Config, Provenance, Table, at
from gym_lsp.compose.run import Composition
from gym_lsp.gym.layout import COPY, DOMAIN, INHERIT_FROM, NAME, RESOURCES, SERVER_DEPTH, TYPE, is_top_level
from gym_lsp.gym.meanings import SANDBOX_PROVIDERS
from gym_lsp.ide.fields import class_of, own_fields
from gym_lsp.ide.hover.values import listed, place
from gym_lsp.ide.instances import all_instances, provider_of
from gym_lsp.ide.lookup import find, own_run, servers_at
from gym_lsp.ide.markdown import Block, Line, Link, bullets, code, titled
from gym_lsp.ide.paths import component_folder, entrypoint_file
from gym_lsp.ide.target import dotted
from gym_lsp.ide.usual_domains import usual_domain
from gym_lsp.syntax import KeyPath
from gym_lsp.workspace.names import Definition
from gym_lsp.workspace.unindexed import NotIndexed
from gym_lsp.workspace.workspace import Workspace

_MOST_PLACES = 5


def about_block(workspace: Workspace, path: PurePath, steps: KeyPath) -> Iterator[Block]:
    """Yield the paragraphs about the mapping at a key path of a file's own run: a server, a sandbox, another block.

    If the run has no value there, they are about the files that define one.
    """
    yield from _block(workspace, path, steps)
    run = own_run(workspace, path)
    moved = next((transfer for transfer in run.transfers if transfer.source == steps and transfer.moved), None)
    if moved is not None:
        directive = ("Moved to ", code(dotted(moved.target)), f" by {code(INHERIT_FROM)} in ")
        yield (*directive, place(workspace, moved.at), f"; the run then has no {code(dotted(steps))}.")


def _block(workspace: Workspace, path: PurePath, steps: KeyPath) -> Iterator[Block]:
    run = own_run(workspace, path)
    found = find(run, steps)
    if found is None:
        yield from _elsewhere(workspace, str(steps[0]))
        return
    if not isinstance(found, Table):
        return
    servers = tuple(servers_at(run, workspace.profile, steps)) if len(steps) <= SERVER_DEPTH else ()
    for server in servers:
        yield titled(str(steps[0]), code(f"{server.server_type}/{server.implementation}"))
        yield from _server(workspace, server.server_type, server.implementation, server.entrypoint, server.config)
    if not servers and is_top_level(steps) and looks_like_sandbox(steps[0], found, workspace.profile):
        yield from about_sandbox(workspace, str(steps[0]), found)
    if found.origin.provenance is Provenance.STAND_IN:
        yield "The stand-in model: another config or the command line selects the model."
    elif is_top_level(steps):
        yield ("Defined in ", place(workspace, found))


def _server(
    workspace: Workspace, server_type: str, implementation: str, entrypoint: str, config: Table
) -> Iterator[Block]:
    domain, description = config.leaf(DOMAIN), config.leaf("description")
    if isinstance(description, str):
        yield description
    if isinstance(domain, str):
        yield f"Domain: {code(domain)}. {workspace.profile.domain_meanings.get(domain, '')}".rstrip()
    yield bullets(_refs(workspace, config))
    program = entrypoint_file(workspace, server_type, implementation, entrypoint)
    if program is not None:
        yield ("Started by ", Link(workspace.spelled(program), program))


def _refs(workspace: Workspace, config: Table) -> Iterator[Line]:
    """Yield one line for each field of a server that holds a server ref."""
    for field, value in config.entries.items():
        name = value.leaf(NAME) if isinstance(value, Table) else None
        server_type = value.leaf(TYPE) if isinstance(value, Table) else None
        if isinstance(name, str) and server_type in workspace.profile.server_types:
            yield (f"{code(str(field))}: {code(name)}",)


def about_sandbox(workspace: Workspace, name: str, block: Table) -> Iterator[Block]:
    """Yield the paragraphs about a sandbox block: its provider, and the arguments that it sets."""
    provider = provider_of(block, workspace.profile)
    yield titled(name, f"{code(provider)} sandbox")
    yield SANDBOX_PROVIDERS.get(provider, "")
    arguments = block.table(provider)
    if arguments is not None and arguments.entries:
        yield f"Sets {listed(map(str, arguments.entries))}."


def _elsewhere(workspace: Workspace, name: str) -> Iterator[Block]:
    """Yield the paragraphs about the files that define a name that the run does not have."""
    found = workspace.names.defined(name)
    if not found:
        if workspace.names.is_open(name):
            yield f"{code(name)} is defined outside the workspace, according to the setting `open-names`."
        else:
            yield f"Nothing in the workspace or in NeMo Gym defines {code(name)}."
        return
    yield f"This run does not define {code(name)}. Add one of the files that do to `config_paths`:"
    lines = [_definition(workspace, each) for each in found[:_MOST_PLACES]]
    if len(found) > _MOST_PLACES:
        lines.append((f"and {len(found) - _MOST_PLACES} more",))
    yield bullets(lines)


def _definition(workspace: Workspace, definition: Definition) -> Line:
    config = workspace.gym_part(definition.path).config.get(definition.name)
    where: str | Link = workspace.spelled(definition.path) if config is None else place(workspace, config)
    return (where,) if definition.server_type is None else (where, f" ({definition.server_type})")


def about_inherited(
    workspace: Workspace, path: PurePath, directive: str, target_block: KeyPath, steps: KeyPath, whole: KeyPath
) -> Iterator[Block]:
    """Yield the paragraphs about the source of a directive (`_inherit_from` or `_copy`) in the block `target_block`.

    `whole` is the path of the source, and `steps` the part of it up to the cursor.
    """
    source = at(own_run(workspace, path).merged, steps)
    if source is None:
        yield from _elsewhere(workspace, str(steps[0]))
        return
    if steps == whole and isinstance(source, Table):
        name, keys = code(dotted(steps)), listed(map(str, source.entries))
        moves = f"moves {keys} from {name} to {code(dotted(target_block))}; the run then has no {name}."
        copies = f"copies {keys} from {name} to {code(dotted(target_block))}; {name} stays in the run."
        yield f"{code(directive)} {copies if directive == COPY else moves}"
    yield from _block(workspace, path, steps)


def about_implementation(
    workspace: Workspace, server_type: str, implementation: str, entrypoint: str
) -> Iterator[Block]:
    """Yield the paragraphs about the folder of a server: its class, its fields, and how many instances use it.

    An unindexed workspace leaves out what other configs show about it.
    """
    yield titled(implementation, code(server_type))
    folder = component_folder(workspace, server_type, implementation)
    if folder is None:
        yield f"The folder {code(f'{server_type}/{implementation}')} is not in any search root."
        return
    with suppress(NotIndexed):
        domain = usual_domain(workspace, implementation) if server_type == RESOURCES else None
        yield f"Usual domain: {code(domain)}." if domain is not None else ""
    server = class_of(workspace, server_type, implementation, entrypoint)
    program = entrypoint_file(workspace, server_type, implementation, entrypoint)
    if server is not None:
        name = server.selection.of(workspace.text(server.path) or "")
        link = Link(workspace.spelled(server.path), server.path, server.selection.start)
        yield (f"Class {code(name)} in " if name else "Class in ", link)
        own = ", ".join(code(field.name) for field in own_fields(workspace, server_type, implementation, entrypoint))
        yield f"Fields of this class: {own}." if own else ""
    elif program is not None:
        yield ("Started by ", Link(workspace.spelled(program), program))
    else:
        yield f"In {code(workspace.spelled(folder))}"
    with suppress(NotIndexed):
        count = sum(
            (each.server_type, each.implementation) == (server_type, implementation)
            for each in all_instances(workspace)
        )
        known = f"{count} {'instance' if count == 1 else 'instances'}"
        yield f"Used by {known} in the workspace and in NeMo Gym." if count else ""


def deleted_value(run: Composition, block: KeyPath, name: str) -> Config | None:
    """Return the value that `_delete_key` removes: a key of the source of the block, or of the block itself."""
    for transfer in run.transfers:
        if transfer.target == block:
            return at(run.merged, (*transfer.source, name))
    return at(run.merged, (*block, name))
