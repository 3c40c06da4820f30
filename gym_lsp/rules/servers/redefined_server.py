"""The rule `redefined-server`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Leaf, Provenance, history
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import DOMAIN, ENTRYPOINT
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_value, related, rule


@rule("redefined-server", on=Composition, severity=Severity.WARNING)
def redefined_server(_: RunContext, composition: Composition) -> Iterator[Finding]:
    """Two configs of one run that define the same instance, with different domains.

    ## Why

    NeMo Gym merges blocks of the same name, whatever file they are in. Two environments that use the same instance name
    become one server: the later file wins, field by field. A config that only overrides a few fields of the other one
    does not repeat its `entrypoint`, so it is not reported. Different implementations are an error of their own.

    ## Example

    ```yaml
    # run: environments/counting/config.yaml + environments/spelling/config.yaml
    # --- environments/counting/config.yaml
    judge:
      resources_servers:
        judge: {entrypoint: app.py, domain: math}
    # --- environments/spelling/config.yaml
    judge:
      resources_servers:
        judge: {entrypoint: app.py, domain: knowledge}
    #                                       ^^^^^^^^^ warning[redefined-server] replaces `math`
    ```

    ## Use instead

    ```yaml
    # run: environments/counting/config.yaml + environments/spelling/config.yaml
    # --- environments/counting/config.yaml
    counting_judge:
      resources_servers:
        judge: {entrypoint: app.py, domain: math}
    # --- environments/spelling/config.yaml
    spelling_judge:
      resources_servers:
        judge: {entrypoint: app.py, domain: knowledge}
    ```
    """
    for server in composition.servers:
        domain, entrypoint = server.config.get(DOMAIN), server.config.get(ENTRYPOINT)
        if domain is None or entrypoint is None or domain.origin.provenance is not Provenance.WRITTEN:
            continue
        complete = {each.origin.path for each in history(entrypoint)}
        for lower in history(domain):
            is_other = isinstance(lower, Leaf) and isinstance(domain, Leaf) and lower.value != domain.value
            if is_other and {lower.origin.path, domain.origin.path} <= complete and lower.origin != domain.origin:
                assert isinstance(lower, Leaf)
                message = (
                    f"another config of this run defines `{server.name}` too; this domain replaces `{lower.value}`"
                )
                yield at_value(domain, message, related=(related(lower, "replaced"),))
                break
