"""The rule `key-not-in-base`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import is_stand_in
from gym_lsp.compose.problem import KeyNotInBase
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, key_related, rule


@rule("key-not-in-base", on=KeyNotInBase, severity=Severity.ERROR, completable=True)
def key_not_in_base(context: RunContext, problem: KeyNotInBase) -> Iterator[Finding]:
    """A key beside `_inherit_from` or `_copy` that the base does not have, before NeMo Gym 0.7.0.

    ## Why

    Up to 0.6.0, a command of NeMo Gym closes the configuration: a block can change the keys of its base, but it cannot
    add any, at any level. The run ends with a bare `ConfigKeyError`. Add the key to the base, or write the block
    without a directive. NeMo Gym 0.7.0 accepts new keys.

    ## Example

    ```yaml
    # release: 0.6.0
    base:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    strict:
      _inherit_from: base
      resources_servers:
        counting: {domain: knowledge, limit: 5}
    #                                 ^^^^^ error[key-not-in-base] NeMo Gym 0.6.0 rejects `limit`
    ```

    ## Use instead

    ```yaml
    # release: 0.6.0
    base:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    strict:
      resources_servers:
        counting: {entrypoint: app.py, domain: knowledge, limit: 5}
    ```
    """
    if (problem.of_stand_in or is_stand_in(problem.base)) and not context.checks_run:
        # The real model, which a run includes, may have the key.
        return
    release = context.profile.called
    if problem.of_stand_in:
        message = f"{release} cannot validate this block without a real model, because it inherits `{problem.target}`"
        yield at_value(problem.at, message)
        return
    message = (
        f"{release} rejects `{problem.path[-1]}`, because the base `{problem.target}` does not have it here; "
        "0.7.0 accepts new keys"
    )
    yield at_key(problem.at, message, related=(key_related(problem.base, "the base"),))
