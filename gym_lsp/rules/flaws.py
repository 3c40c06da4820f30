"""What the rules about almost-servers share."""

from __future__ import annotations

from gym_lsp.compose.config import Config, Table
from gym_lsp.compose.problem import AlmostServer
from gym_lsp.compose.servers import Flaw
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.naming import nearest
from gym_lsp.syntax import Scalar


def flaw_of(problem: AlmostServer) -> Flaw:
    """The flaw of an almost-server, with its type."""
    assert isinstance(problem.flaw, Flaw)
    return problem.flaw


def flaw_severity(problem: AlmostServer) -> Severity:
    """An error; a warning where `error_on_almost_servers: false` lets the run go on without the server."""
    return Severity.WARNING if problem.ignored else Severity.ERROR


def fields_like(table: Table, field: str) -> Config | None:
    """The value under a key that is a slip of `field`."""
    near = nearest(field, (key for key in table.entries if isinstance(key, str)), most=1)
    return table.get(near[0]) if near else None


def key_text(config: Config) -> str:
    """The key under which a value is written, as the text spells it; empty for a list element."""
    return config.key.text if isinstance(config.key, Scalar) else ""
