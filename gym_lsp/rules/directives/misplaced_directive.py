"""The rule `misplaced-directive`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Config, Leaf, Table
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import COPY, COPY_PREFIX, DELETE_KEY, DIRECTIVE_KEYS, INHERIT_FROM, INHERIT_PREFIX
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, rule

_MENTIONS = (INHERIT_FROM, COPY, DELETE_KEY, INHERIT_PREFIX, COPY_PREFIX)
_PREFIXES = (INHERIT_PREFIX, COPY_PREFIX)


@rule("misplaced-directive", on=ConfigFile, severity=Severity.ERROR, entrywise=True, holds_in_parts=True)
def misplaced_directive(context: Context, file: ConfigFile) -> Iterator[Finding]:
    """A directive in a place where NeMo Gym does not follow it.

    ## Why

    `_inherit_from`, `_copy` and `_delete_key` work as keys of a mapping below the top level, and
    `${inherit_from:...}` and `${copy:...}` as the whole value of a key. At the top level of a file, as an element of a
    list or in the middle of a text they are not followed, and there is no error message.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    limits: {least: 1}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          rounds:
            - _copy: limits
    #         ^^^^^ error[misplaced-directive]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    limits: {least: 1}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          rounds:
            first: {_copy: limits}
    ```
    """
    text = file.document.text
    if not any(mention in text for mention in _MENTIONS):
        return
    for key in sorted(DIRECTIVE_KEYS & file.config.entries.keys()):
        message = f"`{key}` has no effect at the top level of a file; move it into a block"
        yield at_key(file.config.entries[key], message)
    yield from _below(file.config)


def _below(config: Config) -> Iterator[Finding]:
    if isinstance(config, Leaf):
        if isinstance(config.value, str) and _is_embedded(config.value):
            name = "inherit_from" if INHERIT_PREFIX in config.value else "copy"
            yield at_value(config, f"`${{{name}:...}}` works only as the whole value of a key, not inside text")
    elif isinstance(config, Table):
        for value in config.entries.values():
            yield from _below(value)
    else:
        for item in config.items:
            yield from _element(item)


def _element(item: Config) -> Iterator[Finding]:
    if isinstance(item, Table):
        for key in sorted(DIRECTIVE_KEYS & item.entries.keys()):
            message = f"`{key}` is not followed in a list element, only in a mapping under a key"
            yield at_key(item.entries[key], message)
    elif isinstance(item, Leaf) and isinstance(item.value, str) and item.value.startswith(_PREFIXES):
        yield at_value(item, "a list element cannot be inherited or copied; only the value of a key can")
        return
    yield from _below(item)


def _is_embedded(text: str) -> bool:
    return not text.startswith(_PREFIXES) and any(prefix in text for prefix in _PREFIXES)
