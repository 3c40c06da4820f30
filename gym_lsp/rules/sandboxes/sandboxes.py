"""Sandbox blocks, and the `sandbox_provider` fields that refer to them or contain one inline.

sandbox:                      a sandbox block: one provider, and optional metadata
  docker: {create: {...}}
  default_metadata: {...}
agent:
  responses_api_agents:
    some_agent:
      sandbox_provider: sandbox
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gym_lsp.compose.blocks import is_settled, looks_like_sandbox
from gym_lsp.compose.config import Array, Config, Leaf, Table
from gym_lsp.compose.run import Composition
from gym_lsp.gym.layout import SANDBOX_PROVIDER
from gym_lsp.rules.engine.context import RunContext

_WHOLE_NODE = re.compile(r"\$\{\s*([\w-]+)\s*\}")


def references(context: RunContext) -> tuple[Config, ...]:
    """Return every value under a `sandbox_provider` key in the run, at any depth."""
    composition = context.composition
    return context.once((references, composition), lambda: tuple(_references(composition)))


def _references(composition: Composition) -> Iterator[Config]:
    if not any(SANDBOX_PROVIDER in file.origin.text for file in composition.files):
        return
    for value in composition.config.entries.values():
        yield from references_in(value)


def references_in(config: Config) -> Iterator[Config]:
    """Yield every value under a `sandbox_provider` key inside a value."""
    if isinstance(config, Table):
        found = config.entries.get(SANDBOX_PROVIDER)
        if found is not None:
            yield found
        below = config.entries.values()
    elif isinstance(config, Array):
        below = config.items
    else:
        return
    for value in below:
        # Most values are scalars, and a call for each of them would be slow.
        if not isinstance(value, Leaf):
            yield from references_in(value)


def name_in(reference: Config) -> str | None:
    """Return the name of the block that a reference contains as text."""
    if isinstance(reference, Leaf) and is_settled(reference) and isinstance(reference.value, str):
        return reference.value or None
    return None


def sandboxes(context: RunContext) -> Iterator[Config]:
    """Yield every value of the run that is used as a sandbox block or looks like one, each once."""
    composition = context.composition
    found: dict[Config, None] = {}
    for reference in references(context):
        value: Config | None = reference
        if isinstance(reference, Leaf) and isinstance(reference.value, str):
            match = _WHOLE_NODE.fullmatch(reference.value)
            value = composition.config.get(match[1] if match else name_in(reference))
        if value is not None:
            found[value] = None
    for name, value in composition.config.entries.items():
        if isinstance(value, Table) and looks_like_sandbox(name, value, context.profile):
            found[value] = None
    for value in found:
        if not (isinstance(value, Leaf) and (value.value is None or not is_settled(value))):
            yield value
