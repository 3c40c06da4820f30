"""The rule `misspelt-reserved-key`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from gym_lsp.compose.config import Array, Config, Leaf
from gym_lsp.compose.recipe import Recipe
from gym_lsp.compose.run import Composition
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import CONFIG_PATHS, COPY, INHERIT_FROM
from gym_lsp.gym.release.reserved_keys import NOT_RESERVED, POLICY_MODEL_KEYS
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.analysis.reserved import configuration
from gym_lsp.rules.engine.context import Context, EnvironmentFile
from gym_lsp.rules.engine.edits import renames
from gym_lsp.rules.engine.rule import Finding, at_key, rule
from gym_lsp.syntax import Atom

_OTHER_RULES = frozenset({CONFIG_PATHS, COPY, INHERIT_FROM})
"""Keys whose misspellings have their own rules, because more depends on them."""
_SHORTEST = 6
"""The length below which a key is too often one letter away from another word."""


@rule(
    "misspelt-reserved-key",
    on=(ConfigFile, EnvironmentFile, Composition),
    severity=Severity.INFORMATION,
    holds_in_parts=True,
)
def misspelt_reserved_key(context: Context, subject: ConfigFile | EnvironmentFile | Composition) -> Iterator[Finding]:
    """A top-level key that is one or two letters away from a setting of NeMo Gym.

    ## Why

    Every top-level key is allowed: a key that is neither a setting nor a server is a variable for interpolations.
    Therefore, NeMo Gym accepts a misspelt setting, but it has no effect. A key that the file itself refers to counts as
    a variable and is not reported. In env.yaml, the names that all configs use for the model also count as settings.
    In a training recipe, the top level is the embedded configuration, where the training framework has settings, too.

    ## Example

    ```yaml
    default_hots: 0.0.0.0
    ^^^^^^^^^^^^ information[misspelt-reserved-key]
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```

    ## Use instead

    ```yaml
    default_host: 0.0.0.0
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```
    """
    known = context.profile.reserved_keys | NOT_RESERVED
    match subject:
        case ConfigFile():
            yield from _misspelt(configuration(subject).entries, known)
        case EnvironmentFile():
            yield from _misspelt(configuration(subject).entries, known | POLICY_MODEL_KEYS)
        case Composition(recipe=Recipe() as recipe):
            yield from _misspelt(recipe.embedded.entries, known | recipe.embedding.removed)
        case _:
            pass


def _misspelt(entries: Mapping[Atom, Config], known: frozenset[str]) -> Iterator[Finding]:
    for key, value in entries.items():
        if not isinstance(key, str) or len(key) < _SHORTEST or key in known or not isinstance(value, Leaf | Array):
            continue
        near = _nearest(key, known)
        if near and near[0] not in entries and value.origin.text.count(key) == 1:
            yield at_key(
                value, f"`{key}` is not a NeMo Gym setting; did you mean `{near[0]}`?", fixes=renames(value, near)
            )


@lru_cache(maxsize=512)
def _nearest(key: str, known: frozenset[str]) -> tuple[str, ...]:
    return nearest(key, (name for name in known if name not in _OTHER_RULES))
