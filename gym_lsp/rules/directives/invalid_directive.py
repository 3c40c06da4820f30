"""The rule `invalid-directive`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Array, Config, Leaf, key_span
from gym_lsp.compose.config import at as at_path
from gym_lsp.compose.problem import DirectiveMisused, Misuse
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import RelatedLocation, Severity
from gym_lsp.gym.layout import COPY, DELETE_KEY, INHERIT_FROM
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, rule
from gym_lsp.text import Span


@rule("invalid-directive", on=(DirectiveMisused, Composition), severity=Severity.ERROR, holds_in_parts=True)
def invalid_directive(context: RunContext, subject: DirectiveMisused | Composition) -> Iterator[Finding]:
    """A directive that NeMo Gym cannot execute.

    ## Why

    `_inherit_from` and `_copy` expect one path of a mapping, as text. `_delete_key` expects keys of the inherited
    block, as one text separated by commas. Anything else fails with a bare Python error. If a block has both
    `_inherit_from` and `_copy`, NeMo Gym follows only `_copy`, without an error.

    ## Example

    ```yaml
    base:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    strict:
      _inherit_from: base
      _delete_key: [resources_servers]
    #              ^^^^^^^^^^^^^^^^^^^ error[invalid-directive]
    ```

    ## Use instead

    ```yaml
    base:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    strict:
      _inherit_from: base
      _delete_key: resources_servers
    ```
    """
    if isinstance(subject, Composition):
        yield from _both(subject.merged)
        return
    at, detail = subject.at, subject.detail
    match subject.misuse:
        case Misuse.TARGET_NOT_TEXT:
            yield at_value(at, f"`{subject.directive}` expects the path of a block as text")
        case Misuse.DELETE_KEY_NOT_TEXT:
            yield at_value(at, f"`{DELETE_KEY}` expects the names of keys as one text, separated by commas")
        case Misuse.SOURCE_NOT_MAPPING:
            message = f"`{detail}` is not a mapping, so keys cannot be added to what `{subject.directive}` copies"
            yield at_value(at, message, related=_source(context, detail))
        case Misuse.DELETED_KEY_ABSENT:
            yield Finding(
                at.origin,
                word_span(at, detail),
                f"key `{detail}` not found in the inherited block, so it cannot be deleted",
            )
        case Misuse.PARENT_NOT_MAPPING:
            yield at_value(at, f"`{subject.directive}` cannot read `{detail}` from a value that is not a mapping")


def _source(context: RunContext, target: str) -> tuple[RelatedLocation, ...]:
    found = at_path(context.composition.merged, tuple(target.split(".")))
    return () if found is None else (RelatedLocation(found.origin.path, key_span(found), f"`{target}`"),)


def _both(config: Config) -> Iterator[Finding]:
    """Yield a finding about each block with two directives."""
    if not config.holds_directives or isinstance(config, Leaf):
        return
    if isinstance(config, Array):
        for item in config.items:
            yield from _both(item)
        return
    inherit, copy = config.get(INHERIT_FROM), config.get(COPY)
    if inherit is not None and copy is not None:
        message = f"a block can have only one directive; NeMo Gym follows `{COPY}` and ignores `{INHERIT_FROM}`"
        yield at_key(_second(inherit, copy), message)
    for value in config.entries.values():
        yield from _both(value)


def _second(inherit: Config, copy: Config) -> Config:
    is_after = copy.origin is inherit.origin and copy.node.span.start > inherit.node.span.start
    return copy if is_after else inherit


def word_span(at: Config, word: str) -> Span:
    """Return the place of a word in a comma-separated text."""
    start = at.node.span.of(at.origin.text).find(word)
    if start == -1:
        return at.node.span
    start += at.node.span.start
    return Span(start, start + len(word))
