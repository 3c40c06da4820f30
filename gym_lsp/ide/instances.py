"""The instances and sandbox blocks that a name can refer to, those of a file's own run first."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.compose.blocks import looks_like_sandbox, spelled_servers
from gym_lsp.compose.config import Config, Provenance, Table
from gym_lsp.compose.run import Composition
from gym_lsp.files import Unreadable
from gym_lsp.gym.layout import DOMAIN, ENTRYPOINT
from gym_lsp.gym.release.profile import Profile
from gym_lsp.memo import query
from gym_lsp.workspace.names import SANDBOX
from gym_lsp.workspace.workspace import Workspace

_PART = 100
"""Files in one part; about the square root of the size of a large tree."""


class Instance(Struct, frozen=True):
    """A top-level block. `path` is the file that defines it; `in_run` is True if the run contains it.

    For a sandbox block, `server_type` is "sandbox" and `implementation` is the provider.
    """

    name: str
    server_type: str
    implementation: str
    config: Config
    path: PurePath
    in_run: bool

    @property
    def description(self) -> str:
        """The description in the server's config; empty if there is none."""
        return self._text("description")

    @property
    def domain(self) -> str:
        """The domain in the server's config; empty if there is none."""
        return self._text(DOMAIN)

    @property
    def server(self) -> Table | None:
        """The fields of the server; None for a sandbox block."""
        block = self.config.table(self.server_type) if isinstance(self.config, Table) else None
        return None if block is None else block.table(self.implementation)

    def _text(self, key: str) -> str:
        value = None if self.server is None else self.server.leaf(key)
        return value if isinstance(value, str) else ""


def in_run(composition: Composition, profile: Profile) -> Iterator[Instance]:
    """Yield the valid servers and the sandbox blocks of a run, without the relays that NeMo Gym generates."""
    for server in composition.servers:
        if server.instance.origin.provenance is not Provenance.GENERATED:
            place = server.instance.origin.path
            yield Instance(server.name, server.server_type, server.implementation, server.instance, place, True)
    for name, block in composition.config.entries.items():
        if isinstance(block, Table) and isinstance(name, str) and looks_like_sandbox(name, block, profile):
            yield Instance(name, SANDBOX, provider_of(block, profile), block, block.origin.path, True)


def elsewhere(workspace: Workspace, composition: Composition, server_types: Collection[str]) -> Iterator[Instance]:
    """Yield the instances of other files whose names the run does not have; those of the workspace come first.

    They have one of some server types. Each server comes once. A sandbox block comes once for each file, because the
    user selects one of them.
    """
    own = composition.merged.entries
    seen: set[tuple[str, str]] = set()
    for instance in all_instances(workspace):
        if instance.server_type not in server_types or instance.name in own:
            continue
        if instance.server_type != SANDBOX:
            key = (instance.name, instance.server_type)
            if key in seen:
                continue
            seen.add(key)
        yield instance


def all_instances(workspace: Workspace) -> Iterator[Instance]:
    """Yield the instances of all files, in the order of the files."""
    for number in range(len(_parts(workspace))):
        yield from _instances_in_part(workspace, number)


@query
def _parts(workspace: Workspace) -> tuple[tuple[PurePath, ...], ...]:
    """Return all files in parts, so that an edit of a file outdates what is known of few others."""
    paths = (*workspace.members, *workspace.library)
    return tuple(paths[start : start + _PART] for start in range(0, len(paths), _PART))


@query
def _instances_in_part(workspace: Workspace, number: int) -> tuple[Instance, ...]:
    return tuple(instance for path in _parts(workspace)[number] for instance in instances_in(workspace, path))


@query
def instances_in(workspace: Workspace, path: PurePath) -> tuple[Instance, ...]:
    """Return the servers that one file starts, and its sandbox blocks."""
    try:
        config = workspace.gym_part(path).config
    except Unreadable:
        return ()
    return tuple(_instances(config, path, workspace.profile))


def _instances(config: Table, path: PurePath, profile: Profile) -> Iterator[Instance]:
    for name, block in config.entries.items():
        if not isinstance(block, Table) or not isinstance(name, str) or name in profile.reserved_keys:
            continue
        for server in spelled_servers(block, profile):
            # A block without an entrypoint only changes a block of another file.
            if ENTRYPOINT in server.config.entries:
                yield Instance(name, server.server_type, server.implementation, block, path, False)
        if looks_like_sandbox(name, block, profile):
            yield Instance(name, SANDBOX, provider_of(block, profile), block, path, False)


def known(workspace: Workspace, composition: Composition, server_types: Collection[str]) -> Iterator[Instance]:
    """Yield the instances of some server types, those of the run first."""
    for instance in in_run(composition, workspace.profile):
        if instance.server_type in server_types:
            yield instance
    yield from elsewhere(workspace, composition, server_types)


def provider_of(block: Table, profile: Profile) -> str:
    """Return the provider of a sandbox block; empty if it has none."""
    return next((str(key) for key in block.entries if key in profile.sandbox_providers), "")
