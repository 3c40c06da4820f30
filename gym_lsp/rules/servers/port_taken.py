"""The rule `port-taken`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import is_settled
from gym_lsp.compose.config import Leaf
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import HOST, PORT
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_value, related, rule
from gym_lsp.syntax import Atom


@rule("port-taken", on=Composition, severity=Severity.WARNING)
def port_taken(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """Two servers of one run on the same port.

    ## Why

    When NeMo Gym chooses a port itself, it avoids the ports in the configuration. But it does not compare these ports
    with each other. The second server cannot bind the port and ends. If you omit the port, NeMo Gym finds a free one.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math, port: 8123}
    spelling:
      resources_servers:
        spelling: {entrypoint: app.py, domain: math, port: 8123}
    #                                                      ^^^^ warning[port-taken]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math, port: 8123}
    spelling:
      resources_servers:
        spelling: {entrypoint: app.py, domain: math}
    ```
    """
    first: dict[tuple[Atom, Atom], tuple[str, Leaf]] = {}
    for server in composition.servers:
        port = server.config.get(PORT)
        if not isinstance(port, Leaf) or not port.value or not is_settled(port):
            continue
        key = (server.config.leaf(HOST), port.value)
        name, other = first.setdefault(key, (server.name, port))
        if other is not port:
            message = f"port {port.value} is already used by `{name}`"
            yield at_value(port, message, related=(related(other, "used here"),))
