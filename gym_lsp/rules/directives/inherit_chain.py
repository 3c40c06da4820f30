"""The rule `inherit-chain`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import first_directive
from gym_lsp.compose.config import Config, at, key_span
from gym_lsp.compose.directives import Transfer
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import RelatedLocation, Severity
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_value, rule
from gym_lsp.syntax import spell


@rule("inherit-chain", on=Composition, severity=Severity.ERROR)
def inherit_chain(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """A directive whose source contains a directive itself, or is the block itself.

    ## Why

    NeMo Gym copies the source of a directive as it was before any directive was followed. From a block that inherits
    itself, it copies only the block's own lines, including the key `_inherit_from`, which is not followed again. There
    is no error message, and the resulting block is usually not a server.

    ## Example

    ```yaml
    base:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    strict:
      _inherit_from: base
    strictest:
      _inherit_from: strict
    #                ^^^^^^ error[inherit-chain]
    ```

    ## Use instead

    ```yaml
    base:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    strict:
      _inherit_from: base
    strictest:
      _inherit_from: base
    ```
    """
    if not composition.config.holds_directives:
        return
    for transfer in composition.transfers:
        target = at(composition.config, transfer.target)
        source = at(composition.merged, transfer.source)
        if target is None or source is None or not (target.holds_directives and source.holds_directives):
            continue
        left = first_directive(source)
        if left is not None:
            yield _finding(transfer, left)


def _finding(transfer: Transfer, left: Config) -> Finding:
    source = spell(transfer.source)
    if transfer.target == transfer.source:
        return at_value(transfer.at, f"`{source}` cannot inherit from itself")
    message = f"`{source}` contains a directive, and NeMo Gym does not follow chains; name its source instead"
    place = RelatedLocation(left.origin.path, key_span(left), "this directive is not followed again")
    return at_value(transfer.at, message, related=(place,))
