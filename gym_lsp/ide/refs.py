"""The server refs of a server, at any depth."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from gym_lsp.compose.config import Config, Table, tables
from gym_lsp.compose.interpolate import Interpolator
from gym_lsp.compose.refs import server_ref
from gym_lsp.gym.layout import AGENT_SERVER, AGENTS, NAME, TYPE
from gym_lsp.gym.release.profile import Profile
from gym_lsp.syntax import MISSING, KeyPath


class Ref(Struct, frozen=True):
    """A server ref. `path` is its key path in the configuration; `name` is None if it is still `???`.

    `at_name` is the value of `name` in the config.
    """

    path: KeyPath
    server_type: str
    name: str | None
    at_name: Config


def refs_in(server: Table, path: KeyPath, interpolator: Interpolator, profile: Profile) -> Iterator[Ref]:
    """Yield every ref in the server at `path`, in the order of the configuration."""
    for below, table in tables(server, path):
        at_name = table.get(NAME)
        if at_name is None:
            continue
        ref = server_ref(table, interpolator, below, profile)
        if ref is not None:
            yield Ref(below, *ref, at_name)
            continue
        server_type, name = table.leaf(TYPE), table.leaf(NAME)
        if below[-1] == AGENT_SERVER and server_type in (None, MISSING):
            # In an environment server, the type of the agent is optional.
            server_type = AGENTS
        if server_type in profile.server_types and isinstance(name, str) and "${" not in name:
            yield Ref(below, str(server_type), None if name == MISSING else name, at_name)
