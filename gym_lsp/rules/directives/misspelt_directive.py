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


@rule("misspelt-directive", on=ConfigFile, severity=Severity.ERROR)
def misspelt_directive(context: Context, file: ConfigFile) -> Iterator[Finding]:
    """A key that is nearly `_inherit_from`, `_copy` or `_delete_key`.

    ## Why

    To NeMo Gym it is a key like any other. Nothing is inherited, copied or deleted, the block is mostly no server
    then, and nobody says so.

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
    for value, key, meant in misspelt_directives(file):
        fix = rename_key(value, meant, f"Change to `{meant}`")
        message = f"`{key}` is no directive; did you mean `{meant}`?"
        yield at_key(value, message, fixes=() if fix is None else (fix,))


def misspelt_directives(file: ConfigFile) -> Iterator[tuple[Leaf, str, str]]:
    """(value, key as written, key as meant) for each slip of a directive in a file."""
    if not _may_hold_slips(file.document.text):
        return
    for _, table in tables(file.config):
        for key, value in table.entries.items():
            if not isinstance(key, str) or not isinstance(value, Leaf) or not isinstance(value.value, str):
                continue
            meant = slip_of(key)
            if meant is not None:
                yield value, key, meant


def _may_hold_slips(text: str) -> bool:
    """Whether a text has what could be a slip in it; most have not, and their keys need not be looked at one by one."""
    for directive in DIRECTIVE_KEYS:
        text = text.replace(f" {directive}:", "").replace(f"{{{directive}:", "")
    if "\n_" not in text and not text.startswith("_") and not any(hint in text for hint in _HINTS):
        return False
    lines = (line for line in text.split("\n") if line[:1] == "_" or any(hint in line for hint in _HINTS))
    return any(slip_of(key) for line in lines for key in _KEY.findall(line))


@lru_cache(maxsize=4096)
def slip_of(key: str) -> str | None:
    """The directive that a key is a slip of. Without its underscore, `copy` may well be a field of a server."""
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
