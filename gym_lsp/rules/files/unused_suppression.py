"""The rule `unused-suppression`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Applicability, FileEdit, Fix, Severity, Tag
from gym_lsp.rules.engine.context import Context, IdleSuppression
from gym_lsp.rules.engine.rule import Finding, listed, rule
from gym_lsp.rules.engine.suppression import removal


@rule("unused-suppression", on=IdleSuppression, severity=Severity.WARNING)
def unused_suppression(context: Context, idle: IdleSuppression) -> Iterator[Finding]:
    """A comment that silences a rule which has nothing to say there.

    ## Why

    The mistake is mended, or the comment stands in the wrong place. Left behind, it would silence the next mistake.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math  # gym-lsp: ignore[unknown-domain]
    #                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[unused-suppression]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
    ```
    """
    suppression = idle.unused.suppression
    names = [name.name for name in idle.unused.names]
    message = f"{listed(names, 'and')} finds nothing to silence here" if names else "there is nothing to silence here"
    edit = FileEdit(idle.file.path, removal(idle.file.document, idle.unused))
    fix = Fix("Remove the comment", (edit,), Applicability.SAFE)
    tags = frozenset({Tag.UNNECESSARY})
    yield Finding(idle.file.origin, suppression.span, message, fixes=(fix,), tags=tags)
