"""The rule `two-server-types`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import How
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.context import Block, RuleContext
from gym_lsp.rules.flaws import key_text
from gym_lsp.rules.instances import groups
from gym_lsp.rules.rule import Finding, at_key, key_related, rule


@rule("two-server-types", on=Block, severity=Severity.ERROR)
def two_server_types(context: RuleContext, block: Block) -> Iterator[Finding]:
    """Two server types in one instance.

    ## Why

    An instance is one server. NeMo Gym takes such a block for valid as soon as one of its server types is, and starts
    only what stands first; what stands second is dead text. Often the other server type comes from another file that
    uses the same instance name.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
      responses_api_models:
    # ^^^^^^^^^^^^^^^^^^^^ error[two-server-types]
        vllm_model:
          entrypoint: app.py
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
    counting_model:
      responses_api_models:
        vllm_model:
          entrypoint: app.py
    ```
    """
    found = groups(block.table, context.profile)
    if len(found) < 2:
        return
    # The stand-in model is no text of the user's.
    written = [group for group in found if group.origin.how is not How.STAND_IN]
    at = written[-1] if written else found[-1]
    other = next(group for group in found if group is not at)
    related = () if other.origin.how is How.STAND_IN else (key_related(other, "the other server type"),)
    message = f"`{block.name}` is one of the `{key_text(other)}` already, and an instance is one server"
    yield at_key(at, message, related=related)
