"""The rule `unknown-message-role`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.gym.task_data import ROLES
from gym_lsp.rows.problem import MessageRole
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule, shortened
from gym_lsp.rules.rows.findings import in_row, renamed

_ITEMS = "nemo_gym/openai_utils.py"
_FALLBACK = "McpListTools"
"""The kind of item that an unknown one without a type is read as, since 0.5.1."""


@rule("unknown-message-role", on=MessageRole, severity=Severity.ERROR)
def unknown_message_role(context: Context, problem: MessageRole) -> Iterator[Finding]:
    """A message in a row with an unknown role.

    ## Why

    The messages of `responses_create_params.input` have one of the roles `user`, `assistant`, `system` and `developer`.
    NeMo Gym rejects a row that has a message with another role. Since 0.5.1, it rejects it only if the message has
    `"type": "message"`: an item without a type can be of another kind, and is not reported.

    ## Example

    ```yaml
    # --- resources_servers/counting/configs/counting.yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - {name: counting, type: example, jsonl_fpath: resources_servers/counting/data/rows.jsonl}
    # --- resources_servers/counting/data/rows.jsonl
    {"responses_create_params": {"input": [{"type": "message", "role": "usr", "content": "Count ox"}]}}
    #                                                                  ^^^^^ error[unknown-message-role]
    ```

    ## Use instead

    ```yaml
    # --- resources_servers/counting/configs/counting.yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - {name: counting, type: example, jsonl_fpath: resources_servers/counting/data/rows.jsonl}
    # --- resources_servers/counting/data/rows.jsonl
    {"responses_create_params": {"input": [{"type": "message", "role": "user", "content": "Count ox"}]}}
    ```
    """
    if not problem.is_typed and not _rejects_untyped(context):
        return
    shown = problem.found if problem.role is None else f"`{shortened(problem.role, 80)}`"
    near = () if problem.role is None else nearest(problem.role, ROLES)[:1]
    hint = f"; did you mean `{near[0]}`?" if near else ""
    expected = ", ".join(f"`{role}`" for role in ROLES)
    yield in_row(
        problem, f"unknown role {shown} of a message; expected one of {expected}{hint}", fixes=renamed(problem, near)
    )


def _rejects_untyped(context: Context) -> bool:
    """Whether NeMo Gym reads an item without a type as a message, and as nothing else: before 0.5.1."""
    install = context.workspace.install
    text = "" if install is None else context.program(install.path / _ITEMS)
    return bool(text) and _FALLBACK not in text
