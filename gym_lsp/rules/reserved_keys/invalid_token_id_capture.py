"""The rule `invalid-token-id-capture`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Config, Leaf, Table
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.release import builtin
from gym_lsp.gym.release.reserved_keys import (
    TOKEN_ID_CAPTURE,
    TOKEN_ID_CAPTURE_CLASS,
    TOKEN_ID_CAPTURE_KEYS,
    TOKEN_ID_CAPTURE_MODULE,
)
from gym_lsp.memo import query
from gym_lsp.rules.analysis.datasets import is_given
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import Context, RunContext
from gym_lsp.rules.engine.edits import renames
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, rule
from gym_lsp.workspace.workspace import Workspace

_FALLBACK = "model_call_capture_dir"


@rule("invalid-token-id-capture", on=Composition, severity=Severity.ERROR, holds_in_parts=True)
def invalid_token_id_capture(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """A `token_id_capture` block that servers reject when they start.

    ## Why

    The parser accepts any block, but each server checks it when it starts, and fails at an unknown key. Captured tokens
    need a destination: a `dir`, a `sink`, or `model_call_capture_dir` at the top level. A program may also provide
    its own sink, so a missing destination is only a warning.

    ## Example

    ```yaml
    token_id_capture:
      enable: true
    # ^^^^^^ error[invalid-token-id-capture]
      dir: /data/captures
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```

    ## Use instead

    ```yaml
    token_id_capture:
      enabled: true
      dir: /data/captures
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```
    """
    block = composition.config.get(TOKEN_ID_CAPTURE)
    if block is None or TOKEN_ID_CAPTURE not in context.profile.reserved_keys:
        return
    if not isinstance(block, Table):
        if not (isinstance(block, Leaf) and block.is_interpolation):
            yield at_value(block, f"`{TOKEN_ID_CAPTURE}` must be a mapping")
        return
    yield from _unknown(context, block)
    if _is_set(block.get("enabled"), on=True) and not _has_destination(composition.config, block):
        severity = Severity.WARNING if context.checks_run else Severity.INFORMATION
        message = f"missing destination for captured tokens; set `dir` or `sink`, or `{_FALLBACK}` at the top level"
        yield at_key(block.entries["enabled"], message, severity=severity)


def _unknown(context: Context, block: Table) -> Iterator[Finding]:
    known = TOKEN_ID_CAPTURE_KEYS
    if context.install_root is not None:
        is_covered = context.profile.release == builtin.RELEASE and block.entries.keys() <= known
        known = None if is_covered else _keys_in_source(context.workspace)
    for key, value in block.entries.items() if known is not None else ():
        if isinstance(key, str) and known is not None and key not in known:
            near = nearest(key, known)
            way_out = f"; did you mean `{near[0]}`?" if near else ""
            yield at_key(value, f"unknown key `{key}` in `{TOKEN_ID_CAPTURE}`{way_out}", fixes=renames(value, near))


def _has_destination(root: Table, block: Table) -> bool:
    """Whether a destination is set, or `rebuild_response` is off, because then another program reads and writes."""
    if any(is_given(value) for value in (block.get("dir"), block.get("sink"), root.get(_FALLBACK))):
        return True
    return _is_set(block.get("rebuild_response"), on=False)


def _is_set(value: Config | None, *, on: bool) -> bool:
    return isinstance(value, Leaf) and value.value is on


@query
def _keys_in_source(workspace: Workspace) -> frozenset[str] | None:
    """Return the keys that a release accepts, or `None` if they cannot be read."""
    if workspace.install is None:
        return None
    from gym_lsp.gym.python.models import ModelReader
    from gym_lsp.gym.python.source import Source

    source = Source(workspace.files.programs(), (workspace.install.path,))
    model = ModelReader(source).model(TOKEN_ID_CAPTURE_MODULE, TOKEN_ID_CAPTURE_CLASS)
    return frozenset(model.fields) if model is not None and model.extra == "forbid" else None
