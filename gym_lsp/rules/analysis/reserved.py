"""What the rules about the top-level keys of NeMo Gym itself share."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import is_settled
from gym_lsp.compose.config import Config, Leaf, Table
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.lax import to_float
from gym_lsp.gym.layout import HEAD_SERVER, HOST, PORT
from gym_lsp.gym.release.profile import Profile
from gym_lsp.gym.release.reserved_keys import HIGHEST_PORT, LOWEST_PORT, SECONDS
from gym_lsp.rules.engine.context import EnvironmentFile
from gym_lsp.rules.engine.rule import Finding, at_key, at_value

_HEAD_SERVER_KEYS = (HOST, PORT)


def configuration(subject: ConfigFile | EnvironmentFile) -> Table:
    """Return the top level of a config or an env.yaml."""
    return subject.file.config if isinstance(subject, EnvironmentFile) else subject.config


def later_faults(root: Table, profile: Profile) -> Iterator[Finding]:
    """Yield findings about settings that the parser accepts, but that fail when servers are started."""
    for key in SECONDS:
        value = root.get(key)
        if key in profile.reserved_keys and value is not None and not _is_seconds(value):
            yield at_value(value, f"`{key}` must be a number of seconds")
    yield from _port_range(root, profile)
    yield from _head_server(root, profile)


def _is_seconds(value: Config) -> bool:
    if not isinstance(value, Leaf):
        return False
    return value.value is None or not is_settled(value) or to_float(value.value) is not None


def _port_range(root: Table, profile: Profile) -> Iterator[Finding]:
    given = [root.get(key) for key in (LOWEST_PORT, HIGHEST_PORT)]
    if given == [None, None] or LOWEST_PORT not in profile.reserved_keys:
        return
    ports: list[object] = []
    for key, value in zip((LOWEST_PORT, HIGHEST_PORT), given, strict=True):
        if value is None:
            ports.append(profile.key_defaults.get(key))
        elif isinstance(value, Leaf) and (isinstance(value.value, int) or not is_settled(value)):
            ports.append(value.value)
        else:
            yield at_value(value, f"`{key}` must be a port number")
    match ports:
        case [int(lowest), int(highest)] if lowest > highest:
            blamed = given[1] or given[0]
            default = "" if None not in given else ", which has a default"
            assert blamed is not None
            below, above = (HIGHEST_PORT, LOWEST_PORT) if blamed is given[1] else (LOWEST_PORT, HIGHEST_PORT)
            side = "below" if blamed is given[1] else "above"
            yield at_value(blamed, f"`{below}` is {side} `{above}`{default}, so no port can be chosen")
        case _:
            pass


def _head_server(root: Table, profile: Profile) -> Iterator[Finding]:
    head_server = root.table(HEAD_SERVER)
    if head_server is None or not head_server.entries or profile.head_server_filled_per_key:
        return
    absent = [key for key in _HEAD_SERVER_KEYS if key not in head_server.entries]
    if absent:
        needed = " and a ".join(f"`{key}`" for key in absent)
        message = f"`{HEAD_SERVER}` also needs a {needed}; this release needs all of its keys, or none"
        yield at_key(head_server, message, severity=Severity.WARNING)
