"""The rule `misspelt-directive`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gym_lsp.compose.config import Leaf, tables
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import COPY, DELETE_KEY, DIRECTIVE_KEYS, INHERIT_FROM
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.edits import rename_key
from gym_lsp.rules.engine.rule import Finding, at_key, rule
from gym_lsp.workspace.names import distance

_HINTS = (" _", "{_", "herit", "elete")
_KEY = re.compile(r"(?<![\w-])[\w-]+(?=[\"']?[ \t]*:)")
_FARTHEST = {INHERIT_FROM: 3, DELETE_KEY: 2, COPY: 1}


@rule("misspelt-directive", on=ConfigFile, severity=Severity.ERROR, entrywise=True, holds_in_parts=True)
def misspelt_directive(context: Context, file: ConfigFile) -> Iterator[Finding]:
    """A key that is spelled almost like `_inherit_from`, `_copy` or `_delete_key`.

    ## Why

    NeMo Gym reads it as an ordinary key. Nothing is inherited, copied or deleted, so the block is usually not a server,
    and there is no error message.

    ## Example

    ```yaml
    base:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    strict:
      _inherits_from: base
    # ^^^^^^^^^^^^^^ error[misspelt-directive]
    ```

    ## Use instead

    ```yaml
    base:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    strict:
      _inherit_from: base
    ```
    """
    for value, key, intended in misspelt_directives(file):
        fix = rename_key(value, intended, f"Change to `{intended}`")
        message = f"`{key}` is not a directive; did you mean `{intended}`?"
        yield at_key(value, message, fixes=() if fix is None else (fix,))


def misspelt_directives(file: ConfigFile) -> Iterator[tuple[Leaf, str, str]]:
    """Yield (value, key as written, intended key) for each misspelt directive in a file."""
    if not _may_have_misspellings(file.document.text):
        return
    for _, table in tables(file.config):
        for key, value in table.entries.items():
            if not isinstance(key, str) or not isinstance(value, Leaf) or not isinstance(value.value, str):
                continue
            intended = misspelling_of(key)
            if intended is not None:
                yield value, key, intended


def _may_have_misspellings(text: str) -> bool:
    """Whether a text may contain a misspelt directive. Most do not, so their keys need not be checked one by one."""
    for directive in DIRECTIVE_KEYS:
        text = text.replace(f" {directive}:", "").replace(f"{{{directive}:", "")
    if "\n_" not in text and not text.startswith("_") and not any(hint in text for hint in _HINTS):
        return False
    lines = (line for line in text.split("\n") if line[:1] == "_" or any(hint in line for hint in _HINTS))
    return any(misspelling_of(key) for line in lines for key in _KEY.findall(line))


@lru_cache(maxsize=4096)
def misspelling_of(key: str) -> str | None:
    """Return the directive that a key misspells. Without its underscore, `copy` may be a field of a server."""
    if key in DIRECTIVE_KEYS:
        return None
    plain = key.lower().replace("-", "_")
    if plain.startswith("_inherit"):
        return INHERIT_FROM
    for directive, farthest in _FARTHEST.items():
        if directive == COPY and not plain.startswith("_"):
            continue
        if abs(len(plain) - len(directive)) <= farthest and distance(plain, directive, farthest) <= farthest:
            return directive
    return None
