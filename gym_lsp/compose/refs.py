"""Server refs: `{type: <server type>, name: <instance>}` in the fields of a server.

Mirrors the first half of `validate_and_populate_defaults`. It reads only the direct fields of valid servers. Reading
resolves their interpolations, and those in the `type` and the `name` of a mapping.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from gym_lsp.compose.config import Config, Leaf, Marks, Table
from gym_lsp.compose.interpolate import FROM_ENVIRONMENT, Interpolator
from gym_lsp.compose.problem import Problem, ServerRefNotFound
from gym_lsp.compose.servers import Server
from gym_lsp.gym.layout import NAME, TYPE
from gym_lsp.gym.release.profile import Profile
from gym_lsp.syntax import KeyPath

_INTERPOLATION = int(Marks.INTERPOLATION)


def check_refs(
    root: Table, servers: Iterable[Server], interpolator: Interpolator, profile: Profile
) -> Iterator[Problem]:
    """Yield a problem for each ref to a server that the run does not define, and each field that cannot be resolved.

    `servers` include those that almost-servers would be. The parser fails before it reads their refs, and reads them as
    soon as the flaws are gone.
    """
    servers = tuple(servers)
    types_of: dict[str, list[str]] = defaultdict(list)
    for server in servers:
        types_of[server.name].append(server.server_type)
    for server in servers:
        for field, value in server.config.entries.items():
            resolved: Config | Problem = value
            if isinstance(value, Leaf):
                if not value.is_interpolation:
                    continue
                resolved = interpolator.resolve(value, (*server.path, str(field)))
            if isinstance(resolved, Problem):
                yield resolved
            elif isinstance(resolved, Table) and (TYPE in resolved.entries or NAME in resolved.entries):
                path = (*server.path, str(field))
                yield from _unresolved(resolved, interpolator, path)
                ref = server_ref(resolved, interpolator, path, profile)
                if ref is not None and ref[0] not in types_of.get(ref[1], ()):
                    name = resolved.entries[NAME]
                    yield ServerRefNotFound(
                        name, server.name, str(field), ref[0], ref[1], resolved, tuple(types_of.get(ref[1], ()))
                    )


def _unresolved(table: Table, interpolator: Interpolator, path: KeyPath) -> Iterator[Problem]:
    """Yield why `type` or `name` cannot be resolved. The parser resolves both to find out whether this is a ref."""
    for key in (TYPE, NAME) if table.marks & _INTERPOLATION else ():
        value = table.get(key)
        if isinstance(value, Leaf) and value.is_interpolation:
            resolved = interpolator.resolve(value, (*path, key))
            if isinstance(resolved, Problem):
                yield resolved


def server_ref(table: Table, interpolator: Interpolator, path: KeyPath, profile: Profile) -> tuple[str, str] | None:
    """Return (server type, name) if a table is a server ref. Mirrors `is_server_ref`."""
    server_type = _text(table, TYPE, interpolator, path)
    name = _text(table, NAME, interpolator, path)
    if server_type not in profile.server_types or name is None:
        return None
    return server_type, name


def _text(table: Table, key: str, interpolator: Interpolator, path: KeyPath) -> str | None:
    value = table.get(key)
    if isinstance(value, Leaf) and value.is_interpolation:
        value = interpolator.dereference(value, (*path, key))
    if not isinstance(value, Leaf) or not isinstance(value.value, str) or value.is_missing:
        return None
    if FROM_ENVIRONMENT in value.value:
        return None
    return value.value
