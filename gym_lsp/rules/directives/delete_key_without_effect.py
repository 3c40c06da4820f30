"""The rule `delete-key-without-effect`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from gym_lsp.compose.config import Array, Leaf, Table
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import COPY, DELETE_KEY, INHERIT_FROM
from gym_lsp.rules.directives.invalid_directive import word_span
from gym_lsp.rules.engine.context import Context, RunContext
from gym_lsp.rules.engine.rule import Finding, rule


@rule("delete-key-without-effect", on=Composition, severity=Severity.WARNING, completable=True)
def delete_key_without_effect(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """`_delete_key` that deletes nothing, or another value than expected.

    ## Why

    `_delete_key` first deletes a key of its own block, whether the key is written there or merged from another file. It
    deletes an inherited key only if the block does not have that key, and only if it is at the same level as the
    `_inherit_from` or `_copy`, not deeper. If a key is both written in the block and inherited, the written one is
    deleted, and the inherited value remains. A key that is written only to be deleted makes no sense.

    ## Example

    ```yaml
    base:
      resources_servers:
        counting: {entrypoint: app.py, domain: math, limit: 5}
    strict:
      _inherit_from: base
      resources_servers:
        counting:
          _delete_key: limit
    #                  ^^^^^ warning[delete-key-without-effect]
    ```

    ## Use instead

    ```yaml
    base:
      resources_servers:
        counting: {entrypoint: app.py, domain: math, limit: 5}
    strict:
      resources_servers:
        counting:
          _inherit_from: base.resources_servers.counting
          _delete_key: limit
    ```
    """
    if not composition.merged.holds_directives:
        return
    for name, block in composition.merged.entries.items():
        if not isinstance(block, Table) or not block.holds_directives:
            continue
        for found in _deletions(block, inherits=False):
            if not found.is_local and _may_grow(context, composition, str(name)):
                continue
            yield _finding(found)


class _Deletion(Struct, frozen=True):
    """A name in `_delete_key` that has no effect, or an unexpected one."""

    at: Leaf
    name: str
    is_local: bool
    """Whether the block has a key of that name itself."""
    inherits: bool
    """Whether the block, or one around it, has a directive."""


def _finding(found: _Deletion) -> Finding:
    if found.is_local and not found.inherits:
        message = f"this deletes the `{found.name}` of the same block; remove both"
    elif found.is_local:
        message = f"this deletes the `{found.name}` of this block, but the inherited one remains"
    elif found.inherits:
        message = f"`{found.name}` not found here; inherited keys can only be deleted next to the directive"
    else:
        message = f"`{found.name}` not found here, so nothing is deleted"
    return Finding(found.at.origin, word_span(found.at, found.name), message)


def _deletions(table: Table, *, inherits: bool) -> Iterator[_Deletion]:
    has_directive = INHERIT_FROM in table.entries or COPY in table.entries
    inherits = inherits or has_directive
    at = table.get(DELETE_KEY)
    if isinstance(at, Leaf) and isinstance(at.value, str) and not at.marks:
        for name in (part.strip() for part in at.value.split(",")):
            written = table.entries.get(name)
            if name and (written is None) is not has_directive:
                yield _Deletion(at, name, has_directive, inherits)
            elif written is not None and written.origin is at.origin and written.overridden is None:
                yield _Deletion(at, name, True, False)
    for value in table.entries.values():
        if not value.holds_directives:
            continue
        if isinstance(value, Table):
            yield from _deletions(value, inherits=inherits)
        elif isinstance(value, Array):
            for item in value.items:
                for inner in item.entries.values() if isinstance(item, Table) else ():
                    if isinstance(inner, Table):
                        yield from _deletions(inner, inherits=inherits)


def _may_grow(context: Context, composition: Composition, name: str) -> bool:
    """Whether another file could add the key to be deleted, when checking a workspace."""
    if context.checks_run:
        return False
    own = {file.path for file in composition.files}
    return any(definition.path not in own for definition in context.names.defined(name))
