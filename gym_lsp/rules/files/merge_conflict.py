"""The rule `merge-conflict`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Array, Config, Table, key_span
from gym_lsp.compose.problem import Conflict
from gym_lsp.diagnostic import RelatedLocation, Severity
from gym_lsp.rules.analysis.dashes import dashless
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, rule
from gym_lsp.syntax import spell


@rule("merge-conflict", on=Conflict, severity=Severity.ERROR, holds_in_parts=True)
def merge_conflict(context: RunContext, problem: Conflict) -> Iterator[Finding]:
    """A mapping that would override a list, or a list that would override a mapping.

    ## Why

    When files are merged, mappings are merged key by key, and lists and single values replace what was there. A list
    and a mapping under one key cannot be merged either way, and NeMo Gym fails with a bare Python error that does not
    name a file.

    ## Example

    ```yaml
    # --- environments/counting/config.yaml
    config_paths:
      - environments/counting/base.yaml
    counting_words:
    ^^^^^^^^^^^^^^ error[merge-conflict]
      - apple
    # --- environments/counting/base.yaml
    counting_words:
      first: apple
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```

    ## Use instead

    ```yaml
    # --- environments/counting/config.yaml
    config_paths:
      - environments/counting/base.yaml
    counting_words:
      first: apple
    # --- environments/counting/base.yaml
    counting_words:
      first: apple
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```
    """
    upper, lower = _kind(problem.at), _kind(problem.lower)
    message = f"{upper} cannot override {lower}: `{spell(problem.path)}`"
    below = RelatedLocation(problem.lower.origin.path, key_span(problem.lower), f"{lower} here")
    element = dashless(problem.at) if _is_like_element(problem.at, problem.lower) else None
    if element is None:
        yield at_key(problem.at, message, related=(below,))
    else:
        key, fix = element
        message = f"{message}; is a dash missing before `{key}`?"
        yield at_key(problem.at, message, related=(below,), fixes=(fix,))


def _is_like_element(upper: Config, lower: Config) -> bool:
    """Whether a mapping looks like an element of a list: it shares a key with an element."""
    elements = lower.items if isinstance(lower, Array) else ()
    return isinstance(upper, Table) and any(
        isinstance(element, Table) and not upper.entries.keys().isdisjoint(element.entries) for element in elements
    )


def _kind(config: Config) -> str:
    if isinstance(config, Table):
        return "a mapping"
    return "a list" if isinstance(config, Array) else "an interpolation of a list or a mapping"
