"""The rule `unused-suppression`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Applicability, FileEdit, Fix, Severity, Tag
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, listed, rule
from gym_lsp.rules.engine.suppression import UnusedSuppression, removal


@rule("unused-suppression", on=UnusedSuppression, severity=Severity.WARNING, holds_in_parts=True)
def unused_suppression(context: Context, unused: UnusedSuppression) -> Iterator[Finding]:
    """A comment that suppresses a rule which reports nothing there.

    ## Why

    The mistake is fixed, or the comment is in the wrong place. If the comment stays, it will hide the next mistake.

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
    names = listed((name.name for name in unused.names), "and")
    message = f"unused suppression of {names}" if names else "unused suppression"
    title = "Remove the comment" if unused.is_whole else f"Remove {names} from the comment"
    fix = Fix(title, (FileEdit(unused.file.path, removal(unused)),), Applicability.SAFE)
    tags = frozenset({Tag.UNNECESSARY})
    yield Finding(unused.file.origin, unused.suppression.span, message, fixes=(fix,), tags=tags)
